"""Small results to test with: batches out of plain values, and folders that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from trawl.arrow import arrow_field, schema_of, to_array, to_values
from trawl.results.manifest import Facts, Manifest
from trawl.results.writer import Writer
from trawl.schema import INTEGER, STRING, Column
from trawl.values import Instant, TimeRange, Value

FACTS = Facts("source web", TimeRange(Instant(0), Instant(10**18)), "0.1", "reference", "abc")


def batch(columns: Mapping[str, tuple[Any, Sequence[Value]]]) -> pa.RecordBatch:
    """A batch from (type, values) by name."""
    arrays = [to_array(values, type_) for type_, values in columns.values()]
    fields = [
        arrow_field(Column(name, type_)).with_type(array.type)
        for (name, (type_, _)), array in zip(columns.items(), arrays, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def plain(numbers: Iterable[int]) -> pa.RecordBatch:
    """A batch of a number and a text a row."""
    listed = list(numbers)
    return batch({"n": (INTEGER, listed), "text": (STRING, [f"row {number}" for number in listed])})


def store(folder: Path, *batches: pa.RecordBatch) -> Manifest:
    """A complete result of these batches."""
    with Writer(folder, FACTS) as writer:
        for one in batches:
            writer.write(one)
    return writer.manifest


def rows_of(batches: Iterable[pa.RecordBatch]) -> list[dict[str, Value]]:
    """The rows of batches as plain values."""
    rows: list[dict[str, Value]] = []
    for one in batches:
        schema = schema_of(one.schema)
        columns = [to_values(array, column.type) for array, column in zip(one.columns, schema, strict=True)]
        rows.extend(dict(zip(schema.names, row, strict=True)) for row in zip(*columns, strict=True))
    return rows
