"""What an execution of DuckDB cost: row groups as the files' own metadata tell them, and the operators' profile."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trawl.algebra import Aggregate, Extend, Filter, Generate, Join, Measure, Relation, Scan, Sort, SortKey
from trawl.engines.base import Cost, Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.testing import Events
from trawl.values import FIRST_INSTANT, LAST_INSTANT, NANOSECONDS, Instant

SECOND_OF_2024 = 1_704_067_200
ROWS, GROUP = 1000, 64


def at(second: int) -> Instant:
    return Instant((SECOND_OF_2024 + second) * NANOSECONDS)


@pytest.fixture
def events(tmp_path: Path) -> Events:
    """Two segments of one event a second, the second one long after the first."""
    found = Events(tmp_path)
    found.add("web", ({"@timestamp": str(at(second)), "n": second, "host": f"h{second % 7}"} for second in range(ROWS)))
    found.add("web", ({"@timestamp": str(at(second)), "n": second} for second in range(2 * ROWS, 2 * ROWS + 100)))
    for segment in found.snapshot(("web",)).segments["web"]:
        table = pq.read_table(segment.path)
        pq.write_table(table, segment.path, row_group_size=GROUP)
    return found


def scan(events: Events, start: Instant = FIRST_INSTANT, end: Instant = LAST_INSTANT) -> Scan:
    source = events.source("web")
    assert source is not None
    return Scan(("web",), "@timestamp", start, end, schema=source.schema)


def cost(relation: Relation, events: Events, folder: Path, *, metered: bool = True, profile: bool = False) -> Cost:
    work = Work(bind(relation), events.snapshot(("web",)), folder, metered=metered, profile=profile)
    execution = DuckDBEngine().start(work)
    for _ in execution.batches():
        pass
    return execution.cost()


def holding(path: str, start: Instant, end: Instant) -> int:
    """How many row groups of a file may hold events in the range, by the statistics of its first column, the time."""
    metadata = pq.ParquetFile(path).metadata
    times = (metadata.row_group(number).column(0).statistics for number in range(metadata.num_row_groups))
    return sum(found.max_raw >= start.nanoseconds and found.min_raw < end.nanoseconds for found in times)


def test_a_range_of_time_skips_row_groups_of_a_sorted_file(events: Events, tmp_path: Path) -> None:
    first, _ = events.snapshot(("web",)).segments["web"]
    held = pq.ParquetFile(first.path).metadata.num_row_groups
    read = holding(first.path, at(300), at(400))
    assert 0 < read < held == 16
    told = cost(scan(events, at(300), at(400)), events, tmp_path)
    assert (told.row_groups_read, told.row_groups_skipped) == (read, held - read)
    assert (told.files_read, told.files_skipped) == (1, 1)


def test_a_condition_on_a_number_skips_what_its_statistics_rule_out(events: Events, tmp_path: Path) -> None:
    few = Filter(scan(events), Call("lt", (Field("n"), Literal(10))))
    told = cost(Aggregate(few, (), (Measure("count", (), "c"),)), events, tmp_path)
    assert (told.row_groups_read, told.row_groups_skipped) == (1, 17)


def test_what_several_statements_read_counts_once(events: Events, tmp_path: Path) -> None:
    slowly = Filter(scan(events), Call("gt", (Call("add", (Field("host"), Literal(1))), Literal(0))))
    told = cost(slowly, events, tmp_path)
    assert len(told.statements) > 1
    assert (told.row_groups_read, told.row_groups_skipped) == (18, 0)
    twice = Join(scan(events), scan(events), (("n", "n"),))
    assert cost(twice, events, tmp_path).row_groups_read == 18


def test_each_statement_has_its_profile_where_one_is_wanted(events: Events, tmp_path: Path) -> None:
    told = cost(Aggregate(scan(events), (), (Measure("count", (), "c"),)), events, tmp_path, profile=True)
    assert [one["statement"] for one in told.profile] == list(range(len(told.statements)))
    (profile,) = told.profile
    kinds, waiting = [], list(profile["operators"])
    while waiting:
        operator = waiting.pop()
        assert operator["timing"] >= 0
        kinds.append(operator["type"])
        waiting += operator.get("children", [])
    assert kinds.count("TABLE_SCAN") == 1
    assert profile["query"]["total_time"] > 0


def test_nothing_is_measured_unless_it_is_asked_for(events: Events, tmp_path: Path) -> None:
    everything = scan(events)
    assert cost(everything, events, tmp_path, metered=False).row_groups_read == 0
    assert cost(everything, events, tmp_path).profile == ()


def test_a_file_that_is_gone_when_row_groups_are_counted_fails_nothing(events: Events, tmp_path: Path) -> None:
    work = Work(bind(scan(events)), events.snapshot(("web",)), tmp_path, metered=True)
    execution = DuckDBEngine().start(work)
    rows = 0
    for batch in execution.batches():
        rows += batch.num_rows
        if rows == ROWS + 100:
            for segment in work.snapshot.segments["web"]:
                Path(segment.path).unlink()
    assert rows == ROWS + 100
    assert (execution.cost().rows_read, execution.cost().row_groups_read) == (ROWS + 100, 18)


def test_what_does_not_fit_into_memory_is_spilled_and_counted(events: Events, tmp_path: Path) -> None:
    rows = Generate(2_000_000, "@timestamp", at(0), "n")
    wide = Extend(rows, (("s", Call("concat", (Field("n"), Literal("x" * 40)))),))
    relation = bind(Sort(wide, (SortKey(Field("s")),)))
    work = Work(relation, events.snapshot(()), tmp_path / "scratch", memory_bytes=64 << 20, metered=True)
    execution = DuckDBEngine().start(work)
    assert sum(batch.num_rows for batch in execution.batches()) == 2_000_000
    assert execution.cost().bytes_spilled > 1 << 20
