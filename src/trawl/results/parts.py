"""How the rows of a part lie in its file: Parquet with column names of ours and small row groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trawl.arrow import BIG_INTEGER, FIELD_KEY, arrow_field, is_decimal
from trawl.errors import Code, TrawlError
from trawl.schema import Schema

GROUP_BYTES: Final = 2 << 20
"""What a row group holds in memory, about: a page of any depth has to decode a whole one."""
SAMPLE: Final = 1000
"""Rows of a part that are looked at for whether the values of a column repeat."""
MOST_DISTINCT: Final = 0.5
"""The share of different values up to which those of a column count as repeated."""
FEWEST, MOST = 2048, 8192
"""Rows that a row group has at least, or the footer takes longer than the rows; and at most."""


def rows_of_group(batches: Sequence[pa.RecordBatch]) -> int:
    """How many rows each row group of a part of these batches should have, but for the last."""
    rows: int = sum(batch.num_rows for batch in batches)
    size: int = sum(batch.nbytes for batch in batches)
    return max(FEWEST, min(MOST, GROUP_BYTES * rows // max(1, size)))


def stored_name(position: int) -> str:
    """The name in the files of the column at a position of the schema."""
    return f"c{position}"


def layout(schema: Schema, wide: Collection[str]) -> pa.Schema:
    """How the columns lie in Arrow, those named in `wide` with integers beyond 64 bits."""
    fields = [arrow_field(column) for column in schema]
    return pa.schema([_widened(field) if field.name in wide else field for field in fields])


def wide_columns(batches: Iterable[pa.RecordBatch]) -> frozenset[str]:
    """The columns that hold integers beyond 64 bits in one of the batches."""
    distinct = {id(batch.schema): batch.schema for batch in batches}.values()
    return frozenset(field.name for schema in distinct for field in schema if is_decimal(field.type))


def encode(batches: Sequence[pa.RecordBatch], schema: Schema, wide: Collection[str], group: int) -> pa.Buffer:
    """The file of a part that holds these batches, whose columns are those of the schema.

    Args:
        batches: with integers in 64 bits or wider. schema: their columns.
        wide: columns to be stored with integers beyond 64 bits.
        group: rows of every row group but the last.
    """
    fields = layout(schema, wide)
    stored = pa.schema(
        [
            pa.field(stored_name(position), field.type, metadata={**field.metadata, FIELD_KEY: field.name.encode()})
            for position, field in enumerate(fields)
        ]
    )
    rows = [_cast(batch.columns, stored) for batch in batches]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        stored,
        compression="zstd",
        compression_level=1,
        # of text they take a sixth of the time, and skip next to nothing
        write_statistics=[field.name for field in stored if not pa.types.is_string(field.type)],
        use_dictionary=_repeating(rows, stored),
    ) as writer:
        writer.write_table(pa.Table.from_batches(rows, stored), group)
    return sink.getvalue()


def _repeating(batches: Sequence[pa.RecordBatch], fields: pa.Schema) -> list[str]:
    """The columns whose values repeat, by their paths in a file.

    A dictionary of others, and of columns without a value, takes a fifth of the time of encoding and makes the file
    a tenth larger.
    """
    each = max(1, SAMPLE // len(batches))
    sample = pa.Table.from_batches([batch.slice(0, each) for batch in batches], fields)
    found = []
    for field in fields:
        values, path = sample.column(field.name), field.name
        if pa.types.is_list(field.type):
            values, path = pc.list_flatten(values), f"{path}.list.element"
        values = values.drop_null()
        if len(values.unique()) < MOST_DISTINCT * len(values):
            found.append(path)
    return found


def read(path: Path, group: int, fields: pa.Schema, positions: Sequence[int]) -> pa.RecordBatch:
    """One row group of a part, the columns at these positions laid out and named as `fields` says.

    Args:
        path: of the part. group: number of the row group.
        fields: the layout of the whole result. positions: of the columns wanted; at least one.

    Raises:
        TrawlError: `TASK_GONE` if the file is gone.
    """
    try:
        file = pq.ParquetFile(path, metadata=_footer(str(path)), pre_buffer=False)
        table = file.read_row_group(group, columns=[stored_name(position) for position in positions])
    except FileNotFoundError as error:
        raise TrawlError(Code.TASK_GONE, "the result was deleted while it was read") from error
    arrays = [_whole(table.column(stored_name(position))) for position in positions]
    return _cast(arrays, pa.schema([fields.field(position) for position in positions]))


def bare_rows(count: int) -> pa.RecordBatch:
    """Rows without a column, which Arrow can count but not make."""
    return pa.RecordBatch.from_arrays([pa.nulls(count)], ["none"]).select([])


def _cast(arrays: Sequence[pa.Array], fields: pa.Schema) -> pa.RecordBatch:
    types = fields.types
    if any(array.type != type_ for array, type_ in zip(arrays, types, strict=True)):
        arrays = [array.cast(type_) for array, type_ in zip(arrays, types, strict=True)]
    return pa.RecordBatch.from_arrays(list(arrays), schema=fields)


def _widened(field: pa.Field) -> pa.Field:
    return field.with_type(pa.list_(BIG_INTEGER) if pa.types.is_list(field.type) else BIG_INTEGER)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@lru_cache(maxsize=64)  # of many columns each takes a megabyte
def _footer(path: str) -> pq.FileMetaData:
    return pq.read_metadata(path)
