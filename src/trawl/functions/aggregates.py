"""Aggregates: one value out of the values of many events (language.md 6)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Aggregation, Example, Fault, ResultType, fixed, same_as_first
from trawl.functions.coercion import LARGEST, SMALLEST, expect_numbers, finite, fits, float_of_numbers, number, numeric
from trawl.functions.ordering import distinct, identity, in_order, order_key
from trawl.schema import FLOAT, INTEGER, STRING, Type, array_of
from trawl.values import NANOSECONDS, Instant, Scalar, Value, exact_number, text_of

LONGEST_LIST: Final = 100
"""So many values `list` keeps."""
STEEPEST: Final = 1e150
"""From here on the squares of numbers may be beyond floats, and there is no variance."""


def _count(values: Sequence[Value]) -> int:
    return len(values)


def _distinct_count(values: Sequence[Scalar]) -> int | None:
    return len(distinct(values)) or None


def _sum(values: Sequence[Scalar]) -> int | float | None:
    return _total([number(value) for value in values])


def _sum_of_squares(values: Sequence[Scalar]) -> int | float | None:
    return _total([found * found for found in map(number, values)])


def _total(numbers: Sequence[int | float]) -> int | float | None:
    if not numbers:
        return None
    if any(isinstance(found, float) for found in numbers):
        return _added(numbers)
    total = sum(numbers)
    if not SMALLEST <= total <= LARGEST:
        raise Fault("overflow", "a sum is beyond 64 bits")
    return total


def _added(numbers: Iterable[float]) -> float:
    """The sum, each digit of it. Raises the `Fault` of an overflow where floats cannot hold it."""
    try:
        total = math.fsum(numbers)
    except OverflowError:
        total = math.inf
    return finite(total)


def _average(values: Sequence[Scalar]) -> float | None:
    return _added(map(number, values)) / len(values) if values else None


def _least(values: Sequence[Scalar]) -> Scalar | None:
    return min(values, key=lambda value: (_by_number(value), isinstance(value, float)), default=None)


def _greatest(values: Sequence[Scalar]) -> Scalar | None:
    return max(values, key=lambda value: (_by_number(value), isinstance(value, int)), default=None)


def _by_number(value: Scalar) -> tuple[object, ...]:
    """The order of `min` and `max`: as `sort`, but numeric text counts as the number it is; ties by `sort`."""
    if isinstance(value, str) and exact_number(value) is not None:
        return (*order_key(number(value)), *order_key(value))
    return (*order_key(value), *order_key(value))


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
    mean = _added(numbers) / len(numbers)
    distances = [found - mean for found in numbers]
    return _added(distance * distance for distance in distances) / over


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


def _values(values: Sequence[Scalar]) -> Value:
    return list(in_order(distinct(values))) or None


def _list(values: Sequence[Scalar], most: int = LONGEST_LIST) -> Value:
    return list(values[: most or None]) or None


def _joined(values: Sequence[Scalar], between: str) -> str | None:
    return between.join(map(text_of, values)) if values else None


def _first(values: Sequence[Scalar]) -> Scalar | None:
    return values[0] if values else None


def _last(values: Sequence[Scalar]) -> Scalar | None:
    return values[-1] if values else None


def _mode(values: Sequence[Scalar]) -> Scalar | None:
    counts: dict[object, int] = {}
    for value in values:
        counts[identity(value)] = counts.get(identity(value), 0) + 1
    ranked = sorted(distinct(values), key=lambda value: (-counts[identity(value)], order_key(value)))
    return ranked[0] if ranked else None


def _earliest(pairs: Sequence[tuple[Scalar, Instant]]) -> Scalar | None:
    return min(pairs, key=lambda pair: pair[1])[0] if pairs else None


def _latest(pairs: Sequence[tuple[Scalar, Instant]]) -> Scalar | None:
    return max(pairs, key=lambda pair: pair[1])[0] if pairs else None


def _rate(pairs: Sequence[tuple[Scalar, Instant]]) -> float | None:
    seconds = _seconds(pairs)
    if not seconds:
        return None
    by_time = sorted(pairs, key=lambda pair: pair[1])
    return finite((number(by_time[-1][0]) - number(by_time[0][0])) / seconds)


def _per(length: int) -> Callable[[Sequence[tuple[Scalar, Instant]]], float | None]:
    def evaluate(pairs: Sequence[tuple[Scalar, Instant]]) -> float | None:
        seconds = _seconds(pairs)
        return finite(_added(number(value) for value, _ in pairs) / seconds * length) if seconds else None

    return evaluate


def _seconds(pairs: Sequence[tuple[Scalar, Instant]]) -> float:
    times = [instant.nanoseconds for _, instant in pairs]
    return (max(times) - min(times)) / NANOSECONDS if times else 0.0


def _no_number(value: Scalar) -> Fault | None:
    try:
        number(value)
    except Fault as fault:
        return fault
    return None


def _list_type(arguments: tuple[Type, ...]) -> Type:
    return array_of(arguments[0])


def _number_type(arguments: tuple[Type, ...]) -> Type:
    return numeric(arguments[:1])


def _float_type(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments[:1])
    return FLOAT


def _check_most(arguments: tuple[Expr, ...]) -> None:
    for most in arguments[1:]:
        value = most.value if isinstance(most, Literal) else None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 31:
            raise TrawlError(Code.INVALID_ARGUMENT, "how many values are listed is no whole number", span=most.span)


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
        skips=_no_number,
        aliases=aliases,
        of_times=of_times,
    )


def _timed(name: str, result: ResultType, evaluate: Callable[..., Value], summary: str, call: str) -> Aggregation:
    """An aggregate that looks at the times of the events; a timefield not given is the search's own."""
    return Aggregation(
        name,
        ("field", "timefield?"),
        result,
        evaluate,
        summary,
        examples=(Example(call, None),),
        needs_time=True,
        skips=None if result is same_as_first else _no_number,
    )


