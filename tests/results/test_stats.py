"""Sidebar and timeline, asked of the reference engine, against counting by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stored import batch, store
from trawl.algebra import Given, Relation
from trawl.catalog.base import Snapshot
from trawl.engines.base import Engine, Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.results.reader import Result
from trawl.results.stats import Stats
from trawl.results.survey import MOST_BUCKETS, Survey
from trawl.schema import ANY, FLOAT, INTEGER, NULL, STRING, TIME, array_of
from trawl.values import NANOSECONDS, Instant, TimeRange, Value

DAY = 86_400 * NANOSECONDS
START = 1_600_000_000 * NANOSECONDS


def stats_of(
    folder: Path, columns: Mapping[str, tuple[Any, Sequence[Value]]], range_: TimeRange, zone: str = "UTC"
) -> Stats:
    """The statistics of stored events by the reference engine, which reads them in both ways that there are."""
    store(folder, batch(columns))
    result = Result(folder)
    survey = Survey(Given("events", schema=result.schema), "@timestamp", range_, zone)

    def by_segments(relation: Relation) -> Any:
        work = Work(relation, Snapshot({"events": result.segments()}), folder / "scratch")
        return Reference().start(work).batches()

    def by_batches(relation: Relation) -> Any:
        work = Work(relation, Snapshot({}), folder / "scratch", {"events": result.reader()})
        return Reference().start(work).batches()

    stats = survey.stats(by_segments(survey.fields), by_segments(survey.times))
    assert stats == survey.stats(by_batches(survey.fields), by_batches(survey.times))
    return stats


def test_the_sidebar_says_what_each_field_holds(tmp_path: Path) -> None:
    times: list[Value] = [Instant(START), Instant(START), Instant(START + NANOSECONDS)]
    columns: dict[str, tuple[Any, Sequence[Value]]] = {
        "@timestamp": (TIME, times),
        "bytes": (INTEGER, [2**70, None, 4]),
        "ratio": (FLOAT, [0.5, 1.5, 2.5]),
        "tags": (array_of(STRING), [["a", "b"], ["a"], None]),
        "never": (STRING, [None, None, None]),
        "odd": (ANY, ["x", 1, None]),
    }
    told = stats_of(tmp_path, columns, TimeRange(Instant(START), Instant(START + DAY))).to_json()["sidebar"]
    assert told["events"] == 3
    fields = {field.pop("name"): field for field in told["fields"]}
    assert list(fields) == ["@timestamp", "ratio", "bytes", "odd", "tags"]
    assert fields["tags"] == {
        "type": "string",
        "multivalue": True,
        "count": 2,
        "coverage": 0.6667,
        "distinct": 2,
        "distinctIsExact": True,
        "top": [{"value": "a", "count": 2, "percent": 100.0}, {"value": "b", "count": 1, "percent": 50.0}],
    }
    assert (fields["bytes"]["min"], fields["bytes"]["max"]) == (4, str(2**70))
    assert (fields["ratio"]["min"], fields["ratio"]["max"], fields["ratio"]["avg"]) == (0.5, 2.5, 1.5)
    assert (fields["@timestamp"]["min"], fields["@timestamp"]["max"]) == (
        "2020-09-13T12:26:40.000Z",
        "2020-09-13T12:26:41.000Z",
    )
    assert "avg" not in fields["@timestamp"]
    assert fields["odd"]["type"] == "mixed"


@pytest.mark.parametrize("engine", [Reference(), DuckDBEngine()], ids=lambda engine: engine.name)
def test_a_column_without_values_is_in_no_sidebar(engine: Engine, tmp_path: Path) -> None:
    times: list[Value] = [Instant(START), Instant(START)]
    store(tmp_path, batch({"@timestamp": (TIME, times), "a": (INTEGER, [1, None]), "nothing": (NULL, [None, None])}))
    result = Result(tmp_path)
    day = TimeRange(Instant(START), Instant(START + DAY))
    survey = Survey(Given("events", schema=result.schema), "@timestamp", day, "UTC")

    def answer(relation: Relation) -> Any:
        return engine.start(Work(relation, Snapshot({"events": result.segments()}), tmp_path / "scratch")).batches()

    sidebar = survey.stats(answer(survey.fields), answer(survey.times)).to_json()["sidebar"]
    assert [(field["name"], field["count"]) for field in sidebar["fields"]] == [("@timestamp", 2), ("a", 1)]


def test_the_timeline_has_every_bucket_from_the_start_on(tmp_path: Path) -> None:
    hour = 3_600 * NANOSECONDS
    range_ = TimeRange(Instant(START), Instant(START + 24 * hour))
    times: list[Value] = [Instant(START), Instant(START + 5 * hour), Instant(START + 5 * hour + 1)]
    told = stats_of(tmp_path, {"@timestamp": (TIME, times)}, range_).to_json()["timeline"]
    assert (told["field"], told["span"], told["timeZone"]) == ("@timestamp", "30m", "UTC")
    assert told["fields"][0] == {"@timestamp": "2020-09-13T12:00:00.000Z", "count": 1}
    assert told["fields"][10] == {"@timestamp": "2020-09-13T17:00:00.000Z", "count": 2}
    assert len(told["fields"]) == 49


def test_days_are_those_of_the_zone(tmp_path: Path) -> None:
    range_ = TimeRange(Instant(START), Instant(START + 30 * DAY))
    told = stats_of(tmp_path, {"@timestamp": (TIME, [Instant(START)])}, range_, "Europe/Berlin").to_json()["timeline"]
    assert told["fields"][0] == {"@timestamp": "2020-09-12T22:00:00.000Z", "count": 1}


def test_events_without_a_time_field_have_no_timeline(tmp_path: Path) -> None:
    range_ = TimeRange(Instant(START), Instant(START + DAY))
    told = stats_of(tmp_path, {"n": (INTEGER, [1, 2])}, range_).to_json()
    assert told["timeline"] is None
    assert told["sidebar"]["events"] == 2


def test_events_without_a_time_are_in_no_bucket_of_any_length_and_are_told(tmp_path: Path) -> None:
    for days in (1, 200):
        range_ = TimeRange(Instant(START), Instant(START + days * DAY))
        times: list[Value] = [Instant(START), None, Instant(START + DAY // 2), None]
        stats = stats_of(tmp_path / str(days), {"@timestamp": (TIME, times)}, range_)
        assert stats.timeline is not None
        assert stats.sidebar.events == 4
        assert sum(count for _, count in stats.timeline.counts) == 2
        assert [(notice.code, notice.count) for notice in stats.notices] == [("events_without_time", 2)]


def test_of_no_events_there_are_empty_buckets(tmp_path: Path) -> None:
    stats = stats_of(tmp_path, {"@timestamp": (TIME, [])}, TimeRange(Instant(START), Instant(START + DAY)))
    assert stats.sidebar.fields == ()
    assert stats.timeline is not None
    assert {count for _, count in stats.timeline.counts} == {0}


@settings(max_examples=80, deadline=None)
@given(
    start=st.integers(-40 * 365, 80 * 365),
    length=st.one_of(st.integers(0, 86_400 * 10), st.integers(0, 86_400 * 365 * 120)),
    places=st.lists(st.floats(-0.5, 1.5), max_size=20),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
)
def test_a_timeline_is_ascending_without_a_gap_and_counts_every_event(
    start: int, length: int, places: list[float], zone: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first, size = start * DAY, length * NANOSECONDS
    times: list[Value] = [Instant(first + int(size * place)) for place in places]
    range_ = TimeRange(Instant(first), Instant(first + size))
    stats = stats_of(tmp_path_factory.mktemp("stats"), {"@timestamp": (TIME, times)}, range_, zone)
    assert stats.timeline is not None
    edges = [edge for edge, _ in stats.timeline.counts]
    assert edges == sorted(set(edges))
    assert sum(count for _, count in stats.timeline.counts) == stats.sidebar.events == len(places)
    assert len(edges) <= MOST_BUCKETS
    if length:
        assert edges[0] <= range_.start
