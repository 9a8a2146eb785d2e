"""Reads the events of segments, plainly: every file whole, every part of every field."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow.parquet as pq

from trawl.algebra import Given, Scan
from trawl.arrow import arrow_type, to_values
from trawl.catalog.base import Part, Segment, Snapshot
from trawl.engines.reference.rows import Row
from trawl.instants import read_time
from trawl.schema import Kind, Layout
from trawl.values import Instant, Value

Place = tuple[int, int, int, int]
"""Where an event stands: newest first, then by source, then in the order of loading."""


def scan(relation: Scan, snapshot: Snapshot, read: Callable[[Segment], None]) -> list[Row]:
    """The events in range, newest first. `read` is told of each segment after it was read."""
    found: list[tuple[Place, Row]] = []
    for source, name in enumerate(relation.sources):
        for segment in snapshot.segments.get(name, ()):
            for place, (order, row) in enumerate(_events(segment, relation)):
                instant = row.get(relation.time_field)
                if isinstance(instant, Instant) and relation.start <= instant < relation.end:
                    loaded = (segment.ordinal, place) if order is None else (order, 0)
                    found.append(((-instant.nanoseconds, source, *loaded), row))
            read(segment)
    found.sort(key=lambda item: item[0])
    return [row for _, row in found[: relation.newest]]


def stored(leaf: Given, snapshot: Snapshot, read: Callable[[Segment], None]) -> list[Row]:
    """The rows of a stored result: those of its segments one after the other, as they lie."""
    found: list[Row] = []
    for segment in snapshot.segments[leaf.name]:
        file = pq.ParquetFile(segment.path)
        columns = {name: _field(file, parts) for name, parts in segment.fields.items() if name in leaf.columns}
        found.extend({name: values[place] for name, values in columns.items()} for place in range(segment.rows))
        read(segment)
    return found


def _events(segment: Segment, relation: Scan) -> list[tuple[int | None, Row]]:
    file = pq.ParquetFile(segment.path)
    names = {relation.time_field, *relation.columns.names}
    columns = {name: _field(file, parts) for name, parts in segment.fields.items() if name in names}
    if relation.time_field in columns:
        columns[relation.time_field] = [read_time(value) for value in columns[relation.time_field]]
    orders: list[int | None] = [None] * segment.rows
    if segment.order_column is not None:
        orders = file.read([segment.order_column]).column(0).to_pylist()
    rows = [{name: values[place] for name, values in columns.items()} for place in range(segment.rows)]
    return list(zip(orders, rows, strict=True))


def _field(file: pq.ParquetFile, parts: tuple[Part, ...]) -> list[Value]:
    """A field's values: of its parts the one that the event has."""
    if not parts:
        return [None] * file.metadata.num_rows
    columns = [_part(file, part) for part in parts]
    return [next((value for value in values if value is not None), None) for values in zip(*columns, strict=True)]


def _part(file: pq.ParquetFile, part: Part) -> list[Value]:
    column = file.read([".".join(part.column)]).column(part.column[0]).combine_chunks()
    for step in part.column[1:]:
        column = column.field(step)
    is_ours = part.type.layout is Layout.BOXED or part.type.kind is Kind.INTEGER or column.type == arrow_type(part.type)
    return to_values(column if is_ours else column.cast(arrow_type(part.type)), part.type)
