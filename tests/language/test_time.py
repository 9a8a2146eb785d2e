"""Date math and spans mean what the language says, in every zone."""

from __future__ import annotations

import pytest

from trawl.datemath import Unit
from trawl.errors import Code, Span, TrawlError
from trawl.instants import read_instant
from trawl.language.strides import Stride, automatic, read_stride
from trawl.language.time import check, resolve
from trawl.values import Instant, TimeRange

NOW = "2026-03-31T15:37:12.123456789Z"  # a Tuesday


def at(text: str) -> Instant:
    instant = read_instant(text)
    assert instant is not None
    return instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-03-31T15:37:12.123456789Z"),
        ("NOW", "2026-03-31T15:37:12.123456789Z"),
        ("now-1d", "2026-03-30T15:37:12.123456789Z"),
        ("now-1d/d", "2026-03-30T00:00:00Z"),
        ("now/s", "2026-03-31T15:37:12Z"),
        ("now/m", "2026-03-31T15:37:00Z"),
        ("now/h", "2026-03-31T15:00:00Z"),
        ("now/d", "2026-03-31T00:00:00Z"),
        ("now/w", "2026-03-30T00:00:00Z"),
        ("now/M", "2026-03-01T00:00:00Z"),
        ("now/q", "2026-01-01T00:00:00Z"),
        ("now/y", "2026-01-01T00:00:00Z"),
        ("now-1M", "2026-02-28T15:37:12.123456789Z"),
        ("now-1y+1M-2w", "2025-04-16T15:37:12.123456789Z"),
        ("now-1d/d+6h", "2026-03-30T06:00:00Z"),
        ("2026-01-31||+1M/d", "2026-02-28T00:00:00Z"),
        ("2024-02-29||+1y", "2025-02-28T00:00:00Z"),
        ("2026-01-31T12:00:00+01:00||/d", "2026-01-31T00:00:00Z"),
        ("2026-01-31", "2026-01-31T00:00:00Z"),
        ("2026-01", "2026-01-01T00:00:00Z"),
        ("2026-01-31T10:11:12.5", "2026-01-31T10:11:12.5Z"),
        ("2026-01-31 10:11:12Z", "2026-01-31T10:11:12Z"),
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000.25", "2023-11-14T22:13:20.25Z"),
        ("1700000000123", "2023-11-14T22:13:20.123Z"),
        ("-15m", "2026-03-31T15:22:12.123456789Z"),
        ("-1d@d", "2026-03-30T00:00:00Z"),
        ("-1mon@mon", "2026-02-01T00:00:00Z"),
        ("-d@d", "2026-03-30T00:00:00Z"),
        ("@d-90s", "2026-03-30T23:58:30Z"),
        ("@w", "2026-03-30T00:00:00Z"),
        ("@w0", "2026-03-29T00:00:00Z"),
        ("@w1", "2026-03-30T00:00:00Z"),
        ("@w2", "2026-03-31T00:00:00Z"),
        ("@w3", "2026-03-25T00:00:00Z"),
        ("@w7", "2026-03-29T00:00:00Z"),
        ("+1h@h", "2026-03-31T16:00:00Z"),
    ],
)
def test_date_math(text: str, expected: str) -> None:
    assert resolve(text, at(NOW), "UTC") == at(expected)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("now/d", "Asia/Tokyo", "2026-03-31T15:00:00Z"),
        ("now/h", "Asia/Kolkata", "2026-03-31T15:30:00Z"),
        ("2026-01-31", "America/New_York", "2026-01-31T05:00:00Z"),
        ("now/y", "America/New_York", "2026-01-01T05:00:00Z"),
        ("2026-03-28||+1d", "Europe/Berlin", "2026-03-28T23:00:00Z"),
        ("2026-03-29||+1d", "Europe/Berlin", "2026-03-29T22:00:00Z"),
        ("2026-03-29||+24h", "Europe/Berlin", "2026-03-29T23:00:00Z"),
        ("2026-03-28T02:30:00||+1d", "Europe/Berlin", "2026-03-29T01:30:00Z"),
    ],
)
def test_days_and_longer_units_follow_the_zone(text: str, zone: str, expected: str) -> None:
    """A day over the change of clocks has 23 hours, and a skipped wall-clock time is an hour later."""
    assert resolve(text, at(NOW), zone) == at(expected)


