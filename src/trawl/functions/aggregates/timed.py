"""What hangs on the order or on the times of rows: the first and last value, the earliest, rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from trawl.functions.aggregates.numbers import added, float_type, no_number
from trawl.functions.base import Aggregation, Example, ResultType, same_as_first
from trawl.functions.coercion import finite, number
from trawl.values import NANOSECONDS, Instant, Scalar, Value


def _first(values: Sequence[Scalar]) -> Scalar | None:
    return values[0] if values else None


def _last(values: Sequence[Scalar]) -> Scalar | None:
    return values[-1] if values else None


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
        return finite(added(number(value) for value, _ in pairs) / seconds * length) if seconds else None

    return evaluate


def _seconds(pairs: Sequence[tuple[Scalar, Instant]]) -> float:
    times = [instant.nanoseconds for _, instant in pairs]
    return (max(times) - min(times)) / NANOSECONDS if times else 0.0


def _timed(
    name: str, result: ResultType, evaluate: Callable[..., Value], summary: str, example: Example
) -> Aggregation:
    """An aggregate that looks at the times of the events; a timefield not given is the search's own."""
    return Aggregation(
        name,
        ("field", "timefield?"),
        result,
        evaluate,
        summary,
        examples=(example,),
        needs_time=True,
        skips=None if result is same_as_first else no_number,
    )


AGGREGATIONS: Final = (
    Aggregation(
        "first",
        ("field",),
        same_as_first,
        _first,
        "The first value in the order of the events: the newest, where they are not sorted.",
        examples=(Example("first(f)", 14),),
    ),
    Aggregation(
        "last",
        ("field",),
        same_as_first,
        _last,
        "The last value in the order of the events.",
        examples=(Example("last(f)", 2),),
    ),
    _timed(
        "earliest", same_as_first, _earliest, "The value of the oldest event that has one.", Example("earliest(f)", 2)
    ),
    _timed("latest", same_as_first, _latest, "The value of the newest event that has one.", Example("latest(f)", 14)),
    _timed(
        "rate",
        float_type,
        _rate,
        "How much a counter grows in a second, from oldest to newest.",
        Example("rate(f)", 0.2),
    ),
    _timed(
        "per_second",
        float_type,
        _per(1),
        "The sum for each second that the events span.",
        Example("per_second(f)", 0.4),
    ),
    _timed(
        "per_minute",
        float_type,
        _per(60),
        "The sum for each minute that the events span.",
        Example("per_minute(f)", 24.0),
    ),
    _timed(
        "per_hour",
        float_type,
        _per(3600),
        "The sum for each hour that the events span.",
        Example("per_hour(f)", 1440.0),
    ),
)
