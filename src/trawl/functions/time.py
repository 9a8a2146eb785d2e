"""Time: the search's clock, times as text and back (language.md 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

from trawl import datemath
from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import Call, Expr, Literal
from trawl.functions import clock
from trawl.functions.base import Clock, Example, Fault, Function, fixed
from trawl.functions.coercion import text
from trawl.functions.constants import constant_text
from trawl.instants import read_time, zone_of
from trawl.schema import FLOAT, STRING, TIME
from trawl.values import Instant, Scalar

_STEPS: Final = "steps are written `-1d@d`, `+1h`, `@w1`, from the time that is the first argument"


def _now() -> Instant:
    raise AssertionError("the planner puts the search's clock in place of now()")


def _expand_now(call: Call, clock: Clock) -> Literal:
    return Literal(clock.now, call.span)


def _expand_zone(call: Call, clock: Clock) -> Call:
    """Adds the zone of the search, where it is not the one that a call without it means."""
    if len(call.arguments) != 2 or clock.zone == "UTC":
        return call
    return replace(call, arguments=(*call.arguments, Literal(clock.zone)))


def _seconds() -> float:
    raise AssertionError("mktime is rewritten by the functions that it is made of")


def _expand_seconds(call: Call, clock: Clock) -> Call:
    """The number of the time that the text is: by its format, or as text counts as a time everywhere."""
    if not 1 <= len(call.arguments) <= 2:
        return call
    function = "to_time" if len(call.arguments) == 1 else "strptime"
    return Call("to_float", (Call(function, call.arguments, call.span),), call.span)


def _move(time: Scalar, steps: Scalar, zone: Scalar = "UTC") -> Instant:
    instant = read_time(time)
    if instant is None:
        raise Fault("not_a_time", "a value that cannot be read as a time was found")
    moved = datemath.walk(instant, steps_of(text(steps)), text(zone))
    if moved is None:
        raise Fault("overflow", "a time is too far from today to be held")
    return moved


def steps_of(written: str, span: Span | None = None) -> tuple[datemath.Step, ...]:
    """The steps of `relative_time`. Raises `TrawlError(INVALID_TIME)`."""
    stripped = written.strip()
    if not stripped:
        reason = f"an empty text was found, expected {datemath.EXAMPLES}"
        raise TrawlError(Code.INVALID_TIME, reason, hint=_STEPS, span=span)
    hint = f"a time ago has a sign: `-{clip(stripped)}`" if stripped[0].isdigit() else _STEPS
    return datemath.read_steps(stripped, 0, span, hint)


def _check_steps(arguments: tuple[Expr, ...]) -> None:
    steps = arguments[1]
    if not isinstance(steps, Literal) or not isinstance(steps.value, str):
        reason = "the second argument is no text in double quotes"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint='relative_time(now(), "-1d@d")', span=steps.span)
    steps_of(steps.value, steps.span)
    _check_zone(arguments)


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
    _check_zone(arguments)


def _check_read(arguments: tuple[Expr, ...]) -> None:
    clock.reader(_format(arguments[1]))
    _check_zone(arguments)


def _check_zone(arguments: tuple[Expr, ...]) -> None:
    for zone in arguments[2:]:
        try:
            zone_of(constant_text(zone, "the time zone"))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            hint = "a zone has the name that IANA gives it, such as `Europe/Berlin`"
            raise TrawlError(Code.INVALID_ARGUMENT, "there is no such time zone", hint=hint, span=zone.span) from None


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
        "time",
        (),
        fixed(TIME),
        _now,
        "The time at which the expression is computed, which is that of `now()`: an answer does not hang on when it "
        "was found.",
        examples=(Example("tostring(time())", "2024-01-02T00:00:00.000Z"), Example("time() == now()", True)),
        expand=_expand_now,
    ),
    Function(
        "relative_time",
        ("time", "steps", "zone?"),
        fixed(TIME),
        _move,
        "The time that date math leads to from a time or from seconds since 1970; days and longer units as the "
        "search's zone has them.",
        examples=(
            Example('tostring(relative_time(now(), "-1d@d"))', "2024-01-01T00:00:00.000Z"),
            Example('tostring(relative_time(86400, "+1mon-90s"))', "1970-02-01T23:58:30.000Z"),
        ),
        constants=(1, 2),
        check=_check_steps,
        expand=_expand_zone,
    ),
    Function(
        "mktime",
        ("text", "format?"),
        fixed(FLOAT),
        _seconds,
        "The seconds since 1970 of the time that a text is: in a format of `strptime`, else in ISO 8601.",
        examples=(
            Example('mktime("31/Jan/2024:12:30:00", "%d/%b/%Y:%H:%M:%S")', 1706704200.0),
            Example('mktime("2024-01-31T12:30:00.5+01:00")', 1706700600.5),
            Example('mktime("no time")', None),
        ),
        expand=_expand_seconds,
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
