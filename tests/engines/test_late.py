"""The first rows of a sort are found by the columns that decide, and only they are read whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trawl.algebra import Extend, Filter, Project, Relation, Reverse, Scan, Slice, Sort, SortKey
from trawl.catalog.base import Snapshot
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.errors import Notice
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.testing import Events, run
from trawl.values import FIRST_INSTANT, LAST_INSTANT

EVENTS = Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT)
OTHERS = [f"text{number}" for number in range(8)]
N, KEY = Field("n"), Field("key")


def made(numbers: range) -> Iterator[dict[str, Any]]:
    """Events whose times, keys and numbers repeat, so that many rows are alike but for their place."""
    for number in numbers:
        event = {"@timestamp": 1_704_067_200 + number // 3, "n": number % 7, "key": f"k{number % 5}"}
        yield event | {name: f"{name} of {number}" for name in OTHERS[: 5 + number % 4]}


@pytest.fixture(params=["ours", "mounted"])
def snapshot(request: pytest.FixtureRequest, tmp_path: Path) -> Snapshot:
    """Three files, two of which overlap in time; mounted ones have no numbers of their own."""
    events = Events(tmp_path)
    for numbers in (range(60), range(40, 120), range(200, 300)):
        events.add("web", made(numbers))
    segments = events.snapshot(("web",)).segments["web"]
    if request.param == "mounted":
        segments = tuple(replace(segment, order_column=None) for segment in segments)
    return Snapshot({"web": segments})


@pytest.fixture
def scan(tmp_path: Path, snapshot: Snapshot) -> Scan:
    events = Events(tmp_path / "schema")
    (tmp_path / "schema").mkdir()
    events.add("web", made(range(4)))
    source = events.source("web")
    assert source is not None
    return replace(EVENTS, schema=source.schema)


def shapes(scan: Scan) -> dict[str, Relation]:
    by_number = (SortKey(N, descending=True),)
    odd = Call("eq", (Call("mod", (N, Literal(2))), Literal(1)))
    return {
        "the first of a sort": Slice(Sort(scan, by_number), 10),
        "from an offset on": Slice(Sort(scan, by_number), 10, 25),
        "more than there are": Slice(Sort(scan, (SortKey(KEY), SortKey(N))), 1000),
        "of a filter": Slice(Sort(Filter(scan, odd), by_number), 7),
        "of a filter that lets nothing pass": Slice(Sort(Filter(scan, Call("lt", (N, Literal(0)))), by_number), 7),
        "by what was computed": Slice(Sort(Extend(scan, (("x", Call("neg", (N,))),)), (SortKey(Field("x")),)), 9),
        "under other names": Slice(
            Sort(
                Project(scan, (("when", "@timestamp"), ("n", "n"), *((f"a {name}", name) for name in OTHERS))),
                by_number,
            ),
            9,
        ),
        "the end of a sort": Slice(Reverse(Sort(scan, by_number)), 9),
        "the oldest": Slice(Reverse(scan), 9),
        "cut once more": Slice(Slice(Sort(scan, by_number), 30, notice=Notice("x", "cut")), 5),
        "sorted once more": Sort(Slice(Sort(scan, by_number), 30), (SortKey(KEY),)),
    }


@pytest.mark.parametrize("name", shapes(EVENTS))
def test_gives_the_rows_of_the_reference(name: str, scan: Scan, snapshot: Snapshot) -> None:
    relation = bind(shapes(scan)[name])
    expected, found = run(Reference(), relation, snapshot), run(DuckDBEngine(), relation, snapshot)
    assert found.rows == expected.rows
    assert found.notices == expected.notices


def statements(relation: Relation, snapshot: Snapshot, folder: Path) -> tuple[str, ...]:
    execution = DuckDBEngine().start(Work(bind(relation), snapshot, folder, {}))
    assert list(execution.batches())
    return execution.cost().statements


def test_reads_the_other_columns_of_the_rows_that_are_kept_only(scan: Scan, snapshot: Snapshot, tmp_path: Path) -> None:
    found, read, _ = statements(Slice(Sort(scan, (SortKey(N, descending=True),)), 2), snapshot, tmp_path)
    assert "LIMIT 2" in found
    assert read.count("file_row_number IN (") == 1, "both rows are of one file"


def test_reads_all_at_once_where_most_columns_decide(scan: Scan, snapshot: Snapshot, tmp_path: Path) -> None:
    every = tuple(SortKey(Field(name)) for name in OTHERS)
    assert len(statements(Slice(Sort(scan, every), 2), snapshot, tmp_path)) == 1


def test_reads_all_at_once_where_many_rows_are_kept(scan: Scan, snapshot: Snapshot, tmp_path: Path) -> None:
    assert len(statements(Slice(Sort(scan, (SortKey(N),)), 50_000), snapshot, tmp_path)) == 1


@pytest.mark.parametrize("snapshot", ["ours"], indirect=True)
@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("the oldest", [0, 1, 2]),
        ("newest again", [2, 1, 0]),
        ("by time under another name", [2, 1, 0]),
        ("of few columns, which are read at once", [0, 1, 2]),
    ],
)
def test_reads_those_files_first_whose_bounds_promise_most(
    name: str, order: list[int], scan: Scan, snapshot: Snapshot, tmp_path: Path
) -> None:
    renamed = Project(scan, (("when", "@timestamp"), ("n", "n"), *((name, name) for name in OTHERS)))
    relations = {
        "the oldest": Reverse(scan),
        "newest again": Reverse(Sort(scan, (SortKey(Field("@timestamp")),))),
        "by time under another name": Sort(renamed, (SortKey(Field("when"), descending=True),)),
        "of few columns, which are read at once": Sort(
            Project(scan, (("@timestamp", "@timestamp"), ("n", "n"))), (SortKey(Field("@timestamp")), SortKey(N))
        ),
    }
    found, *_ = statements(Slice(relations[name], 2), snapshot, tmp_path)
    paths = [segment.path for segment in snapshot.segments["web"]]
    assert sorted(paths, key=found.index) == [paths[number] for number in order]
