"""Points in time as queries and requests write them: date math (language.md 5.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from trawl import calendars
from trawl.errors import Code, Span, TrawlError, clip
from trawl.instants import at_wall, from_epoch, in_range, read_instant, wall
from trawl.language.strides import CALENDAR, FIXED, Unit, add_calendar, find_unit
from trawl.values import NANOSECONDS, Instant, exact_number

_MOST: Final = 10**9

_STEP: Final = re.compile(
    r"(?P<sign>[+-])(?P<count>\d*)(?P<unit>[A-Za-z]+)|(?P<snap>[/@])(?P<to>[A-Za-z]+)(?P<day>\d?)"
)
_EXAMPLES: Final = (
    "a time is written `now-1d/d`, `-15m`, `-1d@d`, `2026-01-31`, `2026-01-31T12:00:00Z` or in epoch seconds"
)


_SPLUNK: Final = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?::(\d\d:\d\d:\d\d))?", re.ASCII)
_AGO: Final = re.compile(r"\d{1,9}[A-Za-z]+", re.ASCII)
_DAYS: Final = {"today": "today began at `now/d`", "yesterday": "yesterday began at `now-1d/d`"}


@dataclass(frozen=True, slots=True)
class _Shift:
    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Snap:
    unit: Unit
    weekday: int | None
    """counted from Monday"""


@dataclass(frozen=True, slots=True)
class _Moment:
    """Date math, read. `anchor` is the text of a date, or None for the clock."""

    anchor: str | None
    steps: tuple[_Shift | _Snap, ...]


def resolve(text: str, now: Instant, zone: str, span: Span | None = None) -> Instant:
    """The instant that date math says.

    Args:
        text: `now-1d/d`, `2026-01-31||+1M/d`, an ISO 8601 date or instant, epoch seconds or milliseconds,
            SPL's `-1d@d`, `@w1`. Snapping always goes down; `w` snaps to Monday, `w0` to Sunday.
        now: the clock.
        zone: IANA name of the zone in which days and longer units are counted.
        span: where the text stands in a query, for errors.

    Raises:
        TrawlError: `INVALID_TIME`.
    """
    moment = _read(text, span)
    at = now if moment.anchor is None else _anchor(moment.anchor, zone)
    for step in moment.steps:
        if at is not None:
            at = _shift(at, step.count, step.unit, zone) if isinstance(step, _Shift) else _snap(at, step, zone)
    if at is None:
        reason = f"`{clip(text)}` lies outside the years 1677 to 2262"
        raise TrawlError(Code.INVALID_TIME, reason, span=span)
    return at


def check(text: str, span: Span | None = None) -> None:
    """Refuses what no clock would make date math of.

    Raises:
        TrawlError: `INVALID_TIME`.
    """
    _read(text, span)


def _read(text: str, span: Span | None) -> _Moment:
    stripped = text.strip()
    if stripped[:3].lower() == "now":
        return _Moment(None, _steps(stripped, 3, span))
    if stripped[:1] in ("+", "-", "@"):
        return _Moment(None, _steps(stripped, 0, span))
    anchor, bars, _ = stripped.partition("||")
    if not _is_date(anchor):
        raise TrawlError(Code.INVALID_TIME, f"`{clip(text)}` is not a time", hint=_hint(stripped), span=span)
    return _Moment(anchor, _steps(stripped, len(anchor) + len(bars), span))


def _hint(text: str) -> str:
    """What is meant by a text that is no time."""
    splunk = _SPLUNK.fullmatch(text)
    if splunk:
        month, day, year, clock = splunk.groups()
        return f"a date is written `{year}-{month}-{day}{f'T{clock}' if clock else ''}`"
    if _AGO.fullmatch(text):
        return f"a time ago has a sign: `-{clip(text)}`"
    return _DAYS.get(text.lower(), _EXAMPLES)


def _is_date(text: str) -> bool:
    return _anchor(text, "UTC") is not None or (len(text) < 60 and read_instant(f"2000{text[4:]}") is not None)


def _anchor(text: str, zone: str) -> Instant | None:
    number = exact_number(text) if len(text) < 40 else None
    return read_instant(text, zone) if number is None else from_epoch(number)


def _steps(text: str, position: int, span: Span | None) -> tuple[_Shift | _Snap, ...]:
    steps: list[_Shift | _Snap] = []
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            reason = (
                f"`{clip(text)}` is not a time: found `{clip(text[position:])}`, expected `+1d`, `-1d`, `/d` or `@d`"
            )
            raise TrawlError(Code.INVALID_TIME, reason, hint=_EXAMPLES, span=span)
        if match["sign"]:
            count = int(match["count"][:12] or 1)
            if count > _MOST:
                raise TrawlError(Code.INVALID_TIME, f"`{clip(text)}` goes too far", span=span)
            steps.append(_Shift(-count if match["sign"] == "-" else count, _unit(match["unit"], span)))
        else:
            steps.append(_snap_of(match["to"], match["day"], span))
        position = match.end()
    return tuple(steps)


def _snap_of(unit_word: str, day: str, span: Span | None) -> _Snap:
    unit = _unit(unit_word, span)
    if day and (unit is not Unit.WEEK or day > "7"):
        reason = f"`{unit_word}{day}` is not a unit, only `w0` (Sunday) to `w7` have a digit"
        raise TrawlError(Code.INVALID_TIME, reason, span=span)
    return _Snap(unit, (int(day) - 1) % 7 if day else None)


def _unit(word: str, span: Span | None) -> Unit:
    unit = find_unit(word)
    if unit is None:
        hint = "units are s, m (minutes), h, d, w, M (months), q, y"
        raise TrawlError(Code.INVALID_TIME, f"`{clip(word)}` is not a unit of time", hint=hint, span=span)
    return unit


def _shift(at: Instant, count: int, unit: Unit, zone: str) -> Instant | None:
    if unit in FIXED:
        return in_range(at.nanoseconds + count * FIXED[unit])
    if count == 0:
        return at
    local, fraction = wall(at, zone), at.nanoseconds % NANOSECONDS
    try:
        moved = add_calendar(local, count, unit)
    except (OverflowError, ValueError):
        return None
    base = at_wall(moved, zone)
    return None if base is None else in_range(base.nanoseconds + fraction)


def _snap(at: Instant, step: _Snap, zone: str) -> Instant | None:
    local = wall(at, zone)
    if step.weekday is not None:
        day = local.replace(hour=0, minute=0, second=0) - timedelta(days=(local.weekday() - step.weekday) % 7)
        return at_wall(day, zone)
    if step.unit in CALENDAR:
        return calendars.floor(at, 1, CALENDAR[step.unit], zone)
    since_hour = (local.minute * 60 + local.second) * NANOSECONDS + at.nanoseconds % NANOSECONDS
    return in_range(at.nanoseconds - since_hour % FIXED[step.unit])
