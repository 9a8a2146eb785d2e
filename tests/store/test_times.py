"""Times in the spellings that logs use, and which field an event's time is taken from (language.md 2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from loaded import in_load_order, load, open_store
from trawl.instants import read_instant
from trawl.schema import Kind
from trawl.store import Store
from trawl.store.times import read_time, read_times
from trawl.values import Instant


def at(text: str) -> Instant:
    time = read_instant(text)
    assert time is not None
    return time


NOW = at("2026-03-01T12:00:00Z")


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2020-09-04T07:06:11.273Z", "2020-09-04T07:06:11.273Z"),
        ("2018-03-24T17:15:20.865716Z", "2018-03-24T17:15:20.865716Z"),
        ("2020-09-04 03:06:08", "2020-09-04T03:06:08Z"),
        ("2020-09-04T09:06:08+02:00", "2020-09-04T07:06:08Z"),
        ("2020-09-04T07:06:08.123456789Z", "2020-09-04T07:06:08.123456789Z"),
        (1588205199.82437, "2020-04-30T00:06:39.82437Z"),
        (1588205199, "2020-04-30T00:06:39Z"),
        (1588205199824, "2020-04-30T00:06:39.824Z"),
        ("1588205199.5", "2020-04-30T00:06:39.5Z"),
        ("17/May/2015:10:05:03 +0200", "2015-05-17T08:05:03Z"),
        ("Feb 27 13:06:56", "2026-02-27T13:06:56Z"),
        ("Mar  2 11:00:00", "2026-03-02T11:00:00Z"),
        ("Mar  2 13:00:00", "2025-03-02T13:00:00Z"),
        ("Dec 31 23:59:59", "2025-12-31T23:59:59Z"),
        ("Feb 29 00:00:00", "2024-02-29T00:00:00Z"),
    ],
)
def test_a_time_is_read(value: object, time: str) -> None:
    assert read_time(value, NOW) == at(time)


@pytest.mark.parametrize(
    "value", [None, True, "", "soon", "2020-13-01", "Foo 12 00:00:00", 10**30, "9999-01-01", [1], "-"]
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert read_time(value, NOW) is None


def test_an_array_is_read_as_its_values_are() -> None:
    texts = ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5+01:00", "17/May/2015:10:05:03 +0200", "x", "2020-01-01"]
    for some in (texts, texts[:2], texts[4:]):
        read = read_times(pa.array(some), Kind.STRING, NOW).cast(pa.int64()).to_pylist()
        assert read == [(time := read_time(text, NOW)) and time.nanoseconds for text in some]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_the_first_of_the_usual_fields_decides_and_the_original_stays(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"ts": 1.5, "EventTime": "2020-01-01"}, {"EventTime": "2020-01-01"}, {"time": None, "ts": 3})
    assert in_load_order(store) == [
        {"@timestamp": Instant(1_500_000_000), "ts": 1.5, "EventTime": "2020-01-01"},
        {"@timestamp": at("2020-01-01"), "EventTime": "2020-01-01"},
        {"@timestamp": Instant(3_000_000_000), "ts": 3},
    ]


def test_a_time_field_that_is_named_is_the_only_one(store: Store, tmp_path: Path) -> None:
    events = [{"seen": {"at": 7}, "@timestamp": "2020-01-01T00:00:00Z"}, {"ts": 1}]
    loaded = load(store, tmp_path, *events, time_field="seen.at")
    assert in_load_order(store) == [
        {"@timestamp": Instant(7 * 10**9), "seen.at": 7, "@timestamp.original": "2020-01-01T00:00:00Z"}
    ]
    assert [(aside.line, aside.reason) for aside in loaded.rejects] == [
        (2, "there is no field `seen.at` to take the time from")
    ]


def test_an_event_without_a_readable_time_is_put_aside(store: Store, tmp_path: Path) -> None:
    loaded = load(
        store, tmp_path, {"a": 1}, {"ts": "soon", "a": 2}, {"ts": 1, "a": 3}, {"ts": [1]}, {"@timestamp": "?"}
    )
    assert [event["a"] for event in in_load_order(store)] == [3]
    assert [(aside.line, aside.reason) for aside in loaded.rejects] == [
        (1, "there is no field to take the time from, such as `@timestamp` or `timestamp`"),
        (2, "the time 'soon' of `ts` cannot be read"),
        (4, "the time [1] of `ts` cannot be read"),
        (5, "the time '?' of `@timestamp` cannot be read"),
    ]


def test_an_event_without_a_readable_time_can_get_the_present_one(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"a": 1}, {"@timestamp": "soon"}, {"@timestamp": "1970-01-01"}, keep_without_time=True)
    none, unreadable, readable = in_load_order(store)
    assert none.pop("@timestamp") == unreadable.pop("@timestamp")
    assert none == {"a": 1}
    assert unreadable == {"@timestamp.original": "soon"}
    assert readable == {"@timestamp": Instant(0)}
