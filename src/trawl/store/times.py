"""The times that events bring along, in the spellings that logs use (language.md 2)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pyarrow as pa

from trawl import instants
from trawl.schema import Kind
from trawl.values import NANOSECONDS, Instant

TIME_FIELD: Final = "@timestamp"
"""The field that holds the time of every loaded event."""

CANDIDATES: Final = (TIME_FIELD, "timestamp", "time", "ts", "_time", "EventTime")
"""Where an event's time is looked for when no field is named, in this order."""

NS: Final = pa.timestamp("ns", tz="UTC")

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ACCESS: Final = re.compile(
    r"(?P<day>\d\d?)/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4}):(?P<clock>\d\d:\d\d:\d\d) ?(?P<zone>[+-]\d{4})?"
)
_SYSLOG: Final = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d\d?) (?:(?P<year>\d{4}) )?(?P<clock>\d\d:\d\d:\d\d(?:[.,]\d+)?)"
)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY: Final = 86_400 * NANOSECONDS


def read_time(value: object, reference: Instant) -> Instant | None:
    """The time that a value stands for; None where it is none, or out of the range of instants.

    Read are times, ISO 8601, epoch numbers (also as text), and the times of access logs and of syslog. A time
    without a zone is UTC.

    Args:
        value: a string, number or instant.
        reference: the moment of reading: a time without a year is of the last year in which it is at
            most a day after this.
    """
    time = instants.read_time(value)
    if time is None and isinstance(value, str) and (found := _ACCESS.fullmatch(value) or _SYSLOG.fullmatch(value)):
        return _of_log(found.groupdict(default=""), reference)
    return time


def read_times(values: pa.Array, kind: Kind, reference: Instant) -> pa.Array:
    """The same for an array of values of one kind: an array of times, null where a value is none."""
    if kind is Kind.TIME:
        return values.cast(NS)
    if kind is Kind.STRING:
        for zone in ("UTC", None):  # a whole array in one spelling is the ordinary case, and ten times as fast
            try:
                return values.cast(pa.timestamp("ns", tz=zone)).cast(NS)
            except pa.ArrowInvalid:
                continue
    found = (read_time(value, reference) for value in values.to_pylist())
    return pa.array([time and time.nanoseconds for time in found], pa.int64()).cast(NS)


def _of_log(part: dict[str, str], reference: Instant) -> Instant | None:
    if part["month"] not in _MONTHS:
        return None
    rest = f"{_MONTHS.index(part['month']) + 1:02d}-{part['day'].zfill(2)}T{part['clock']}{part.get('zone') or 'Z'}"
    if part["year"]:
        return instants.read_instant(f"{part['year']}-{rest}")
    newest = date.fromordinal(reference.nanoseconds // _DAY + _EPOCH_DAY).year + 1
    for year in range(newest, newest - 10, -1):  # 29 February is eight years away at most
        time = instants.read_instant(f"{year}-{rest}")
        if time is not None and time.nanoseconds <= reference.nanoseconds + _DAY:
            return time
    return None