AGGREGATIONS: Final = (
    Aggregation(
        "count",
        ("field?",),
        fixed(INTEGER),
        _count,
        "How many events there are, or how many have the field.",
        examples=(Example("count", 0), Example("count(f)", 0)),
        aliases=("c",),
    ),
    Aggregation(
        "dc",
        ("field",),
        fixed(INTEGER),
        _distinct_count,
        "How many distinct values there are, exactly.",
        examples=(Example("dc(f)", None),),
        aliases=("distinct_count",),
    ),
    Aggregation(
        "estdc",
        ("field",),
        fixed(INTEGER),
        _distinct_count,
        "About how many distinct values there are; an engine may estimate.",
        examples=(Example("estdc(f)", None),),
        aliases=("dc_approx",),
    ),
    _numeric("sum", _sum, "The sum of the numbers.", Example("sum(f)", None), numeric),
    _numeric("avg", _average, "The mean of the numbers.", Example("avg(f)", None), aliases=("mean",)),
    Aggregation(
        "min",
        ("field",),
        same_as_first,
        _least,
        "The least value: numbers and numeric text by value, of 1 and 1.0 the integer, then text by code point.",
        examples=(Example("min(f)", None),),
    ),
    Aggregation(
        "max",
        ("field",),
        same_as_first,
        _greatest,
        "The greatest value, in the order of `min`.",
        examples=(Example("max(f)", None),),
    ),
    _numeric(
        "range",
        _range,
        "The greatest number less the least one; of times the seconds between the first and the last.",
        Example("range(f)", None),
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
    _numeric("stdev", _spread_of(True, True), "The standard deviation of a sample.", Example("stdev(f)", None)),
    _numeric("stdevp", _spread_of(False, True), "The standard deviation of a population.", Example("stdevp(f)", None)),
    _numeric("var", _spread_of(True, False), "The variance of a sample.", Example("var(f)", None)),
    _numeric("varp", _spread_of(False, False), "The variance of a population.", Example("varp(f)", None)),
    _numeric("sumsq", _sum_of_squares, "The sum of the squares.", Example("sumsq(f)", None), numeric),
    _numeric("median", _median, "The middle number, interpolated between two.", Example("median(f)", None)),
    Aggregation(
        "perc",
        ("field", "percent"),
        _float_type,
        _percentile,
        "The number below which so many percent lie, interpolated; also written `p95(f)`, `perc95(f)`.",
        examples=(Example("perc(f, 95)", None), Example("p95(f)", None)),
        skips=_no_number,
        aliases=("percentile",),
        constants=(1,),
        check=_check_percent,
    ),
    Aggregation(
        "values",
        ("field",),
        _list_type,
        _values,
        "The distinct values, sorted.",
        examples=(Example("values(f)", None),),
    ),
    Aggregation(
        "list",
        ("field", "most?"),
        _list_type,
        _list,
        f"All values in the order of the events, at most {LONGEST_LIST} or so many as are given, 0 for all.",
        examples=(Example("list(f)", None), Example("list(f, 0)", None)),
        constants=(1,),
        check=_check_most,
    ),
    Aggregation(
        "search_joined",
        ("text", "between"),
        fixed(STRING),
        _joined,
        "All texts in the order of the events, as one.",
        constants=(1,),
        is_operator=True,
    ),
    Aggregation(
        "first",
        ("field",),
        same_as_first,
        _first,
        "The first value in the order of the events: the newest, where they are not sorted.",
        examples=(Example("first(f)", None),),
    ),
    Aggregation(
        "last",
        ("field",),
        same_as_first,
        _last,
        "The last value in the order of the events.",
        examples=(Example("last(f)", None),),
    ),
    Aggregation(
        "mode",
        ("field",),
        same_as_first,
        _mode,
        "The most frequent value; of several the first as `sort` orders.",
        examples=(Example("mode(f)", None),),
    ),
    _timed("earliest", same_as_first, _earliest, "The value of the oldest event that has one.", "earliest(f)"),
    _timed("latest", same_as_first, _latest, "The value of the newest event that has one.", "latest(f)"),
    _timed("rate", _float_type, _rate, "How much a counter grows in a second, from oldest to newest.", "rate(f)"),
    _timed("per_second", _float_type, _per(1), "The sum for each second that the events span.", "per_second(f)"),
    _timed("per_minute", _float_type, _per(60), "The sum for each minute that the events span.", "per_minute(f)"),
    _timed("per_hour", _float_type, _per(3600), "The sum for each hour that the events span.", "per_hour(f)"),
)
