"""How the rows of a part lie in its file: Parquet with column names of ours and small row groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from trawl.arrow import FIELD_KEY, TYPE_KEY, arrow_field, arrow_type
from trawl.errors import Code, TrawlError
from trawl.schema import Column, Schema

ROW_GROUP: Final = 8192
"""Rows of every row group but a part's last: few enough that a page of any depth is read in milliseconds."""


def stored_name(position: int) -> str:
    """The name in the files of the column at a position of the schema."""
    return f"c{position}"


def encode(batches: Sequence[pa.RecordBatch], schema: Schema) -> pa.Buffer:
    """The file of a part that holds these batches, whose columns are those of the schema.

    Batches may lay integers out in 64 bits or wider; the file takes the widest of its own batches.
    """
    types = [_widest(batches, position, column) for position, column in enumerate(schema)]
    stored = pa.schema([_stored_field(*it) for it in zip(range(len(types)), schema, types, strict=True)])
    unified = [
        pa.RecordBatch.from_arrays(
            [
                array if array.type == type_ else array.cast(type_)
                for array, type_ in zip(batch.columns, types, strict=True)
            ],
            schema=stored,
        )
        for batch in batches
    ]
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, stored, compression="zstd", compression_level=1) as writer:
        writer.write_table(pa.Table.from_batches(unified, stored), ROW_GROUP)
    return sink.getvalue()


def _stored_field(position: int, column: Column, type_: pa.DataType) -> pa.Field:
    metadata = {FIELD_KEY: column.name.encode(), TYPE_KEY: column.type.encode().encode()}
    return pa.field(stored_name(position), type_, metadata=metadata)


def _widest(batches: Sequence[pa.RecordBatch], position: int, column: Column) -> pa.DataType:
    usual = arrow_type(column.type)
    for batch in batches:
        found = batch.schema.field(position).type
        if pa.types.is_decimal(found.value_type if pa.types.is_list(found) else found):
            return found
    return usual


def read(path: Path, group: int, schema: Schema, positions: Sequence[int]) -> pa.RecordBatch:
    """One row group of a part, with the columns at these positions under the names of the fields.

    Raises:
        TrawlError: `TASK_GONE` if the file is gone.
    """
    try:
        file = pq.ParquetFile(path, metadata=_footer(str(path)))
        table = file.read_row_group(group, columns=[stored_name(position) for position in positions])
    except FileNotFoundError as error:
        raise TrawlError(Code.TASK_GONE, "the result was deleted while it was read") from error
    arrays = [_whole(table.column(stored_name(position))) for position in positions]
    columns = schema.columns
    fields = [
        arrow_field(columns[position]).with_type(array.type) for position, array in zip(positions, arrays, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def bare_rows(count: int) -> pa.RecordBatch:
    """Rows without a column, which Arrow can count but not make."""
    return pa.RecordBatch.from_arrays([pa.nulls(count)], ["none"]).select([])


def no_rows(schema: Schema, positions: Sequence[int]) -> pa.RecordBatch:
    """What `read` gives of a part without rows."""
    return pa.RecordBatch.from_pylist([], pa.schema([arrow_field(schema.columns[place]) for place in positions]))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@lru_cache(maxsize=256)
def _footer(path: str) -> pq.FileMetaData:
    return pq.read_metadata(path)
