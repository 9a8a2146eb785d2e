"""Rows to columns and back to shape: rarer values lumped, pivots, missing buckets (`Lump`, `Pivot`, `Fill`)."""

from __future__ import annotations

from dataclasses import replace

from trawl import calendars
from trawl.algebra import Fill, Lump, Pivot
from trawl.calendars import BucketUnit
from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import as_float
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame, Key
from trawl.engines.duckdb.grouping import as_seen, group_key, identical
from trawl.engines.duckdb.hosts import Host, Shared, asking, kept
from trawl.engines.duckdb.operands import NUMBERS, Alternative, Operand, is_there, one, opened
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.spelling import aggregates
from trawl.schema import Column, Kind, Schema
from trawl.values import Instant

# --- lump --------------------------------------------------------------------------------------------


def lump(frame: Frame, relation: Lump, host: Host, shared: list[Shared], zone: str) -> None:
    """Replaces the rarer values of a field. The frame's source is read twice.

    Faults are counted by what measures the rows for the result.
    """
    counted = frame.copy()
    to = Expressions(counted, zone)
    value = _key(counted.columns.get(relation.field, ()), to)
    groups = () if relation.weight.function == "count" else relation.by  # the sum of counts is the count of all
    by = [given.sql for name in groups for given in _key(counted.columns.get(name, ()), to)]
    calls = aggregates.Calls(frame.names)
    weights, _ = aggregates.measured(to, [relation.weight], frame.order, calls)
    weighed = opened(weights[relation.weight.name], INLINE)
    numbers = [as_float(given) for given in weighed if given.kind in NUMBERS]
    counted.filter(is_there(value))
    counted.close()
    own = [given.sql for given in value]
    grouped = counted.select([*own, *calls.selected]) + f" GROUP BY {', '.join([*own, *by])}"
    weight = sql.coalesce(numbers, "DOUBLE")
    ranks = ", ".join(map(str, ordering.keys(value, to)))
    total = f"ORDER BY sum({weight}) DESC NULLS LAST, {ranks}"
    names = [frame.names.new() for _ in own]
    heavy = ", ".join(f"{old} AS {new}" for old, new in zip(own, names, strict=True))
    best = f"(SELECT {heavy} FROM ({grouped}) GROUP BY {', '.join(own)} {total} LIMIT {relation.limit})"
    found = host.keep(asking(f"SELECT * FROM {best}", host, shared))
    is_all = host.answers and host.rows(f"SELECT count(*) FROM {found}") < [(relation.limit,)]
    value = _key(frame.columns.get(relation.field, ()), Expressions(frame, zone))
    mark = is_there(value) if is_all else _mark(frame, value, found, names)
    _replace(frame, relation, value, mark)


def _mark(frame: Frame, value: Operand, best: str, names: list[str]) -> str:
    """Joins the heaviest values; the column that is true where the value is one of them."""
    frame.close()
    same = " AND ".join(f"{given.sql} IS NOT DISTINCT FROM {name}" for given, name in zip(value, names, strict=True))
    mark = frame.names.new()
    columns = ", ".join([*frame.selected(), f"{mark}"])
    frame.wrap(f"(SELECT {columns} FROM {frame.source} LEFT JOIN (SELECT *, true AS {mark} FROM {best}) ON {same})")
    frame.hold(mark)
    frame.is_ordered = False
    return mark


def _replace(frame: Frame, relation: Lump, value: Operand, mark: str) -> None:
    """Takes `other` for values that are not marked, and `missing` for none."""
    there = is_there(value)
    if relation.other is None:
        frame.filter(f"({mark} OR NOT {there})")
    missing, other = sql.text(relation.missing), sql.text(relation.other or "")
    texts = [given.sql for given in value if given.kind is Kind.STRING]
    own = sql.coalesce(texts, "VARCHAR")
    lumped = f"CASE WHEN NOT {there} THEN {missing} WHEN {mark} THEN {own} ELSE {other} END"
    rest = tuple(
        replace(given, sql=f"CASE WHEN {mark} THEN {given.sql} END", constant=None)
        for given in value
        if given.kind is not Kind.STRING
    )
    frame.settle({**frame.columns, relation.field: (*one(Kind.STRING, lumped), *rest)})


def _key(operand: Operand, to: Expressions) -> Operand:
    return tuple(replace(given, sql=to.bind(given.sql), constant=None) for given in identical(operand, to))


# --- pivot -------------------------------------------------------------------------------------------


