"""Measures over rows of the same group, added to every row (`trawl.algebra.Window`)."""

from __future__ import annotations

from dataclasses import replace

from trawl.algebra import Window
from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.grouping import identical
from trawl.engines.duckdb.operands import Operand, element, is_there, one, opened
from trawl.engines.duckdb.spelling import aggregates
from trawl.schema import Kind

ROW_NUMBER = "row_number"
"""The measure that is no aggregate."""


def extend(frame: Frame, zone: str, relation: Window) -> Expressions:
    """Adds the measures to the frame's columns; the rows keep their order, but lie in any."""
    to = Expressions(frame, zone)
    keys = [_alone(to.operand(key), to) for key in relation.partition]
    columns = [given.sql for key in keys for given in key]
    group = f"PARTITION BY {', '.join(columns)}" if columns else ""
    has_keys = to.bind(sql.all_of(is_there(key) for key in keys)) if keys else "true"
    calls = aggregates.Calls(frame.names, f" OVER ({_frame(to, relation, group)})")
    plain = [measure for measure in relation.measures if measure.function != ROW_NUMBER]
    measures, _ = aggregates.measured(to, plain, frame.order, calls)
    numbers = {measure.name: _row_number(to, relation, group) for measure in relation.measures if measure not in plain}
    for call, name in calls.columns.items():
        frame.compute(call, name)
    added = {
        name: tuple(replace(given, sql=f"CASE WHEN {has_keys} THEN {given.sql} END") for given in operand)
        for name, operand in {**measures, **numbers}.items()
    }
    frame.close()
    frame.settle({**frame.columns, **added}, frame.order)
    return to


def _row_number(to: Expressions, relation: Window, group: str) -> Operand:
    own = [found for key in relation.order for found in ordering.sort_keys(key, to.operand(key.value), to)]
    order = ", ".join(map(str, (*own, *to.frame.order)))
    return one(Kind.INTEGER, to.frame.compute(f"row_number() OVER ({group}{f' ORDER BY {order}' if order else ''})"))


def _frame(to: Expressions, relation: Window, group: str) -> str:
    if relation.frame == "all":
        return group
    end = "CURRENT ROW" if relation.include_current else "1 PRECEDING"
    start = "UNBOUNDED PRECEDING"
    if relation.size:
        start = f"{relation.size - relation.include_current} PRECEDING"
    order = ", ".join(map(str, to.frame.order))
    return f"{group}{f' ORDER BY {order}' if order else ''} ROWS BETWEEN {start} AND {end}"


def _alone(operand: Operand, to: Expressions) -> Operand:
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
