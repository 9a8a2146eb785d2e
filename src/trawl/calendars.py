"""The edges of the buckets that time is cut into: the one meaning of `trawl.algebra.Buckets` and of `bucket_time`.

Engines compute the same edges in their own way, or join the ones made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from trawl.instants import EPOCH, at_wall, wall
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant

BucketUnit: TypeAlias = Literal["ns", "day", "week", "month", "quarter", "year"]

_FIRST_MONDAY: Final = datetime(1969, 12, 29)
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def floor(instant: Instant, size: int, unit: BucketUnit, zone: str = "UTC") -> Instant:
    """The lower edge of the bucket that the instant lies in.

    `ns`: equal lengths counted from local midnight of 1970-01-01. `day`, `month`, `quarter`, `year`: local
    calendar units, in groups of `size` counted from 1970-01-01; `week` from the Monday before it.
    """
    if unit == "ns":
        anchor = _anchor(zone)
        return Instant((instant.nanoseconds - anchor) // size * size + anchor)
    return _edge(_index(instant, size, unit, zone), size, unit, zone)


def following(edge: Instant, size: int, unit: BucketUnit, zone: str = "UTC") -> Instant:
    """The lower edge of the bucket after the one whose lower edge this is."""
    if unit == "ns":
        return Instant(edge.nanoseconds + size)
    return _edge(_index(edge, size, unit, zone) + 1, size, unit, zone)


def edges(start: Instant, end: Instant, size: int, unit: BucketUnit, zone: str = "UTC") -> Iterator[Instant]:
    """The lower edges of all buckets that hold an instant of `start` (inclusive) to `end` (exclusive)."""
    if end <= start:
        return
    edge, before = floor(start, size, unit, zone), None
    while edge < end and edge != before:  # the edge after the last that an `Instant` holds is that one
        yield edge
        edge, before = following(edge, size, unit, zone), edge


def count(start: Instant, end: Instant, size: int, unit: BucketUnit, zone: str = "UTC") -> int:
    """How many edges `edges` gives, without making them."""
    if end <= start:
        return 0
    last = Instant(end.nanoseconds - 1)
    if unit == "ns":
        anchor = _anchor(zone)
        return (last.nanoseconds - anchor) // size - (start.nanoseconds - anchor) // size + 1
    return _index(last, size, unit, zone) - _index(start, size, unit, zone) + 1


@lru_cache(maxsize=64)
def _anchor(zone: str) -> int:
    midnight = at_wall(EPOCH, zone)
    assert midnight is not None
    return midnight.nanoseconds


def _index(instant: Instant, size: int, unit: BucketUnit, zone: str) -> int:
    local = wall(instant, zone)
    if unit == "day":
        return (local - EPOCH).days // size
    if unit == "week":
        return (local - _FIRST_MONDAY).days // 7 // size
    return ((local.year - 1970) * 12 + local.month - 1) // (_MONTHS[unit] * size)


def _edge(index: int, size: int, unit: BucketUnit, zone: str) -> Instant:
    """The edge, or the nearest instant where it lies beyond what an `Instant` holds."""
    beyond = FIRST_INSTANT if index < 0 else LAST_INSTANT
    try:
        if unit == "day":
            return at_wall(EPOCH + timedelta(days=index * size), zone) or beyond
        if unit == "week":
            return at_wall(_FIRST_MONDAY + timedelta(weeks=index * size), zone) or beyond
        years, months = divmod(index * size * _MONTHS[unit], 12)
        return at_wall(datetime(1970 + years, months + 1, 1), zone) or beyond
    except (OverflowError, ValueError):
        return beyond
