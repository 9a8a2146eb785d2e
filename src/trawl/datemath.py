"""Date math: steps from one point in time to another, along clock and calendar of a zone (language.md 5.1)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from trawl import calendars
from trawl.errors import Code, Span, TrawlError, clip
from trawl.instants import at_wall, in_range, wall
from trawl.values import NANOSECONDS, Instant


class Unit(StrEnum):
    """Units of time, by their canonical spelling in spans. Days and longer ones follow the calendar."""

    MILLISECOND = "ms"
    SECOND = "s"
    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "mon"
    QUARTER = "q"
    YEAR = "y"


_SPELLINGS: Final = {
    Unit.MILLISECOND: "ms",
    Unit.SECOND: "s sec secs second seconds",
    Unit.MINUTE: "m min mins minute minutes",
    Unit.HOUR: "h hr hrs hour hours",
    Unit.DAY: "d day days",
    Unit.WEEK: "w week weeks",
    Unit.MONTH: "M mon month months",
    Unit.QUARTER: "q qtr quarter quarters",
    Unit.YEAR: "y yr year years",
}
_UNITS: Final = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
FIXED: Final = {
    Unit.MILLISECOND: NANOSECONDS // 1000,
    Unit.SECOND: NANOSECONDS,
    Unit.MINUTE: 60 * NANOSECONDS,
    Unit.HOUR: 3600 * NANOSECONDS,
}
"""Units of one length, in nanoseconds."""
CALENDAR: Final[dict[Unit, calendars.BucketUnit]] = {
    Unit.DAY: "day",
    Unit.WEEK: "week",
    Unit.MONTH: "month",
    Unit.QUARTER: "quarter",
    Unit.YEAR: "year",
}
"""Units that follow the calendar, by the buckets that they are."""
DAYS: Final = {Unit.DAY: 1, Unit.WEEK: 7}
MONTHS: Final = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}

EXAMPLES: Final = "`+1d`, `-1d`, `/d` or `@d`"
_MOST: Final = 10**9
_STEP: Final = re.compile(
    r"(?P<sign>[+-])(?P<count>\d*)(?P<unit>[A-Za-z]+)|(?P<snap>[/@])(?P<to>[A-Za-z]+)(?P<day>\d?)"
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A step of so many units, back if there are fewer than none."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Snap:
    """A step down to the beginning of a unit; of a week to a day counted from Monday, if one is named."""

    unit: Unit
    weekday: int | None


Step: TypeAlias = Shift | Snap


def find_unit(word: str) -> Unit | None:
    """The unit of this spelling. `m` is the minute and `M` the month; all others in any case of letters."""
    return _UNITS.get(word) or _UNITS.get(word.lower())


def add_calendar(local: datetime, count: int, unit: Unit) -> datetime:
    """The same time of day, days or months away; a day that the month has not is its last."""
    if unit in DAYS:
        return local + timedelta(days=count * DAYS[unit])
    years, month = divmod(local.year * 12 + local.month - 1 + count * MONTHS[unit], 12)
    return local.replace(year=years, month=month + 1, day=min(local.day, monthrange(years, month + 1)[1]))


def read_steps(text: str, position: int = 0, span: Span | None = None, hint: str | None = None) -> tuple[Step, ...]:
    """The steps that a text says from a position on: `-1d@d`, `+1M/d`, `@w1`.

    Args:
        span: where the text stands in a query. hint: how a time is written where this one stands.

    Raises:
        TrawlError: `INVALID_TIME`.
    """
    steps: list[Step] = []
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            reason = f"`{clip(text)}` is not a time: found `{clip(text[position:])}`, expected {EXAMPLES}"
            raise TrawlError(Code.INVALID_TIME, reason, hint=hint, span=span)
        if match["sign"]:
            count = int(match["count"][:12] or 1)
            if count > _MOST:
                raise TrawlError(Code.INVALID_TIME, f"`{clip(text)}` goes too far", span=span)
            steps.append(Shift(-count if match["sign"] == "-" else count, _unit(match["unit"], span)))
        else:
            steps.append(_snap_of(match["to"], match["day"], span))
        position = match.end()
    return tuple(steps)


def walk(at: Instant, steps: Iterable[Step], zone: str) -> Instant | None:
    """Where steps lead from an instant; None where one goes further than an `Instant` can."""
    found: Instant | None = at
    for step in steps:
        if found is not None:
            found = _shift(found, step.count, step.unit, zone) if isinstance(step, Shift) else _snap(found, step, zone)
    return found


def _snap_of(unit_word: str, day: str, span: Span | None) -> Snap:
    unit = _unit(unit_word, span)
    if day and (unit is not Unit.WEEK or day > "7"):
        reason = f"`{unit_word}{day}` is not a unit, only `w0` (Sunday) to `w7` have a digit"
        raise TrawlError(Code.INVALID_TIME, reason, span=span)
    return Snap(unit, (int(day) - 1) % 7 if day else None)


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


def _snap(at: Instant, step: Snap, zone: str) -> Instant | None:
    local = wall(at, zone)
    if step.weekday is not None:
        day = local.replace(hour=0, minute=0, second=0) - timedelta(days=(local.weekday() - step.weekday) % 7)
        return at_wall(day, zone)
    if step.unit in CALENDAR:
        return calendars.floor(at, 1, CALENDAR[step.unit], zone)
    since_hour = (local.minute * 60 + local.second) * NANOSECONDS + at.nanoseconds % NANOSECONDS
    return in_range(at.nanoseconds - since_hour % FIXED[step.unit])
