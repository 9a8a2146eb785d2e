"""How points in time are written and where they lie in a time zone: ISO 8601, epoch numbers, wall clocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from trawl.values import FIRST_INSTANT, LAST_INSTANT, NANOSECONDS, Instant, exact_number

EPOCH: Final = datetime(1970, 1, 1)
MILLISECONDS_FROM: Final = 100_000_000_000
"""Epoch numbers from here on are milliseconds: as seconds they would lie beyond the year 5138."""

_ISO = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?)?"
    r"\s*(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?",
    re.ASCII,
)


def read_instant(text: str, zone: str = "UTC") -> Instant | None:
    """The instant that an ISO 8601 date or time is; None if it is none or out of range.

    Args:
        text: `2026-01-31`, `2026-01-31T12:00:00.5+01:00`, with a blank for the `T` too.
        zone: IANA name of the zone of texts that name none.
    """
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        shown = datetime(int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    nanoseconds = int(fraction.ljust(9, "0")) if fraction else 0
    base = at_wall(shown, zone) if offset is None else in_range(_nanoseconds(shown - _offset(offset)))
    return None if base is None else in_range(base.nanoseconds + nanoseconds)


def from_epoch(number: float | Decimal) -> Instant | None:
    """The instant of an epoch number: seconds, or milliseconds where it is that large; None if out of range."""
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    unit = NANOSECONDS if abs(exact) < MILLISECONDS_FROM else NANOSECONDS // 1000
    return in_range(int((exact * unit).to_integral_value())) if exact.adjusted() < 30 else None


def read_time(value: object, zone: str = "UTC") -> Instant | None:
    """The instant that a value of an event stands for: a time, ISO 8601 text, an epoch number, also as text."""
    if isinstance(value, Instant):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_epoch(value)
    if not isinstance(value, str):
        return None
    number = exact_number(value)
    return read_instant(value, zone) if number is None else from_epoch(number)


def in_range(nanoseconds: int) -> Instant | None:
    """The instant, if it is one that Trawl can hold."""
    return Instant(nanoseconds) if FIRST_INSTANT.nanoseconds <= nanoseconds <= LAST_INSTANT.nanoseconds else None


def wall(instant: Instant, zone: str) -> datetime:
    """What a clock in the zone shows, without the fraction of a second."""
    moment = EPOCH.replace(tzinfo=UTC) + timedelta(seconds=instant.nanoseconds // NANOSECONDS)
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)


def at_wall(shown: datetime, zone: str) -> Instant | None:
    """When a clock in the zone shows this, the first time if twice; None if out of range."""
    try:
        return in_range(_nanoseconds(shown.replace(tzinfo=zone_of(zone), fold=0).astimezone(UTC).replace(tzinfo=None)))
    except OverflowError:
        return None


@cache
def zone_of(name: str) -> tzinfo:
    """The rules of a time zone. Raises `ZoneInfoNotFoundError` or `ValueError` for what is no zone's name."""
    return UTC if name == "UTC" else ZoneInfo(name)


def _nanoseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * NANOSECONDS + since.microseconds * 1000


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -length if text[0] == "-" else length
