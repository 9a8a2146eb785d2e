"""Measures over rows of the same group, added to every row (`trawl.algebra.Window`), as windows of DuckDB.

Those that are all of whole groups are joined to the rows instead (`trawl.engines.duckdb.totals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeGuard

from trawl.algebra import (
    BY_PLACE,
    LAG,
    ROW_NUMBER,
    Filter,
    Measure,
    Relation,
    Window,
)
from trawl.engines.duckdb import checks, ordering, sql
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame, Key
from trawl.engines.duckdb.grouping import identical
from trawl.engines.duckdb.operands import Operand, element, is_there, one, opened
from trawl.engines.duckdb.spelling import aggregates
from trawl.expr import Call, Field, Literal
from trawl.functions import find_aggregation
from trawl.schema import Kind

MOST: Final = 100
"""Rows of a group up to which they are numbered apart: DuckDB holds so many for each group in memory."""


@dataclass(frozen=True)
class Partition:
    """The groups of a window's rows.

    Attributes:
        columns: columns of the frame that are the same in all rows of a group.
        is_whole: whether a row has a value of every key, as SQL: others are in no group.
    """

    columns: tuple[str, ...]
    is_whole: str

    @classmethod
    def of(cls, relation: Window, to: Expressions) -> Partition:
        """The groups of a window's rows, their keys as columns of the frame."""
        keys = [alone(to.operand(key), to) for key in relation.partition]
        is_whole = to.bind(sql.all_of(is_there(key) for key in keys)) if keys else "true"
        return cls(tuple(given.sql for key in keys for given in key), is_whole)

    @property
    def clause(self) -> str:
        """As a window says it."""
        return f"PARTITION BY {', '.join(self.columns)}" if self.columns else ""

    def within(self, operand: Operand) -> Operand:
        """A value in the rows that are in a group, null in others."""
        if self.is_whole == "true":
            return operand
        guarded = (f"CASE WHEN {self.is_whole} THEN {given.sql} END" for given in operand)
        return tuple(replace(given, sql=found, constant=None) for given, found in zip(operand, guarded, strict=True))


def extend(frame: Frame, relation: Window, zone: str, *, is_first_kept: bool = False) -> list[Check]:
    """Adds the measures to the columns; the rows keep their order, but lie in any.

    Args:
        is_first_kept: whether only the first rows of each group are wanted (`keeps_first`).
    """
    if _goes_by_time(relation) and not all(key.is_place for key in frame.order):
        number = frame.compute(f"row_number() OVER ({frame.ranks()})")  # DuckDB picks a value by integers alone
        frame.settle(frame.columns, (Key(number, is_place=True),))
    to = Expressions(frame, zone)
    is_ordered = frame.is_ordered and relation.only_numbers
    groups = Partition.of(relation, to)
    if is_first_kept:
        return _numbered(relation, to, groups)
    placed = {
        measure.name: _placed(measure, relation, to, groups)
        for measure in relation.measures
        if measure.function in BY_PLACE
    }
    calls = aggregates.Calls(frame.names, f" OVER ({_over(to, relation, groups)})")
    plain = [measure for measure in relation.measures if measure.function not in BY_PLACE]
    with to.where(groups.is_whole):
        measures, flaws = aggregates.measured(to, plain, frame.order, calls)
    found = checks.of_rows(to)
    for call, name in calls.columns.items():
        frame.compute(call, name)
    frame.close()
    at_fault = [(flaw, span, f"{groups.is_whole} AND ({condition})") for flaw, span, condition in flaws]
    found += checks.of_groups(frame.copy(), at_fault)
    settle(frame, relation, groups, {**measures, **placed})
    frame.is_ordered = is_ordered
    return found


def _goes_by_time(relation: Window) -> bool:
    """Whether a measure looks at the times of rows, and at their order where these are the same."""
    found = (find_aggregation(measure.function) for measure in relation.measures)
    return any(aggregation is not None and aggregation.needs_time for aggregation in found)


def _numbered(relation: Window, to: Expressions, groups: Partition) -> list[Check]:
    """Numbers the rows that are in a group, and leaves out the others.

    DuckDB then groups the rows and needs no window: where a filter for the lowest numbers lies right above one that
    has a single key of order, and no condition is computed of the number in between.
    """
    found = checks.of_rows(to)
    frame = to.frame
    if groups.is_whole != "true":
        frame.filter(groups.is_whole)
    (measure,) = relation.measures
    number = frame.compute(f"row_number() OVER ({groups.clause} {frame.ranks()})")
    frame.close()
    frame.settle({**frame.columns, measure.name: one(Kind.INTEGER, number)}, frame.order)
    return found


