"""What is computed of numbers: sums, averages, ranges, spreads, quantiles. Numeric text is one, other text left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Aggregation, Example, Fault, ResultType, fixed
from trawl.functions.coercion import LARGEST, SMALLEST, expect_numbers, finite, fits, float_of_numbers, number, numeric
from trawl.schema import FLOAT, Type
from trawl.values import NANOSECONDS, Instant, Scalar, Value

STEEPEST: Final = 1e150
"""From here on the squares of numbers may be beyond floats, and there is no variance."""


def _sum(values: Sequence[Scalar]) -> int | float | None:
    return _total([number(value) for value in values])


def _sum_of_squares(values: Sequence[Scalar]) -> int | float | None:
    return _total([found * found for found in map(number, values)])


def _total(numbers: Sequence[int | float]) -> int | float | None:
    if not numbers:
        return None
    if any(isinstance(found, float) for found in numbers):
        return added(numbers)
    total = sum(numbers)
    if not SMALLEST <= total <= LARGEST:
        raise Fault("overflow", "a sum is beyond 64 bits")
    return total


def added(numbers: Iterable[float]) -> float:
    """The sum, each digit of it. Raises the `Fault` of an overflow where floats cannot hold it."""
    try:
        total = math.fsum(numbers)
    except OverflowError:
        total = math.inf
    return finite(total)


def _average(values: Sequence[Scalar]) -> float | None:
    return added(map(number, values)) / len(values) if values else None


def _range(values: Sequence[Scalar]) -> int | float | None:
    numbers = [number(value) for value in values]
    if not numbers:
        return None
    if any(isinstance(found, float) for found in numbers):
        return finite(float(max(numbers)) - float(min(numbers)))
    return fits(int(max(numbers) - min(numbers)))


def _time_range(values: Sequence[Scalar]) -> float | None:
    times = [value.nanoseconds for value in values if isinstance(value, Instant)]
    return (max(times) - min(times)) / NANOSECONDS if times else None


def _variance(numbers: Sequence[float], over: int) -> float | None:
    if any(abs(found) >= STEEPEST for found in numbers):
        raise Fault("overflow", "a number is too large to be held")
    if over < 1:
        return None
    mean = added(numbers) / len(numbers)
    distances = [found - mean for found in numbers]
    return added(distance * distance for distance in distances) / over


def _spread_of(sample: bool, root: bool) -> Callable[[Sequence[Scalar]], float | None]:
    def evaluate(values: Sequence[Scalar]) -> float | None:
        variance = _variance([float(number(value)) for value in values], len(values) - sample)
        return math.sqrt(variance) if variance is not None and root else variance

    return evaluate


def _percentile(values: Sequence[Scalar], percent: float) -> float | None:
    if not values:
        return None
    numbers = sorted(float(number(value)) for value in values)
    place = (len(numbers) - 1) * percent / 100
    low, high = numbers[math.floor(place)], numbers[math.ceil(place)]
    share = place - math.floor(place)
    return low * (1 - share) + high * share


def _median(values: Sequence[Scalar]) -> float | None:
    return _percentile(values, 50)


def no_number(value: Scalar) -> Fault | None:
    """Why a value is left out of what is computed of numbers; None for a number, and for text that is one."""
    try:
        number(value)
    except Fault as fault:
        return fault
    return None


def _number_type(arguments: tuple[Type, ...]) -> Type:
    return numeric(arguments[:1])


def float_type(arguments: tuple[Type, ...]) -> Type:
    """The result is a float, if what is measured can be a number at all."""
    expect_numbers(arguments[:1])
    return FLOAT


def _check_percent(arguments: tuple[Expr, ...]) -> None:
    percent = arguments[1]
    value = percent.value if isinstance(percent, Literal) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 100:
        raise TrawlError(
            Code.INVALID_ARGUMENT, "the percentile is no number from 0 to 100", hint="perc(f, 95)", span=percent.span
        )


def _numeric(
    name: str,
    evaluate: Callable[..., Value],
    summary: str,
    example: Example,
    result: ResultType = float_of_numbers,
    aliases: tuple[str, ...] = (),
    of_times: str | None = None,
) -> Aggregation:
    """An aggregate of numbers and numeric text; what is neither is left out and counted as a fault."""
    return Aggregation(
        name,
        ("field",),
        result,
        evaluate,
        summary,
        examples=(example,),
        skips=no_number,
        aliases=aliases,
        of_times=of_times,
    )


AGGREGATIONS: Final = (
    _numeric("sum", _sum, "The sum of the numbers.", Example("sum(f)", 24), numeric),
    _numeric("avg", _average, "The mean of the numbers.", Example("avg(f)", 6.0), aliases=("mean",)),
    _numeric(
        "range",
        _range,
        "The greatest number less the least one; of times the seconds between the first and the last.",
        Example("range(f)", 12),
        numeric,
        of_times="time_range",
    ),
    Aggregation(
        "time_range",
        ("field",),
        fixed(FLOAT),
        _time_range,
        "The seconds between the first and the last of times.",
        is_operator=True,
    ),
    _numeric(
        "stdev", _spread_of(True, True), "The standard deviation of a sample.", Example("stdev(f)", 5.416025603090641)
    ),
    _numeric(
        "stdevp",
        _spread_of(False, True),
        "The standard deviation of a population.",
        Example("stdevp(f)", 4.69041575982343),
    ),
    _numeric("var", _spread_of(True, False), "The variance of a sample.", Example("var(f)", 29.333333333333332)),
    _numeric("varp", _spread_of(False, False), "The variance of a population.", Example("varp(f)", 22.0)),
    _numeric("sumsq", _sum_of_squares, "The sum of the squares.", Example("sumsq(f)", 232), numeric),
    _numeric("median", _median, "The middle number, interpolated between two.", Example("median(f)", 4.0)),
    Aggregation(
        "perc",
        ("field", "percent"),
        float_type,
        _percentile,
        "The number below which so many percent lie, interpolated; also written `p95(f)`, `perc95(f)`.",
        examples=(Example("perc(f, 95)", 12.5), Example("p95(f)", 12.5)),
        skips=no_number,
        aliases=("percentile",),
        constants=(1,),
        check=_check_percent,
    ),
)