def pivot(frame: Frame, relation: Pivot, known: Schema, host: Host, shared: list[Shared]) -> tuple[Frame, Schema]:
    """Rows to columns, and what columns they are; the data is looked at first to learn which."""
    kept(frame, host, shared)
    text = sql.coalesce(
        (given.sql for given in opened(frame.columns.get(relation.column, ()), frame) if given.kind is Kind.STRING),
        "VARCHAR",
    )
    text = frame.bind(text)
    there = frame.copy()
    found = host.rows(f"SELECT DISTINCT * FROM ({there.select([text])}) AS found({text}) WHERE {text} IS NOT NULL")
    key = group_key(frame.columns.get(relation.row, ()), frame)
    renamed = tuple(replace(given, sql=frame.names.new()) for given in key.values)
    items = [f"{given.sql} AS {new.sql}" for given, new in zip(key.values, renamed, strict=True)]
    row = renamed
    if key.is_integer:
        is_integer = frame.names.new()
        items.append(f"count_if({key.is_integer}) > 0 AS {is_integer}")
        row = as_seen(renamed, is_integer)
    columns: dict[str, Operand] = {relation.row: row}
    described = [Column(relation.row, known.type_of(relation.row))]
    for value, written, name in relation.named(str(value) for (value,) in found):
        described.append(Column(name, known.type_of(value)))
        cells, operand = _cells(frame, frame.columns.get(value, ()), f"{text} = {sql.text(written)}")
        if value in relation.zeros:
            operand = _or_zero(operand)
        items += cells
        columns[name] = operand
    body = frame.select(items or ["1"])
    if key.values:
        body += f" GROUP BY {', '.join(given.sql for given in key.values)}"
    result = Frame(frame.names, f"({body})", {})
    result.columns = columns
    result.settle(columns, tuple(ordering.keys(renamed, result)))
    return result, Schema(tuple(described))


def _cells(frame: Frame, operand: Operand, condition: str) -> tuple[list[str], Operand]:
    """The value of the last row that has one, among those of a column."""
    items, found = [], []
    for given in operand:
        name = frame.names.new()
        order = ", ".join(str(replace(key, descending=not key.descending)) for key in frame.order)
        clause = f" ORDER BY {order}" if order else ""
        items.append(f"first({given.sql}{clause}) FILTER ({condition} AND {given.sql} IS NOT NULL) AS {name}")
        found.append(replace(given, sql=name, constant=None))
    return items, tuple(found)


def _or_zero(operand: Operand, when: str = "true") -> Operand:
    """The value, or 0 where there is none."""
    kinds = [given.kind for given in operand if not given.many]
    kind = Kind.INTEGER if Kind.INTEGER in kinds or Kind.FLOAT not in kinds else Kind.FLOAT
    zero = f"0::{sql.TYPES[kind]}"
    there = is_there(operand)
    rest = tuple(given for given in operand if given.many or given.kind is not kind)
    own = [given for given in operand if not given.many and given.kind is kind]
    value = (
        f"CASE WHEN NOT {there} AND {when} THEN {zero} ELSE {sql.coalesce((g.sql for g in own), sql.TYPES[kind])} END"
    )
    return (Alternative(value, kind, wide=any(given.wide for given in own)), *rest)


# --- fill --------------------------------------------------------------------------------------------


def fill(frame: Frame, relation: Fill, host: Host, shared: list[Shared]) -> Frame:
    """Adds the missing buckets, unless they are too many."""
    start, end = relation.start, relation.end
    edge = frame.bind(sql.coalesce((g.sql for g in frame.columns.get(relation.time_field, ())), "BIGINT"))
    frame.hold(edge)
    if start is None or end is None:
        kept(frame, host, shared)
        for low, high in host.rows(frame.copy().select([f"min({edge})", f"max({edge})"])):
            start = Instant(low) if start is None and isinstance(low, int) else start
            end = Instant(high + 1) if end is None and isinstance(high, int) else end
    if start is None or end is None:
        return frame
    how = (relation.buckets.size, relation.buckets.unit, relation.buckets.zone)
    if calendars.count(start, end, *how) > relation.most:
        host.tell(relation.notice)
        return frame
    frame.close()
    bucket = frame.names.new()
    present = frame.names.new()
    columns = ", ".join(frame.selected())
    rows = f"(SELECT {columns}, true AS {present} FROM {frame.source})"
    edges = _edges(start, end, *how, bucket)
    joined = f"(SELECT * FROM {edges} FULL JOIN {rows} ON {bucket} = {edge})"
    result = Frame(frame.names, joined, frame.columns)
    result.hold(bucket)
    result.hold(present)
    filled = {
        name: _or_zero(operand, f"{present} IS NULL") if name in relation.zeros else operand
        for name, operand in frame.columns.items()
    }
    moment = f"coalesce({edge}, {bucket})"
    result.settle({**filled, relation.time_field: one(Kind.TIME, moment)}, (Key(moment, is_place=True),))
    return result


def _edges(start: Instant, end: Instant, size: int, unit: BucketUnit, zone: str, bucket: str) -> str:
    """The lower edges of the buckets, as a table of one column."""
    if unit == "ns":
        first = calendars.floor(start, size, unit, zone).nanoseconds
        return f"(SELECT range AS {bucket} FROM range({first}, {end.nanoseconds}, {size}))"
    edges = ", ".join(str(edge.nanoseconds) for edge in calendars.edges(start, end, size, unit, zone))
    return f"(SELECT unnest([{edges}]::BIGINT[]) AS {bucket})"