def keeps_first(relation: Relation) -> TypeGuard[Filter]:
    """Whether a relation keeps the first few rows of each group by the number that a window below it gives them.

    Rows that are in no group have none, and are not kept either.
    """
    if not isinstance(relation, Filter) or not isinstance(window := relation.input, Window):
        return False
    match relation.condition:
        case Call(
            function="le" | "lt" | "eq" as comparison, arguments=(Field() as number, Literal(value=int() as most))
        ):
            (first, *others) = window.measures
            is_number = not others and first.name == number.name and _counts_rows(first, window)
            return is_number and not window.order and most <= (1 if comparison == "eq" else MOST)
    return False


def _counts_rows(measure: Measure, relation: Window) -> bool:
    """Whether a measure is the number of the row in its group."""
    if measure.function == ROW_NUMBER:
        return True
    is_running = relation.frame == "running" and not relation.size and relation.include_current
    return is_running and measure.function == "count" and not measure.arguments


def settle(frame: Frame, relation: Window, groups: Partition, measures: Mapping[str, Operand]) -> None:
    """Makes the measures fields of the frame, in the order of the relation, in the rows that are in a group."""
    added = {measure.name: groups.within(measures[measure.name]) for measure in relation.measures}
    frame.settle({**frame.columns, **added}, frame.order)


def _placed(measure: Measure, relation: Window, to: Expressions, groups: Partition) -> Operand:
    """A measure that goes by the place of each row in its group."""
    if to.frame.is_ordered and relation.only_numbers:
        return one(Kind.INTEGER, to.frame.compute("row_number() OVER ()"))  # DuckDB counts the rows as they stream
    own = [found for key in relation.order for found in ordering.sort_keys(key, to.operand(key.value), to)]
    order = ", ".join(map(str, (*own, *to.frame.order)))
    over = f"{groups.clause}{f' ORDER BY {order}' if order else ''}"
    if measure.function == ROW_NUMBER:
        return one(Kind.INTEGER, to.frame.compute(f"row_number() OVER ({over})"))
    value = tuple(replace(given, sql=to.bind(given.sql), constant=None) for given in to.operand(measure.arguments[0]))
    if measure.function == LAG:
        count = measure.arguments[1]
        assert isinstance(count, Literal)
        lags = (to.frame.compute(f"lag({given.sql}, {count.value}) OVER ({over})") for given in value)
        return tuple(replace(given, sql=name) for given, name in zip(value, lags, strict=True))
    over += " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    if len(value) == 1:
        carried = to.frame.compute(f"last_value({value[0].sql} IGNORE NULLS) OVER ({over})")
        return (replace(value[0], sql=carried),)
    return _carried_together(value, over, to)


def _carried_together(value: Operand, over: str, to: Expressions) -> Operand:
    """The last value of several kinds: all alternatives of the same row."""
    if not value:
        return ()
    names = [f"a{number}" for number in range(len(value))]
    fields = ", ".join(f"{name}: {given.sql}" for name, given in zip(names, value, strict=True))
    whole = to.bind(f"CASE WHEN {is_there(value)} THEN {{{fields}}} END")
    carried = to.frame.compute(f"last_value({whole} IGNORE NULLS) OVER ({over})")
    return tuple(replace(given, sql=f"{carried}.{name}") for given, name in zip(value, names, strict=True))


def _over(to: Expressions, relation: Window, groups: Partition) -> str:
    end = "CURRENT ROW" if relation.include_current else "1 PRECEDING"
    start = "UNBOUNDED PRECEDING"
    if relation.size:
        start = f"{relation.size - relation.include_current} PRECEDING"
    if relation.frame == "all":
        start, end = "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING"
    order = ", ".join(map(str, to.frame.order))
    return f"{groups.clause}{f' ORDER BY {order}' if order else ''} ROWS BETWEEN {start} AND {end}"


def alone(operand: Operand, to: Expressions) -> Operand:
    """The value as one key: an array of one is its value."""
    found = []
    for given in opened(operand, to):
        if not given.many:
            found.append(given)
            continue
        values = to.bind(given.sql)
        first = element(given, f"CASE WHEN len({values}) = 1 THEN {values}[1] END")
        found.extend(opened((first,), to))
        found.append(replace(given, sql=f"CASE WHEN len({values}) > 1 THEN {values} END"))
    return tuple(replace(given, sql=to.bind(given.sql), constant=None) for given in identical(tuple(found), to))
