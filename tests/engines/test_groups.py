"""Which files one SELECT reads: as many as have the same columns for the same parts of fields."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trawl.algebra import Relation, Scan, Sort, SortKey
from trawl.catalog.base import Part, Segment, Snapshot
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.duckdb.groups import Held, Parts, Placed, grouped
from trawl.engines.reference import Reference
from trawl.expr import Field
from trawl.planning.bind import bind
from trawl.schema import INTEGER, STRING, Type
from trawl.testing import Events, run
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant

ODD_NAMES = ["LogonId", "LogonID", "logonid", "a.b", "a", "a\0b", 'say "a"', "x:string", "x", "", "é", "É", "%41", " "]
A_STRING, A_NUMBER, B_STRING = ("a", STRING), ("a", INTEGER), ("b", STRING)


def placed(number: int, source: int = 0) -> Placed:
    instant = Instant(number)
    return Placed(Segment(str(number), 1, 1, instant, instant, {}, order_column="seq", ordinal=number), source)


def groups(*files: dict[tuple[str, Type], str | Held], is_ordered: bool = False) -> list[tuple[list[int], bool]]:
    """Which of the files are read together, and whether they have all the same columns."""
    parts: list[Parts] = [
        {part: held if isinstance(held, Held) else Held((held,), False) for part, held in file.items()}
        for file in files
    ]
    found = grouped(
        [placed(number) for number in range(len(files))],
        lambda one: parts[one.segment.ordinal],
        lambda one: one.source,
        is_ordered=is_ordered,
    )
    return [([segment.ordinal for segment in group.segments], group.are_alike) for group in found]


def test_files_with_the_same_columns_are_read_together() -> None:
    assert groups({A_STRING: "a"}, {A_STRING: "a"}) == [([0, 1], True)]


def test_so_are_files_that_lack_some() -> None:
    assert groups({A_STRING: "a"}, {A_STRING: "a", A_NUMBER: "n"}, {B_STRING: "b"}, {}) == [([0, 1, 2, 3], False)]


def test_a_column_that_stands_for_another_field_is_read_apart() -> None:
    assert groups({A_STRING: "c1"}, {B_STRING: "c1"}, {A_STRING: "c1"}) == [([0, 2], True), ([1], True)]


def test_a_part_that_lies_in_another_column_is_read_apart() -> None:
    assert groups({A_STRING: "c1"}, {A_STRING: "c2"}, {B_STRING: "c3"}) == [([0, 2], False), ([1], True)]


def test_integers_of_another_width_are_read_apart() -> None:
    assert groups({A_NUMBER: Held(("n",), False)}, {A_NUMBER: Held(("n",), True)}) == [([0], True), ([1], True)]


def test_where_the_order_of_files_is_that_of_rows_only_neighbours_are_read_together() -> None:
    assert groups({A_STRING: "c1"}, {B_STRING: "c1"}, {A_STRING: "c1"}, {}, is_ordered=True) == [
        ([0], True),
        ([1], True),
        ([2, 3], False),
    ]


def test_sources_are_read_apart() -> None:
    found = grouped([placed(0), placed(1, 1)], lambda one: {}, lambda one: one.source, is_ordered=False)
    assert [group.segments[0].ordinal for group in found] == [0, 1]


# --- the whole engine ------------------------------------------------------------------------------------


def event(second: int, **fields: Any) -> dict[str, Any]:
    return {"@timestamp": 1_704_067_200 + second} | fields


@pytest.fixture
def events(tmp_path: Path) -> Events:
    return Events(tmp_path)


def scan(events: Events) -> Scan:
    source = events.source("web")
    assert source is not None
    return Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT, schema=source.schema)


def reads(relation: Relation, snapshot: Snapshot, folder: Path) -> int:
    """How many times a file or several are read, after the rows were compared with the reference's."""
    bound = bind(relation)
    assert run(DuckDBEngine(), bound, snapshot).rows == run(Reference(), bound, snapshot).rows
    execution = DuckDBEngine().start(Work(bound, snapshot, folder, {}))
    assert sum(batch.num_rows for batch in execution.batches()) == sum(s.rows for s in snapshot.segments["web"])
    return sum(statement.count("read_parquet") for statement in execution.cost().statements)


def test_fields_that_come_and_go_under_any_names_are_read_at_once(events: Events, tmp_path: Path) -> None:
    for number in range(len(ODD_NAMES)):
        # every file has three of the names, under one of them a number
        own = [ODD_NAMES[(number + step) % len(ODD_NAMES)] for step in (0, 1, 5)]
        values: dict[str, Any] = {own[0]: f"first of {number}", own[1]: number, own[2]: ["an", "array", number * "x"]}
        events.add("web", [event(number) | values, event(number)])
    whole = Sort(scan(events), (SortKey(Field("@timestamp")),))
    assert reads(whole, events.snapshot(("web",)), tmp_path) == 1


def test_numbers_beyond_64_bits_are_read_apart(events: Events, tmp_path: Path) -> None:
    for number, value in enumerate((1, 2**70, 2, -(2**80))):
        events.add("web", [json.dumps(event(number, n=value)).encode()])
    whole = Sort(scan(events), (SortKey(Field("n")),))
    assert reads(whole, events.snapshot(("web",)), tmp_path) == 2


def test_mixed_arrays_of_different_types_are_read_apart(events: Events, tmp_path: Path) -> None:
    for number, value in enumerate(([1, "a"], [True, 2.5], ["b", 3])):
        events.add("web", [event(number, m=value)])
    whole = Sort(scan(events), (SortKey(Field("@timestamp")),))
    assert reads(whole, events.snapshot(("web",)), tmp_path) == 2


def test_files_of_others_that_name_columns_otherwise_are_read_right(events: Events, tmp_path: Path) -> None:
    events.add("web", [event(2, left="a")])
    events.add("web", [event(1, right="b")])
    schema = scan(events)
    segments = [
        replace(segment, path=named_alike(segment), fields=segment.fields | {field: (Part(("own",), STRING),)})
        for segment, field in zip(events.snapshot(("web",)).segments["web"], ("left", "right"), strict=True)
    ]
    whole = Sort(schema, (SortKey(Field("@timestamp")),))
    assert reads(whole, Snapshot({"web": tuple(segments)}), tmp_path) == 2


def named_alike(segment: Segment) -> str:
    """A copy of the file whose only text is in the column `own`."""
    table = pq.read_table(segment.path)
    (text,) = (name for name in table.column_names if name.endswith(":string"))
    path = segment.path.replace(".parquet", "-own.parquet")
    pq.write_table(table.rename_columns(["own" if name == text else name for name in table.column_names]), path)
    return path
