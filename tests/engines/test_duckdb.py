"""DuckDB gives the rows of the reference interpreter, relation by relation, over segments of every shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Filter,
    Generate,
    Measure,
    Project,
    Relation,
    Reverse,
    Rows,
    Scan,
    Slice,
    Sort,
    SortKey,
    Union,
)
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.schema import FLOAT, INTEGER, NULL, STRING, TIME, Column, Schema, array_of
from trawl.testing import Events, run
from trawl.values import FIRST_INSTANT, LAST_INSTANT, NANOSECONDS, Instant, Scalar, Value

SEGMENTS: list[list[dict[str, Any]]] = [
    [
        {"@timestamp": "2024-01-01T00:00:01Z", "host": "Web1", "n": 1, "m": "x"},
        {"@timestamp": "2024-01-01T00:00:03Z", "host": "web2", "n": 2, "m": 5},
        {"@timestamp": "2024-01-01T00:00:03Z", "host": "db", "m": ["a", "b"]},
        {"@timestamp": "2024-01-01T00:00:02Z", "n": 4, "m": 2.5, "big": 2**53 + 1},
    ],
    [
        {"@timestamp": "2024-01-01T00:00:11Z", "host": "WEB3", "n": 7, "m": True},
        {"@timestamp": "2024-01-01T00:00:10Z", "host": "web1", "n": 8, "m": "10", "ip": "10.1.2.3"},
    ],
    [
        {"@timestamp": "2024-01-01T00:00:10Z", "host": "10.9.9.9", "n": -3, "m": 5.0, "ip": "fe80::1"},
        {"@timestamp": "2024-01-01T00:00:05Z", "host": 'say "hi"\n é', "n": 9, "m": [1, 2], "big": float(2**53)},
    ],
]
SECOND_OF_2024 = 1_704_067_200


def at(second: int) -> Instant:
    return Instant((SECOND_OF_2024 + second) * NANOSECONDS)


@pytest.fixture
def events(tmp_path: Path) -> Events:
    found = Events(tmp_path)
    for segment in SEGMENTS:
        found.add("web", segment)
    return found


def field(name: str) -> Field:
    return Field(name)


def call(function: str, *arguments: Field | Call | Scalar | None) -> Call:
    return Call(function, tuple(a if isinstance(a, Field | Call) else Literal(a) for a in arguments))


def measures(*functions: str, of: str) -> tuple[Measure, ...]:
    return tuple(Measure(function, (field(of),), function) for function in functions)


HOST, N, M, BIG, IP, TIMESTAMP = (field(name) for name in ("host", "n", "m", "big", "ip", "@timestamp"))
EVENTS = Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT)
NUMERIC = ("sum", "avg", "range", "stdev", "stdevp", "var", "varp", "median", "sumsq")
OF_ANYTHING = ("min", "max", "values", "list", "first", "last", "mode", "dc", "count")

CONDITIONS = [
    call("search_eq", HOST, "web*"),
    call("search_eq", HOST, "WEB1"),
    call("search_eq", M, "5"),
    call("search_eq", M, "*"),
    call("search_eq", IP, "10.0.0.0/8"),
    call("search_eq", IP, "fe80::/10"),
    call("search_ge", TIMESTAMP, at(10)),
    call("search_lt", M, "3"),
    call("search_text", "hi", HOST, M),
    call("search_text", "SAY hi", HOST),
    call("not", call("search_eq", M, "5")),
    call("eq", M, 5),
    call("eq", M, "10"),
    call("eq", M, 10),
    call("eq", BIG, 2**53),
    call("eq", BIG, float(2**53)),
    call("gt", BIG, 2**53),
    call("ne", M, "a"),
    call("gt", N, 1.5),
    call("in", M, "a", 2, 10),
    call("in", M, "x", None),
    call("or", call("lt", M, 3), call("search_ge", N, 8)),
    call("and", call("isnotnull", N), call("ne", N, 4), call("le", N, 8)),
]

RELATIONS: dict[str, Relation] = {
    "all": EVENTS,
    "the newest": Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT, 3),
    "a range of time": Scan(("web",), "@timestamp", at(3), at(10)),
    "nothing in range": Scan(("web",), "@timestamp", at(100), at(200)),
    "arithmetic": Extend(
        EVENTS,
        (("x", call("add", N, 1)), ("n", call("div", N, 2)), ("y", call("concat", HOST, "-", M))),
    ),
    "choices": Extend(EVENTS, (("x", call("if", call("gt", N, 2), M, "no")), ("z", call("coalesce", IP, M)))),
    "sorted up": Sort(EVENTS, (SortKey(M),)),
    "sorted down": Sort(EVENTS, (SortKey(M, descending=True), SortKey(HOST))),
    "reversed": Reverse(EVENTS),
    "the end of a sort": Slice(Reverse(Sort(EVENTS, (SortKey(HOST),))), 4),
    "a slice that spans segments": Slice(Filter(EVENTS, call("search_eq", HOST, "*")), 3, 1),
    "a filter over a slice": Filter(Slice(EVENTS, 5), call("gt", N, 1)),
    "one value a row": Explode(EVENTS, "m"),
    "columns": Project(EVENTS, (("n", "m"), ("other", "host"), ("none", "nothing"))),
    "a union": Union((Filter(EVENTS, call("eq", N, 1)), Project(EVENTS, (("n", "m"), ("q", "host"))))),
    "constants": Rows(
        ((1, "a'b", 2.0, [1, 2], at(1), None), (2, None, None, [], None, None)),
        schema=Schema(tuple(map(Column, "abcdef", (INTEGER, STRING, FLOAT, array_of(INTEGER), TIME, NULL)))),
    ),
    "generated": Slice(Generate(50, "@timestamp", at(0), "number"), 3, 10),
    "totals": Aggregate(EVENTS, (), (Measure("count", (), "count"), *measures("sum", "avg", of="n"))),
    "totals of nothing": Aggregate(Slice(EVENTS, 0), (), (Measure("count", (), "count"), *measures("sum", of="n"))),
    "by a mixed field": Aggregate(EVENTS, (("m", M),), (Measure("count", (), "c"), *measures("first", of="host"))),
    "with null keys": Aggregate(EVENTS, (("m", M),), (Measure("count", (), "c"),), keep_null=True),
    "of numbers": Aggregate(EVENTS, (), measures(*NUMERIC, *OF_ANYTHING, of="n")),
    "of text": Aggregate(EVENTS, (), measures(*OF_ANYTHING, of="host")),
    "of mixed values": Aggregate(EVENTS, (), measures(*NUMERIC, *OF_ANYTHING, of="m")),
    "of times": Aggregate(EVENTS, (), measures(*OF_ANYTHING, of="@timestamp")),
    "in time": Aggregate(
        EVENTS,
        (),
        tuple(Measure(name, (N, TIMESTAMP), name) for name in ("earliest", "latest", "rate", "per_second", "per_hour")),
    ),
    "in another order": Aggregate(
        Sort(EVENTS, (SortKey(HOST),)), (("n", call("mod", N, 3)),), measures("list", of="n")
    ),
} | {f"condition {number}": Filter(EVENTS, condition) for number, condition in enumerate(CONDITIONS)}


@pytest.mark.parametrize("name", RELATIONS)
def test_gives_the_rows_of_the_reference(name: str, events: Events) -> None:
    source = events.source("web")
    assert source is not None
    relation = bind(over(RELATIONS[name], source.schema))
    snapshot = events.snapshot(("web",))
    expected = run(Reference(), relation, snapshot)
    found = run(DuckDBEngine(), relation, snapshot)
    assert found.schema == expected.schema
    assert rounded(found.rows) == rounded(expected.rows)


def rounded(rows: list[dict[str, Value]]) -> list[dict[str, Value]]:
    """Floats up to the order in which they were added."""
    return [{k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def over(relation: Relation, schema: Schema) -> Relation:
    """The relation with its scans bound to the source's columns."""
    if isinstance(relation, Scan):
        return Scan(relation.sources, relation.time_field, relation.start, relation.end, relation.newest, schema=schema)
    return relation.with_inputs(tuple(over(child, schema) for child in relation.inputs))
