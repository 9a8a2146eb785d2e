"""Reads segments back: the parts of a field as one column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from trawl.arrow import BIG_INTEGER, arrow_field, to_values
from trawl.catalog.base import Part, Segment
from trawl.schema import Kind, Layout, Schema
from trawl.values import box


def field_types(segments: Sequence[Segment], schema: Schema) -> pa.Schema:
    """The Arrow schema of all fields, integers of more than 64 bits where a segment has some."""
    wide = {name for segment in segments for name in _wide_fields(segment)}
    fields = [arrow_field(column) for column in schema]
    return pa.schema([field.with_type(_widened(field.type)) if field.name in wide else field for field in fields])


def read_segment(segment: Segment, schema: Schema, into: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    """The events of a segment in its order, at most so many a batch.

    Args:
        segment: written by the store.
        schema: the fields wanted; those that it has none of are null.
        into: their Arrow schema, from `field_types`.
        rows: of a batch.
    """
    wanted = [segment.fields.get(column.name, ()) for column in schema]
    with pq.ParquetFile(segment.path) as file:
        for batch in file.iter_batches(rows, columns=[part.column[0] for parts in wanted for part in parts]):
            columns = [
                _joined(batch, parts, field.type, column.type.layout)
                for column, parts, field in zip(schema, wanted, into, strict=True)
            ]
            yield pa.record_batch(columns, into)


def _joined(batch: pa.RecordBatch, parts: tuple[Part, ...], target: pa.DataType, layout: Layout) -> pa.Array:
    if not parts:
        return pa.nulls(batch.num_rows, target)
    columns = [batch.column(part.column[0]) for part in parts]
    if layout is not Layout.BOXED:
        return columns[0].cast(target)  # one kind and one layout: one part
    boxed = [
        column if part.type.layout is Layout.BOXED else pa.array(map(box, to_values(column, part.type)), pa.string())
        for part, column in zip(parts, columns, strict=True)
    ]
    return pc.coalesce(*boxed)


def _wide_fields(segment: Segment) -> Iterator[str]:
    """The fields that have an integer of more than 64 bits."""
    physical = pq.read_schema(segment.path)
    for name, parts in segment.fields.items():
        for part in parts:
            kind = physical.field(part.column[0]).type
            if part.type.kind is Kind.INTEGER and types.is_decimal(kind.value_type if types.is_list(kind) else kind):
                yield name


def _widened(kind: pa.DataType) -> pa.DataType:
    """The type for integers of any size, where it is one for integers."""
    if types.is_list(kind):
        return pa.list_(_widened(kind.value_type))
    return BIG_INTEGER if types.is_int64(kind) else kind
