"""Lengths of time as spans have them, and the length of buckets where a query names none (language.md 5.2, 5.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trawl import calendars
from trawl.algebra import Buckets
from trawl.datemath import CALENDAR, FIXED, Unit, add_calendar, find_unit
from trawl.errors import Code, Span, TrawlError, clip
from trawl.instants import wall
from trawl.values import NANOSECONDS, TimeRange

_DAY: Final = 86_400 * NANOSECONDS


@dataclass(frozen=True, slots=True)
class Stride:
    """A length of time as `span=` has it: whole units."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def buckets(self, zone: str) -> Buckets:
        """The buckets of this length in a zone. In UTC a day is a fixed length like an hour."""
        if self.unit in FIXED:
            return Buckets(self.count * FIXED[self.unit], "ns", zone)
        if self.unit is Unit.DAY and zone == "UTC":
            return Buckets(self.count * _DAY, "ns", zone)
        return Buckets(self.count, CALENDAR[self.unit], zone)

    def count_in(self, within: TimeRange, zone: str) -> int:
        """How many buckets hold an instant of the range."""
        buckets = self.buckets(zone)
        return calendars.count(within.start, within.end, buckets.size, buckets.unit, zone)


_DAYS: Final = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.QUARTER: 90, Unit.YEAR: 365}


def nanoseconds(stride: Stride) -> int:
    """A length as such, wherever it begins: a month has 30 days, a quarter 90, a year 365."""
    return stride.count * (FIXED.get(stride.unit) or _DAYS[stride.unit] * _DAY)


_STRIDE: Final = re.compile(r"(\d{0,9})([A-Za-z]+)", re.ASCII)


def read_stride(text: str, span: Span | None = None) -> Stride:
    """The length that a text such as `5min`, `1mon` or `h` says.

    Raises:
        TrawlError: `INVALID_ARGUMENT`.
    """
    match = _STRIDE.fullmatch(text.strip())
    unit = (find_unit(match[2])) if match else None
    if match is None or unit is None or int(match[1] or 1) == 0:
        hint = "a length is written `30s`, `5min`, `1h`, `1d`, `1w`, `1mon`, `1q` or `1y`"
        if text.isdecimal() and len(text) < 10:
            hint = f"a length has a unit: `{text}s`, `{text}m`, `{text}h`"
        raise TrawlError(Code.INVALID_ARGUMENT, f"`{clip(text)}` is not a length of time", hint=hint, span=span)
    return Stride(int(match[1] or 1), unit)


_SHORT: Final = (
    (15 * 60, Stride(10, Unit.SECOND)),
    (60 * 60, Stride(1, Unit.MINUTE)),
    (4 * 3600, Stride(5, Unit.MINUTE)),
    (24 * 3600, Stride(30, Unit.MINUTE)),
)
_TIMELINE: Final = (*_SHORT, (4 * 86_400, Stride(1, Unit.HOUR)), (8 * 86_400, Stride(2, Unit.HOUR)))
_LONG: Final = ((98 * 86_400, Stride(1, Unit.DAY)),)
_LADDER: Final = (
    *(Stride(count, Unit.MILLISECOND) for count in (1, 10, 100)),
    *(Stride(count, Unit.SECOND) for count in (1, 5, 10, 30)),
    *(Stride(count, Unit.MINUTE) for count in (1, 5, 10, 30)),
    *(Stride(count, Unit.HOUR) for count in (1, 2, 6, 12)),
    *(Stride(1, unit) for unit in (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER)),
    *(Stride(count, Unit.YEAR) for count in (1, 10, 100)),
)
_MOST_MONTHS: Final = 98


def automatic(within: TimeRange, zone: str, bins: int | None = None, *, timeline: bool = False) -> Stride:
    """The length of buckets over a range of time where a query names none (language.md 5.3).

    Args:
        within: the range.
        zone: IANA name of the zone of calendar units.
        bins: the most buckets wanted; the shortest length of a ladder that needs no more. None: by the table.
        timeline: the finer table of the timeline beside a result.
    """
    if bins is not None:
        for stride in _LADDER:
            if stride.count_in(within, zone) <= bins:
                return stride
        return _LADDER[-1]
    seconds = (within.end.nanoseconds - within.start.nanoseconds) / NANOSECONDS
    table: tuple[tuple[int, Stride], ...] = (*(_TIMELINE if timeline else _SHORT), *_LONG)
    for most, stride in table:
        if seconds <= most:
            return stride
    if wall(within.end, zone) <= add_calendar(wall(within.start, zone), _MOST_MONTHS, Unit.MONTH):
        return Stride(1, Unit.MONTH)
    years = Stride(1, Unit.YEAR)
    return years if years.count_in(within, zone) <= 100 else Stride(10, Unit.YEAR)
