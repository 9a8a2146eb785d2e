"""The interpreter: each relation of the algebra as its docstring says, on rows small enough to check by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from trawl.algebra import (
    CARRY,
    LAG,
    Aggregate,
    Buckets,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Join,
    Lump,
    Measure,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Rows,
    Scan,
    Slice,
    Sort,
    SortKey,
    Union,
    Window,
)
from trawl.engines.base import Work
from trawl.engines.reference import Reference
from trawl.errors import Code, Notice, TrawlError
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.schema import NULL, Column, Schema, type_of
from trawl.testing import Events, run
from trawl.values import Instant, Value

HOUR = 3_600_000_000_000
TOO_MANY = Notice("timechart_not_filled", "too many buckets")


def table(*rows: Mapping[str, Value]) -> Rows:
    """Constant rows, the columns in the order in which they come up."""
    types = {name: NULL for row in rows for name in row}
    for row in rows:
        for name, value in row.items():
            types[name] = types[name].union(type_of(value))
    schema = Schema(tuple(Column(*item) for item in types.items()))
    return Rows(tuple(tuple(row.get(name) for name in types) for row in rows), schema=schema)


def rows_of(relation: Relation) -> list[dict[str, Value]]:
    return run(Reference(), bind(relation)).rows


def column(relation: Relation, name: str) -> list[Value]:
    return [row.get(name) for row in rows_of(relation)]


def numbers(*values: int) -> Rows:
    return table(*({"n": value} for value in values))


class TestLeaves:
    @pytest.fixture
    def events(self, tmp_path: Path) -> Events:
        found = Events(tmp_path)
        found.add("a", [{"n": 1, "@timestamp": 20}, {"n": 2, "@timestamp": 30}])
        found.add("a", [{"n": 3, "@timestamp": 20}, {"n": 4, "@timestamp": 40}])
        found.add("b", [{"n": 5, "@timestamp": 20}, {"n": 6}])
        return found

    def scan(self, events: Events, start: int = -1000, end: int = 1000, newest: int | None = None) -> list[Value]:
        source = events.source("a")
        assert source is not None
        bounds = Instant(start * 10**9), Instant(end * 10**9)
        relation = Scan(("a", "b"), "@timestamp", *bounds, newest, schema=source.schema)
        return [row["n"] for row in run(Reference(), relation, events.snapshot(("a", "b"))).rows]

    def test_a_scan_gives_the_newest_first_ties_by_source_then_as_they_were_loaded(self, events: Events) -> None:
        assert self.scan(events) == [4, 2, 1, 3, 5]

    def test_a_scan_ends_before_its_end(self, events: Events) -> None:
        assert self.scan(events, start=20, end=30) == [1, 3, 5]

    def test_a_scan_of_the_newest_counts_over_all_sources(self, events: Events) -> None:
        assert self.scan(events, newest=4) == [4, 2, 1, 3]

    def test_generated_rows_are_numbered_from_1(self) -> None:
        relation = Generate(2, "@timestamp", Instant(7), "number")
        assert rows_of(relation) == [{"@timestamp": Instant(7), "number": 1}, {"@timestamp": Instant(7), "number": 2}]


class TestRowsOneByOne:
    def test_a_filter_keeps_what_is_true_not_what_is_unknown(self) -> None:
        rows = table({"n": 1, "v": 1}, {"n": 2, "v": 2}, {"n": 3})
        assert column(Filter(rows, Call("ne", (Field("v"), Literal(1)))), "n") == [2]

    def test_assignments_all_see_the_row_as_it_was(self) -> None:
        swapped = Extend(table({"a": 1, "b": 2}), (("a", Field("b")), ("b", Field("a"))))
        assert rows_of(swapped) == [{"a": 2, "b": 1}]

    def test_a_projection_may_repeat_a_column(self) -> None:
        assert rows_of(Project(table({"a": 1, "b": 2}), (("x", "a"), ("y", "a")))) == [{"x": 1, "y": 1}]

    def test_slices_and_reversals(self) -> None:
        assert column(Slice(numbers(1, 2, 3, 4), 2, 1), "n") == [2, 3]
        assert column(Slice(numbers(1, 2, 3), None, 2), "n") == [3]
        assert column(Reverse(numbers(1, 2, 3)), "n") == [3, 2, 1]

    def test_a_sort_leaves_ties_and_puts_nulls_last_both_ways(self) -> None:
        rows = table({"n": 1, "v": 1}, {"n": 2}, {"n": 3, "v": 2}, {"n": 4, "v": 1})
        assert column(Sort(rows, (SortKey(Field("v")),)), "n") == [1, 4, 3, 2]
        assert column(Sort(rows, (SortKey(Field("v"), descending=True),)), "n") == [3, 1, 4, 2]

    def test_an_exploded_row_without_values_stays(self) -> None:
        rows = table({"n": 1, "v": ["a", "b"]}, {"n": 2, "v": []}, {"n": 3}, {"n": 4, "v": "c"})
        assert rows_of(Explode(rows, "v")) == [
            {"n": 1, "v": "a"},
            {"n": 1, "v": "b"},
            {"n": 2},
            {"n": 3},
            {"n": 4, "v": "c"},
        ]


class TestGroups:
    def test_without_keys_there_is_one_row_even_of_nothing(self) -> None:
        nothing = Filter(numbers(1), Literal(False))
        assert rows_of(Aggregate(nothing, (), (Measure("count", (), "count"),))) == [{"count": 0}]

    def test_with_keys_nothing_gives_nothing(self) -> None:
        nothing = Filter(numbers(1), Literal(False))
        assert rows_of(Aggregate(nothing, (("n", Field("n")),), (Measure("count", (), "count"),))) == []

    def test_a_whole_group_is_measured_for_each_of_its_rows(self) -> None:
        rows = table({"g": "a", "v": 1}, {"g": "b", "v": 5}, {"g": "a", "v": 3}, {"v": 9})
        total = Window(rows, (Field("g"),), (Measure("sum", (Field("v"),), "total"),))
        assert column(total, "total") == [4, 5, 4, None]

    def test_a_running_measure_sees_the_rows_up_to_its_own(self) -> None:
        total = (Measure("sum", (Field("n"),), "total"),)
        assert column(Window(numbers(1, 2, 3), (), total, "running"), "total") == [1, 3, 6]
        assert column(Window(numbers(1, 2, 3), (), total, "running", size=2), "total") == [1, 3, 5]
        assert column(Window(numbers(1, 2, 3), (), total, "running", include_current=False), "total") == [None, 1, 3]
        before = Window(numbers(1, 2, 3), (), total, "running", size=1, include_current=False)
        assert column(before, "total") == [None, 1, 2]

    def test_rows_are_numbered_in_an_order_of_their_own(self) -> None:
        order = (SortKey(Field("n"), descending=True),)
        numbered = Window(numbers(5, 9, 7), (), (Measure("row_number", (), "k"),), order=order)
        assert rows_of(numbered) == [{"n": 5, "k": 3}, {"n": 9, "k": 1}, {"n": 7, "k": 2}]

    def test_values_of_rows_before_are_those_of_the_group_in_its_order(self) -> None:
        rows = table({"g": 1, "v": "a"}, {"g": 2, "v": "b"}, {"g": 1, "v": [1, 2]}, {"v": "c"}, {"g": 1, "v": "d"})
        before = Measure(LAG, (Field("v"), Literal(1)), "before")
        assert column(Window(rows, (Field("g"),), (before,)), "before") == [None, None, "a", None, [1, 2]]
        order = (SortKey(Field("n"), descending=True),)
        turned = Window(numbers(5, 9, 7), (), (Measure(LAG, (Field("n"), Literal(2)), "k"),), order=order)
        assert column(turned, "k") == [9, None, None]

    def test_the_last_value_is_carried_whole(self) -> None:
        rows = table({}, {"v": [1, 2]}, {}, {"v": []}, {}, {"v": "x"})
        carried = Window(rows, (), (Measure(CARRY, (Field("v"),), "v"),))
        assert column(carried, "v") == [None, [1, 2], [1, 2], [], [], "x"]

    def test_a_row_at_fault_counts_once_however_many_frames_have_it(self) -> None:
        rows = table({"v": "x"}, {"v": 1}, {"v": 2})
        total = Window(rows, (), (Measure("sum", (Field("v"),), "total"),), frame="running")
        assert [notice.count for notice in run(Reference(), bind(total)).notices] == [1]


class TestShapes:
    def test_rarer_values_are_put_together_by_weight_and_nulls_stand_apart(self) -> None:
        rows = table(*({"t": 0, "v": value} for value in ["a", "b", "b", "c", None, None, None, "d", "d"]))
        lumped = Lump(rows, "v", ("t",), Measure("count", (), "w"), 2, "OTHER", "NULL")
        assert column(lumped, "v") == ["OTHER", "b", "b", "OTHER", "NULL", "NULL", "NULL", "d", "d"]

    def test_rows_of_rarer_values_are_dropped_where_nothing_stands_for_them(self) -> None:
        rows = table({"t": 0, "v": "a"}, {"t": 0, "v": "b"}, {"t": 0, "v": "b"})
        assert column(Lump(rows, "v", ("t",), Measure("count", (), "w"), 1, None, "NULL"), "v") == ["b", "b"]

    def test_weights_are_measured_by_row_and_summed_by_value(self) -> None:
        rows = table(
            {"t": 1, "v": "a", "x": 5},
            {"t": 1, "v": "a", "x": 5},
            {"t": 1, "v": "b", "x": 4},
            {"t": 2, "v": "b", "x": 4},
        )
        lumped = Lump(rows, "v", ("t",), Measure("max", (Field("x"),), "w"), 1, "OTHER", "NULL")
        assert column(lumped, "v") == ["OTHER", "OTHER", "b", "b"]

    def test_a_pivot_makes_columns_of_values(self) -> None:
        rows = table(
            {"r": 2, "c": "b", "n": 1},
            {"r": 1, "c": "OTHER", "n": 2},
            {"r": 1, "c": "a", "n": 3},
            {"r": 1, "c": "r", "n": 4},
        )
        outcome = run(Reference(), bind(Pivot(rows, "r", "c", ("n",), ("OTHER",), ("n",))))
        assert outcome.schema.names == ("r", "a", "b", "r_", "OTHER")
        assert outcome.rows == [
            {"r": 1, "a": 3, "b": 0, "r_": 4, "OTHER": 2},
            {"r": 2, "a": 0, "b": 1, "r_": 0, "OTHER": 0},
        ]

    def test_a_pivot_of_several_values_names_both(self) -> None:
        rows = table({"r": 1, "c": "b", "n": 1, "m": 0.5}, {"r": 1, "c": "a", "n": 2})
        outcome = run(Reference(), bind(Pivot(rows, "r", "c", ("m", "n"))))
        assert outcome.schema.names == ("r", "m: a", "m: b", "n: a", "n: b")
        assert outcome.rows == [{"r": 1, "m: b": 0.5, "n: a": 2, "n: b": 1}]

    def test_missing_buckets_are_filled_with_zeros_or_nulls(self) -> None:
        rows = table({"t": Instant(HOUR), "count": 2, "avg": 0.5})
        filled = Fill(rows, "t", Buckets(HOUR, "ns"), Instant(0), Instant(2 * HOUR + 1), ("count",), 3, TOO_MANY)
        assert rows_of(filled) == [
            {"t": Instant(0), "count": 0},
            {"t": Instant(HOUR), "count": 2, "avg": 0.5},
            {"t": Instant(2 * HOUR), "count": 0},
        ]

    def test_without_bounds_the_gaps_are_filled_alone(self) -> None:
        rows = table({"t": Instant(HOUR), "count": 2}, {"t": Instant(3 * HOUR), "count": 1})
        filled = Fill(rows, "t", Buckets(HOUR, "ns"), None, None, ("count",), 3, TOO_MANY)
        assert column(filled, "count") == [2, 0, 1]
        assert rows_of(Fill(Filter(rows, Literal(False)), "t", Buckets(HOUR, "ns"), None, None, (), 3, TOO_MANY)) == []

    def test_gaps_of_too_many_buckets_stay_and_that_is_told(self) -> None:
        rows = table({"t": Instant(HOUR), "count": 2}, {"t": Instant(4 * HOUR), "count": 1})
        outcome = run(Reference(), bind(Fill(rows, "t", Buckets(HOUR, "ns"), None, None, ("count",), 3, TOO_MANY)))
        assert [row["count"] for row in outcome.rows] == [2, 1]
        assert outcome.notices == (TOO_MANY,)

    def test_a_bucket_that_was_filled_in_is_a_row_of_the_pivot(self) -> None:
        rows = table(
            {"t": Instant(0), "c": "a", "count": 1, "avg": 0.5},
            {"t": Instant(0), "c": "b", "count": 3, "avg": 0.5},
            {"t": Instant(2 * HOUR), "c": "b", "count": 2, "avg": 1.5},
        )
        filled = Fill(rows, "t", Buckets(HOUR, "ns"), None, None, (), 3, TOO_MANY)
        pivoted = rows_of(Pivot(filled, "t", "c", ("count", "avg"), zeros=("count",)))
        assert [row["t"] for row in pivoted] == [Instant(0), Instant(HOUR), Instant(2 * HOUR)]
        assert pivoted[1] == {"t": Instant(HOUR), "count: a": 0, "count: b": 0}

    def test_a_profile_tells_what_each_column_holds(self) -> None:
        rows = table(
            {"v": 2, "w": ["x", "y"]}, {"v": 2.0, "w": ["x"]}, {"v": "two", "w": []}, {"v": 10, "e": None}, {"v": True}
        )
        first, second = rows_of(Profile(rows, top=2))
        assert first == {
            "field": "v",
            "type": "boolean|float|integer|string",
            "count": 5,
            "distinct": 4,
            "numeric": 3,
            "top": ["2", "10"],
            "top_counts": [2, 1],
            "minimum": "2",
            "maximum": "10",
            "average": 14 / 3,
        }
        assert second == {
            "field": "w", "type": "string[]", "count": 3, "distinct": 2, "numeric": 0,
            "top": ['"x"', '"y"'], "top_counts": [2, 1],
        }  # fmt: skip


class TestSeveralInputs:
    def test_a_union_gives_one_input_after_the_other_columns_by_name(self) -> None:
        united = Union((table({"a": 1}), table({"b": "x", "a": "y"})))
        assert rows_of(united) == [{"a": 1}, {"a": "y", "b": "x"}]

    def test_a_join_compares_as_equals_does_and_keeps_both_orders(self) -> None:
        left = table({"k": 1, "n": 1}, {"k": "x", "n": 2}, {"n": 3})
        right = table({"k": "x", "v": "p"}, {"k": "1", "v": "q"}, {"k": 1.0, "v": "r"})
        joined = Join(left, right, (("k", "k"),), most=0)
        assert [(row["n"], row["v"]) for row in rows_of(joined)] == [(1, "q"), (1, "r"), (2, "p")]

    def test_a_left_join_keeps_rows_without_a_match(self) -> None:
        joined = Join(numbers(1, 2), table({"n": 2, "v": "x"}), (("n", "n"),), kind="left")
        assert rows_of(joined) == [{"n": 1}, {"n": 2, "v": "x"}]

    def test_a_column_that_both_have_is_taken_from_the_right_unless_told_otherwise(self) -> None:
        left, right = table({"k": 1, "v": "left"}), table({"k": 1, "v": "right"})
        assert column(Join(left, right, (("k", "k"),)), "v") == ["right"]
        assert column(Join(left, right, (("k", "k"),), overwrite=False), "v") == ["left"]


class TestExecution:
    def test_faults_are_counted_by_place(self) -> None:
        relation = Extend(table({"v": "x"}, {"v": "y"}, {"v": "1"}), (("n", Call("neg", (Field("v"),))),))
        (notice,) = run(Reference(), bind(relation)).notices
        assert (notice.code, notice.count) == ("not_a_number", 2)

    def test_a_chain_of_thousands_of_relations_is_no_recursion(self) -> None:
        relation: Relation = numbers(1, 2)
        for _ in range(5001):
            relation = Reverse(relation)
        assert column(relation, "n") == [2, 1]

    def test_after_a_stop_nothing_more_comes(self, tmp_path: Path) -> None:
        work = Work(bind(numbers(1)), Events(tmp_path).snapshot(()), tmp_path)
        execution = Reference().start(work)
        execution.stop()
        with pytest.raises(TrawlError) as caught:
            list(execution.batches())
        assert caught.value.code is Code.STOPPED

    def test_no_rows_are_one_empty_batch_with_the_columns(self) -> None:
        outcome = run(Reference(), bind(Filter(numbers(1), Literal(False))))
        assert [batch.num_rows for batch in outcome.batches] == [0]
        assert outcome.schema.names == ("n",)
