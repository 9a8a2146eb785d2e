"""Points in time: read out of text and numbers, and shown in zones."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trawl.instants import at_wall, from_epoch, read_instant, read_time, wall
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant

INSTANTS = st.integers(FIRST_INSTANT.nanoseconds, LAST_INSTANT.nanoseconds).map(Instant)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-01-31", "2024-01-31T00:00:00.000Z"),
        ("2024-01", "2024-01-01T00:00:00.000Z"),
        ("2024-01-31T12:30Z", "2024-01-31T12:30:00.000Z"),
        ("2024-01-31 12:30:15.25", "2024-01-31T12:30:15.250Z"),
        ("2024-01-31t12:30:15,123456789z", "2024-01-31T12:30:15.123456789Z"),
        ("2024-01-31T12:30:15.1234567899Z", "2024-01-31T12:30:15.123456789Z"),
        ("20240131", None),
        ("2024-01-31T12:30:15+01:00", "2024-01-31T11:30:15.000Z"),
        ("2024-01-31T12:30:15-0530", "2024-01-31T18:00:15.000Z"),
        ("2024-01-31T12:30:15+02", "2024-01-31T10:30:15.000Z"),
        ("2024-02-30", None),
        ("2024-01-31T24:00:00Z", None),
        ("1600-01-01", None),
        ("now", None),
        ("", None),
    ],
)
def test_iso_8601(text: str, shown: str | None) -> None:
    found = read_instant(text)
    assert (str(found) if found else None) == shown


def test_a_time_without_zone_is_of_the_zone_that_is_told() -> None:
    assert str(read_instant("2024-07-01T12:00:00", "Europe/Berlin")) == "2024-07-01T10:00:00.000Z"
    assert str(read_instant("2024-01-01T12:00:00", "Europe/Berlin")) == "2024-01-01T11:00:00.000Z"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_704_067_200, "2024-01-01T00:00:00.000Z"),
        (1_704_067_200_123, "2024-01-01T00:00:00.123Z"),
        (1_704_067_200.25, "2024-01-01T00:00:00.250Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (1e300, None),
        (10**17, None),
    ],
)
def test_epoch_numbers_are_seconds_or_milliseconds(number: float, shown: str | None) -> None:
    found = from_epoch(number)
    assert (str(found) if found else None) == shown


def test_what_is_no_time_is_none() -> None:
    assert [read_time(value) for value in (True, None, "x", [], "")] == [None] * 5
    assert read_time("1704067200.5") == read_time(1_704_067_200.5)


@given(INSTANTS)
def test_what_is_written_is_read_the_same(instant: Instant) -> None:
    assert read_instant(str(instant)) == instant


@given(INSTANTS.filter(lambda instant: instant.nanoseconds % 1_000_000_000 == 0))
def test_a_clock_in_utc_shows_and_reads_the_same(instant: Instant) -> None:
    assert at_wall(wall(instant, "UTC"), "UTC") == instant


def test_an_hour_that_a_clock_shows_twice_is_the_first_one() -> None:
    assert str(at_wall(datetime(2024, 10, 27, 2, 30), "Europe/Berlin")) == "2024-10-27T00:30:00.000Z"


def test_an_hour_that_a_clock_skips_is_as_far_after_the_one_before() -> None:
    assert str(at_wall(datetime(2024, 3, 31, 2, 30), "Europe/Berlin")) == "2024-03-31T01:30:00.000Z"
