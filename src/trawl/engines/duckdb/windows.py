"""Measures over rows of the same group, added to every row (`trawl.algebra.Window`)."""

from __future__ import annotations

from dataclasses import replace

from trawl.algebra import Measure, Window
from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.grouping import identical
from trawl.engines.duckdb.operands import Operand, element, is_there, one, opened
from trawl.engines.duckdb.spelling import aggregates
from trawl.schema import Kind

ROW_NUMBER = "row_number"
"""The measure that is no aggregate."""


def add(to: Expressions, relation: Window) -> dict[str, Operand]:
    """The measures of a window over a frame, as operands over its columns."""
    keys = [_alone(to.operand(key), to) for key in relation.partition]
    columns = [given.sql for key in keys for given in key]
    has_keys = sql.all_of(is_there(key) for key in keys)
    group = f"PARTITION BY {', '.join(columns)}" if columns else ""
    return {
        measure.name: tuple(
            replace(given, sql=f"CASE WHEN {has_keys} THEN {given.sql} END" if keys else given.sql)
            for given in _measured(to, relation, measure, group)
        )
        for measure in relation.measures
    }


def _measured(to: Expressions, relation: Window, measure: Measure, group: str) -> Operand:
    if measure.function == ROW_NUMBER:
        own = [found for key in relation.order for found in ordering.sort_keys(key, to.operand(key.value), to)]
        order = ", ".join(map(str, (*own, *to.frame.order)))
        return one(Kind.INTEGER, f"row_number() OVER ({group}{f' ORDER BY {order}' if order else ''})")
    spelled = aggregates.find(measure)
    assert spelled is not None, "the engine was asked whether it can"
    gathering = aggregates.Gathering(to, measure.arguments, to.frame.order, f" OVER ({_frame(to, relation, group)})")
    with to.at(measure.span):
        return spelled(gathering)


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


def extend(frame: Frame, zone: str, relation: Window) -> Expressions:
    """Adds the measures to the frame's columns; the rows keep their order, but lie in any."""
    to = Expressions(frame, zone)
    added = add(to, relation)
    frame.settle({**frame.columns, **added}, frame.order)
    frame.close()
    return to