NO_TIMES = "foo now- now-1x now/w9 @d3 -5 now+1d? 2026-13-01 2026-02-30 1600-01-01 nowhere 1e999 2026-01-31||+1M/"
NO_TIMES_EITHER = ["", "12 o'clock", "now-99999999y", "now-9999999999d", "9" * 50]


@pytest.mark.parametrize("text", [*NO_TIMES.split(), *NO_TIMES_EITHER])
def test_what_is_no_time_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(TrawlError) as caught:
        resolve(text, at(NOW), "UTC", Span(3, 9))
    assert caught.value.code is Code.INVALID_TIME
    assert caught.value.span == Span(3, 9)


def test_checking_needs_no_clock() -> None:
    check("now-1d/d")
    check("1999-12-31||-1y@w0")
    with pytest.raises(TrawlError, match="not a unit of time"):
        check("now-1fortnight")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10s", Stride(10, Unit.SECOND)),
        ("5min", Stride(5, Unit.MINUTE)),
        ("5m", Stride(5, Unit.MINUTE)),
        ("2HOURS", Stride(2, Unit.HOUR)),
        ("1M", Stride(1, Unit.MONTH)),
        ("3mon", Stride(3, Unit.MONTH)),
        ("day", Stride(1, Unit.DAY)),
        ("250ms", Stride(250, Unit.MILLISECOND)),
        ("2q", Stride(2, Unit.QUARTER)),
        ("10years", Stride(10, Unit.YEAR)),
    ],
)
def test_lengths(text: str, expected: Stride) -> None:
    assert read_stride(text) == expected
    assert read_stride(str(expected)) == expected


@pytest.mark.parametrize("text", ["", "5", "0s", "-1h", "1.5h", "5 parsecs", "1h30m"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(TrawlError, match="not a length of time"):
        read_stride(text)


def since(start: str, end: str) -> TimeRange:
    return TimeRange(at(start), at(end))


@pytest.mark.parametrize(
    ("end", "span", "timeline"),
    [
        ("2026-01-01T00:15:00Z", "10s", "10s"),
        ("2026-01-01T00:15:01Z", "1m", "1m"),
        ("2026-01-01T04:00:00Z", "5m", "5m"),
        ("2026-01-02T00:00:00Z", "30m", "30m"),
        ("2026-01-02T00:00:01Z", "1d", "1h"),
        ("2026-01-08T00:00:00Z", "1d", "2h"),
        ("2026-01-31T00:00:00Z", "1d", "1d"),
        ("2026-04-09T00:00:00Z", "1d", "1d"),
        ("2026-04-10T00:00:00Z", "1mon", "1mon"),
        ("2034-03-01T00:00:00Z", "1mon", "1mon"),
        ("2034-03-01T00:00:01Z", "1y", "1y"),
        ("2200-01-01T00:00:00Z", "10y", "10y"),
    ],
)
def test_the_length_of_buckets_goes_by_the_range(end: str, span: str, timeline: str) -> None:
    within = since("2026-01-01T00:00:00Z", end)
    assert str(automatic(within, "UTC")) == span
    assert str(automatic(within, "UTC", timeline=True)) == timeline


@pytest.mark.parametrize("start", ["1700-01-01", "2026-01-01T00:00:01Z"])
@pytest.mark.parametrize(
    "end", ["2026-01-01T00:14:59Z", "2026-01-05", "2026-04-09T00:00:00Z", "2034-02-28", "2262-01-01"]
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_a_timeline_has_a_hundred_buckets_at_most(start: str, end: str, zone: str) -> None:
    within = since(start, end)
    assert automatic(within, zone, timeline=True).count_in(within, zone) <= 100


def test_bins_choose_the_shortest_length_that_needs_no_more() -> None:
    within = since("2026-01-01", "2026-01-02")
    assert str(automatic(within, "UTC", bins=24)) == "1h"
    assert str(automatic(within, "UTC", bins=23)) == "2h"
    assert str(automatic(within, "UTC", bins=1)) == "1d"


def test_a_day_is_a_fixed_length_only_where_clocks_never_change() -> None:
    assert read_stride("1d").buckets("UTC").unit == "ns"
    assert read_stride("1d").buckets("Europe/Berlin").unit == "day"
