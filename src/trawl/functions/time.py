"""Time: the search's clock, times as text and back (language.md 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Literal
from trawl.functions import clock
from trawl.functions.base import Clock, Example, Fault, Function, fixed
from trawl.functions.coercion import text
from trawl.instants import read_time
from trawl.schema import STRING, TIME
from trawl.values import Instant, Scalar


def _now() -> Instant:
    raise AssertionError("the planner puts the search's clock in place of now()")


def _expand_now(call: Call, clock: Clock) -> Literal:
    return Literal(clock.now, call.span)


def _expand_zone(call: Call, clock: Clock) -> Call:
    """Adds the zone of the search, where it is not the one that a call without it means."""
    if len(call.arguments) != 2 or clock.zone == "UTC":
        return call
    return replace(call, arguments=(*call.arguments, Literal(clock.zone)))


def _write(time: Scalar, form: Scalar, zone: Scalar = "UTC") -> str:
    instant = read_time(time)
    if instant is None:
        raise Fault("not_a_time", "a value that cannot be read as a time was found")
    return clock.write(instant, text(form), text(zone))


def _read(written: Scalar, form: Scalar, zone: Scalar = "UTC") -> Instant:
    instant = clock.read(text(written), text(form), text(zone))
    if instant is None:
        raise Fault("not_a_time", "a text that is not of the format was found")
    return instant


def _check_written(arguments: tuple[Expr, ...]) -> None:
    clock.write(Instant(0), _format(arguments[1]), "UTC")


def _check_read(arguments: tuple[Expr, ...]) -> None:
    clock.reader(_format(arguments[1]))


def _format(form: Expr) -> str:
    if not isinstance(form, Literal) or not isinstance(form.value, str):
        raise TrawlError(Code.INVALID_ARGUMENT, "the format is no text in double quotes", span=form.span)
    return form.value


FUNCTIONS: Final = (
    Function(
        "now",
        (),
        fixed(TIME),
        _now,
        "The time at which the search was created: the same in every event.",
        examples=(Example("tostring(now())", "2024-01-02T00:00:00.000Z"),),
        expand=_expand_now,
    ),
    Function(
        "strftime",
        ("time", "format", "zone?"),
        fixed(STRING),
        _write,
        "A time, or seconds since 1970, in a format: `%Y %m %d %H %M %S`, `%3N` milliseconds, `%z`, `%b`, `%a`, `%s` "
        "and their kin; in the zone of the search.",
        examples=(
            Example('strftime(0, "%Y-%m-%dT%H:%M:%S.%3N%z")', "1970-01-01T00:00:00.000+0000"),
            Example('strftime(now(), "%A %e %B, week %V")', "Tuesday  2 January, week 01"),
        ),
        constants=(1, 2),
        check=_check_written,
        expand=_expand_zone,
    ),
    Function(
        "strptime",
        ("text", "format", "zone?"),
        fixed(TIME),
        _read,
        "The time that a text in a format is; in the zone of the search where the text names none.",
        examples=(
            Example(
                'tostring(strptime("31/Jan/2024:12:30:00 +0100", "%d/%b/%Y:%H:%M:%S %z"))', "2024-01-31T11:30:00.000Z"
            ),
            Example('strptime("no time", "%Y")', None),
        ),
        constants=(1, 2),
        check=_check_read,
        expand=_expand_zone,
    ),
)
