"""Rows to columns and back: pivots, rarer values put together, missing buckets filled, rows multiplied."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from trawl import calendars
from trawl.algebra import Explode, Fill, Lump, Pivot, Transpose, Unpivot
from trawl.engines.reference.aggregation import measured, null_last
from trawl.engines.reference.expressions import Faults
from trawl.engines.reference.rows import Row, Sequence
from trawl.errors import Notice
from trawl.functions.base import common, spread
from trawl.functions.ordering import OrderKey, distinct, identity
from trawl.schema import NULL, STRING, Column, Schema
from trawl.values import Instant, Value


def explode(relation: Explode, rows: list[Row]) -> list[Row]:
    """One row for each value; a row without any stays, its field null."""
    name = relation.field
    found: list[Row] = []
    for row in rows:
        values = spread(row.get(name))
        found.extend({**row, name: value} for value in (distinct(values) if relation.distinct else values) or (None,))
    return found


def lump(relation: Lump, rows: list[Row]) -> list[Row]:
    """The rows with rarer values replaced. Nulls become `missing` and do not take a place from a value.

    Faults are counted by what measures the rows for the result.
    """
    kept = {identity(value) for value in _heaviest(relation, rows)}
    found = []
    for row in rows:
        value = row.get(relation.field)
        if value is None:
            found.append({**row, relation.field: relation.missing})
        elif identity(value) in kept:
            found.append(row)
        elif relation.other is not None:
            found.append({**row, relation.field: relation.other})
    return found


def _heaviest(relation: Lump, rows: list[Row]) -> list[Value]:
    groups: dict[object, list[Row]] = {}
    for row in rows:
        if row.get(relation.field) is not None:
            names = (*relation.by, relation.field)
            groups.setdefault(tuple(identity(row.get(name)) for name in names), []).append(row)
    weights: dict[object, tuple[Value, float | None]] = {}
    for members in groups.values():
        value = members[0][relation.field]
        weight = measured(relation.weight, members, Faults())
        _, known = weights.get(identity(value), (value, None))
        if isinstance(weight, int | float) and not isinstance(weight, bool):
            known = weight if known is None else known + weight
        weights[identity(value)] = (value, known)

    def rank(item: tuple[Value, float | None]) -> tuple[bool, float, tuple[bool, OrderKey]]:
        value, weight = item
        return weight is None, -(weight or 0), null_last(value)

    return [value for value, _ in sorted(weights.values(), key=rank)[: relation.limit]]


def pivot(relation: Pivot, input_: Sequence) -> Sequence:
    """One row for each value of `row`, one column for each value of `column` and each of `values`."""
    texts = {value for row in input_.rows if isinstance(value := row.get(relation.column), str)}
    names = {(value, text): name for value, text, name in relation.named(texts)}
    types = {value: input_.schema.type_of(value) for value in relation.values}
    zeros = {name: 0 for (value, _), name in names.items() if value in relation.zeros}
    columns = [Column(name, types[value]) for (value, _), name in names.items()]
    found: dict[object, Row] = {}
    for row in input_.rows:
        key = row.get(relation.row)
        wide = found.setdefault(identity(key), {relation.row: key, **zeros})
        if isinstance(key, int) and isinstance(wide[relation.row], float):
            wide[relation.row] = key
        for value in relation.values:
            name = names.get((value, row.get(relation.column)))  # type: ignore[arg-type]  # of other kinds there is none
            if name is not None and row.get(value) is not None:
                wide[name] = row[value]
    rows = sorted(found.values(), key=lambda row: null_last(row[relation.row]))
    schema = Schema((Column(relation.row, input_.schema.type_of(relation.row)), *columns))
    return Sequence(schema, rows)


def unpivot(relation: Unpivot, rows: list[Row]) -> list[Row]:
    """One row for each value of the columns that are turned."""
    return [
        {**{name: row.get(name) for name in relation.kept}, relation.name: name, relation.value: row[name]}
        for row in rows
        for name in relation.turned
        if row.get(name) is not None
    ]


def transpose(relation: Transpose, input_: Sequence) -> Sequence:
    """One row for each column that is turned, one column for each row."""
    headers = [row.get(relation.header) if relation.header else None for row in input_.rows]
    names = relation.named(header if isinstance(header, str) else None for header in headers)
    rows: list[Row] = []
    for turned in relation.turned:
        values = [row.get(turned) for row in input_.rows]
        if relation.keeps_empty or any(value is not None for value in values):
            rows.append({relation.name: turned, **dict(zip(names, values, strict=True))})
    cell = common([NULL, *(input_.schema.type_of(turned) for turned in relation.turned)])
    columns = (Column(relation.name, STRING), *(Column(name, cell) for name in names))
    return Sequence(Schema(columns), rows)


def fill(relation: Fill, rows: list[Row], tell: Callable[[Notice], None]) -> list[Row]:
    """The rows with those of missing buckets between them, unless these are too many."""
    present: list[Instant] = []
    for row in rows:
        edge = row[relation.time_field]
        assert isinstance(edge, Instant), "buckets are grouped by their lower edge"
        present.append(edge)
    start, end = _bounds(relation, present)
    if start is None or end is None:
        return rows
    how = (relation.buckets.size, relation.buckets.unit, relation.buckets.zone)
    if calendars.count(start, end, *how) > relation.most:
        tell(relation.notice)
        return rows
    missing = sorted(set(calendars.edges(start, end, *how)) - set(present))
    zeros: Row = dict.fromkeys(relation.zeros, 0)
    added: list[Row] = [{relation.time_field: edge, **zeros} for edge in missing]
    together = zip([*present, *missing], [*rows, *added], strict=True)
    return [row for _, row in sorted(together, key=itemgetter(0))]


def _bounds(relation: Fill, present: list[Instant]) -> tuple[Instant | None, Instant | None]:
    start, end = relation.start, relation.end
    if start is None:
        start = min(present, default=None)
    if end is None and present:
        end = Instant(max(present).nanoseconds + 1)
    return start, end
