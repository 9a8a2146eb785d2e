"""Groups of rows and what is measured of them (`trawl.algebra.Aggregate`): one GROUP BY."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from trawl.algebra import Aggregate
from trawl.engines.duckdb import checks, grouping, ordering, sql
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.operands import Operand, has_lists
from trawl.engines.duckdb.spelling import aggregates
from trawl.expr import Expr


def aggregate(
    frame: Frame, relation: Aggregate, zone: str, offer: Callable[[Frame], None]
) -> tuple[Frame, list[Check]]:
    """The groups, and what counts the faults that come up on the way.

    Args:
        offer: has the rows of a frame kept for those that count faults.
    """
    keys, found = _keys(frame, (key for _, key in relation.keys), zone)
    if not relation.keep_null:
        for key in keys:
            frame.filter(sql.any_of(f"{given.sql} IS NOT NULL" for given in key.values))
    to = Expressions(frame, zone)
    renamed = {given.sql: frame.names.new() for key in keys for given in key.values}
    calls = aggregates.Calls(frame.names)
    columns: dict[str, Operand] = {}
    for (name, _), key in zip(relation.keys, keys, strict=True):
        columns[name] = tuple(replace(given, sql=renamed[given.sql], constant=None) for given in key.values)
        if key.is_integer:
            columns[name] = grouping.as_seen(columns[name], f"{calls.add(f'count_if({key.is_integer})')} > 0")
    measures, flaws = aggregates.measured(to, relation.measures, frame.order, calls)
    columns |= measures
    found += checks.of_rows(to)
    items = [f"{old} AS {new}" for old, new in renamed.items()] + calls.selected
    body = frame.select(items or ["count(*) AS rows"])
    if relation.keys:
        body += f" GROUP BY {', '.join(renamed)}" if renamed else " HAVING count(*) > 0"
    result = Frame(frame.names, f"({body})", columns)
    if flaws:
        for name in calls.columns.values():
            result.hold(name)
        offer(result)
        found += checks.of_groups(result.copy(), flaws)
    order = [key for name, _ in relation.keys for key in ordering.keys(columns[name], result)]
    result.settle(columns, tuple(order))
    return result, found


def _keys(frame: Frame, keys: Iterable[Expr], zone: str) -> tuple[list[grouping.GroupKey], list[Check]]:
    """Keys of groups as columns of the frame; a row becomes one for each value of a multivalue key."""
    to = Expressions(frame, zone)
    values = [to.operand(key) for key in keys]
    found = checks.of_rows(to)
    for number, value in enumerate(values):
        if has_lists(value):
            values[number], _ = grouping.spread(frame, value, distinct=True)
    return [grouping.group_key(value, frame) for value in values], found
