"""Buckets of time are whole units of the zone's calendar, one after another without gaps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trawl import calendars
from trawl.calendars import BucketUnit
from trawl.instants import read_instant
from trawl.values import LAST_INSTANT, Instant

HOUR = 3_600_000_000_000


def at(text: str) -> Instant:
    instant = read_instant(text)
    assert instant is not None
    return instant


@pytest.mark.parametrize(
    ("size", "unit", "zone", "edge"),
    [
        (HOUR, "ns", "UTC", "2026-07-15T22:00:00Z"),
        (HOUR, "ns", "Asia/Kolkata", "2026-07-15T22:30:00Z"),
        (1, "day", "Europe/Berlin", "2026-07-15T22:00:00Z"),
        (1, "week", "UTC", "2026-07-13T00:00:00Z"),
        (1, "month", "Europe/Berlin", "2026-06-30T22:00:00Z"),
        (1, "quarter", "UTC", "2026-07-01T00:00:00Z"),
        (10, "year", "UTC", "2020-01-01T00:00:00Z"),
    ],
)
def test_the_lower_edge(size: int, unit: BucketUnit, zone: str, edge: str) -> None:
    assert calendars.floor(at("2026-07-15T22:42:00Z"), size, unit, zone) == at(edge)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    start, end = at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z")
    edges = list(calendars.edges(start, end, 1, "day", "Europe/Berlin"))
    hours = [(b.nanoseconds - a.nanoseconds) // HOUR for a, b in pairwise(edges)]
    assert hours == [24, 23]


@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year"])
def test_the_last_edge_that_there_is_ends_them(unit: BucketUnit) -> None:
    start = Instant(LAST_INSTANT.nanoseconds - 100 * 24 * HOUR)
    found = list(calendars.edges(start, Instant(LAST_INSTANT.nanoseconds + 1), 1, unit, "UTC"))
    assert len(found) == len(set(found)) <= 101


UNITS = st.sampled_from(
    [
        (7 * HOUR, "ns"),
        (HOUR, "ns"),
        (1, "day"),
        (3, "day"),
        (1, "week"),
        (1, "month"),
        (5, "month"),
        (1, "quarter"),
        (2, "year"),
    ]
)
INSTANTS = st.integers(-(10**18), 4 * 10**18).map(Instant)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo"])


@given(INSTANTS, UNITS, ZONES)
def test_an_instant_lies_between_its_edge_and_the_next(
    instant: Instant, unit: tuple[int, BucketUnit], zone: str
) -> None:
    edge = calendars.floor(instant, *unit, zone)
    following = calendars.following(edge, *unit, zone)
    assert edge <= instant < following
    assert calendars.floor(edge, *unit, zone) == edge
    assert calendars.floor(following, *unit, zone) == following


@given(INSTANTS, st.integers(0, 2 * 10**16), UNITS, ZONES)
def test_counting_edges_is_making_them(start: Instant, length: int, unit: tuple[int, BucketUnit], zone: str) -> None:
    end = Instant(start.nanoseconds + length)
    assert calendars.count(start, end, *unit, zone) == len(list(calendars.edges(start, end, *unit, zone)))
