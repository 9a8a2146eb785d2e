"""DuckDB describes columns as the reference interpreter does, whatever they hold and wherever they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trawl.algebra import Extend, Filter, Given, Profile, Relation, Rows, Scan
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine, profiling
from trawl.engines.reference import Reference
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.testing import Events, run
from trawl.values import FIRST_INSTANT, LAST_INSTANT, NANOSECONDS, Instant, Value

SECOND_OF_2024 = 1_704_067_200


def at(second: int) -> Instant:
    return Instant((SECOND_OF_2024 + second) * NANOSECONDS)


MIXED: list[Any] = [
    7, 7.0, 2.5, -3, "x", "X", 'say "hi"\n é', True, False, ["a", 1, 2.0], [], [None], 2**53 + 1, float(2**53), 1e300,
    "7",
]  # fmt: skip
NUMBERS: list[Any] = [12345678901234567890, -(2**63), 3, 3.0, 0.5, -0.5, 1e19]


def events_of_two_segments() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    first = [
        {
            "@timestamp": str(at(number)),
            "host": f"h{number % 23:02d}",
            "n": number % 5,
            "f": number / 4,
            "flag": number % 3 == 0,
            "mixed": MIXED[number % len(MIXED)],
            "tags": [f"t{number % 4}", "all", "all"][: number % 4],
            "same": "one",
            "whole": float(number % 3),
            "unique": f"value {number}",
        }
        for number in range(60)
    ]
    second = [
        {
            "@timestamp": str(at(100 + number)),
            "n": NUMBERS[number % len(NUMBERS)],
            "f": number,
            "mixed": MIXED[-1 - number % len(MIXED)],
            "late": number,
            "nul\0name": "a\0b",
            "LATE": "other",
        }
        for number in range(40)
    ]
    return first, second


@pytest.fixture
def events(tmp_path: Path) -> Events:
    found = Events(tmp_path)
    for segment in events_of_two_segments():
        found.add("web", segment)
    return found


def scan(
    events: Events, start: Instant = FIRST_INSTANT, end: Instant = LAST_INSTANT, newest: int | None = None
) -> Scan:
    source = events.source("web")
    assert source is not None
    return Scan(("web",), "@timestamp", start, end, newest, schema=source.schema)


def profiled(relation: Relation, events: Events, top: int = 10) -> list[dict[str, Value]]:
    """The rows, which must be the same on both engines, with deviations and without."""
    snapshot = events.snapshot(("web",))
    rows = []
    for deviates in (False, True):
        bound = bind(Profile(relation, top, deviates))
        found, expected = (run(engine, bound, snapshot) for engine in (DuckDBEngine(), Reference()))
        assert found.schema == expected.schema
        assert [rounded(row) for row in found.rows] == [rounded(row) for row in expected.rows]
        rows.append([rounded(row) for row in found.rows])
    plain, deviating = rows
    assert plain == [{name: value for name, value in row.items() if name != "deviation"} for row in deviating]
    return plain


def rounded(row: dict[str, Value]) -> dict[str, Value]:
    return {name: float(f"{value:.12g}") if isinstance(value, float) else value for name, value in row.items()}


def test_values_of_every_kind(events: Events) -> None:
    rows = profiled(scan(events), events)
    assert [row["field"] for row in rows][:2] == ["@timestamp", "f"]
    (unique,) = (row for row in rows if row["field"] == "unique")
    assert (unique["count"], unique["distinct"], unique["top_counts"]) == (60, 60, [1] * 10)
    assert "LATE" in [row["field"] for row in rows]


def test_fewer_of_the_most_frequent(events: Events) -> None:
    profiled(scan(events), events, top=2)


def test_a_range_of_time_and_the_newest_events(events: Events) -> None:
    profiled(scan(events, at(10), at(110)), events)
    profiled(scan(events, newest=45), events)
    assert profiled(scan(events, at(1000), at(2000)), events) == []


def test_events_that_are_computed(events: Events) -> None:
    few = Filter(scan(events), Call("gt", (Field("n"), Literal(1))))
    times = Call("if", (Call("eq", (Field("n"), Literal(3))), Field("@timestamp"), Field("mixed")))
    profiled(Extend(few, (("mixed", times), ("nothing", Literal(None)))), events)
    profiled(Extend(few, (("same host", Field("host")), ("constant", Literal("c")), ("n", Field("f")))), events)


def test_constant_rows(events: Events) -> None:
    few = run(Reference(), bind(scan(events, at(0), at(4))), events.snapshot(("web",)))
    rows = tuple(tuple(row.get(name) for name in few.schema.names) for row in few.rows)
    profiled(Rows(rows, schema=few.schema), events)


def test_rows_that_are_handed_over(events: Events) -> None:
    given = {"rows": run(Reference(), bind(scan(events)), events.snapshot(("web",)))}
    relation = bind(Profile(Given("rows", schema=given["rows"].schema)))
    found, expected = (run(engine, relation, given=given) for engine in (DuckDBEngine(), Reference()))
    assert [rounded(row) for row in found.rows] == [rounded(row) for row in expected.rows]


def test_many_rows(events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiling, "FEW_ROWS", 50)
    profiled(scan(events), events)


def test_several_columns_in_one_statement_and_only_of_segments_that_have_them(events: Events, tmp_path: Path) -> None:
    work = Work(bind(Profile(scan(events))), events.snapshot(("web",)), tmp_path)
    execution = DuckDBEngine().start(work)
    assert sum(batch.num_rows for batch in execution.batches()) == 13
    statements = execution.cost().statements
    assert len(statements) == 2
    first, second = (segment.path for segment in events.snapshot(("web",)).segments["web"])
    alone = Work(bind(Profile(scan_of(events, "late"))), events.snapshot(("web",)), tmp_path)
    execution = DuckDBEngine().start(alone)
    list(execution.batches())
    assert all(first not in statement for statement in execution.cost().statements)
    assert any(second in statement for statement in execution.cost().statements)


def scan_of(events: Events, name: str) -> Scan:
    everything = scan(events)
    column = everything.columns.find(name)
    assert column is not None
    return Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT, schema=type(everything.columns)((column,)))
