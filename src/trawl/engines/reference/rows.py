"""Rows as the interpreter holds them: plain dicts in a list, with the columns that they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyarrow as pa

from trawl.arrow import arrow_field, to_array, to_values
from trawl.schema import Schema
from trawl.values import Value

Row: TypeAlias = dict[str, Value]
"""The values of a row by column; a null may be there as None or not at all."""

BATCH: Final = 8192
"""Rows a batch has at most."""


@dataclass(frozen=True)
class Sequence:
    """A relation's rows in order.

    Attributes:
        schema: the columns that the rows really have: never open.
    """

    schema: Schema
    rows: list[Row]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches, at least one, all of one schema."""
        if not self.schema.columns:  # a batch without columns still says how many rows it has
            yield pa.RecordBatch.from_struct_array(pa.array([{}] * len(self.rows), pa.struct([])))
            return
        arrays = [to_array((row.get(column.name) for row in self.rows), column.type) for column in self.schema]
        fields = [arrow_field(column).with_type(array.type) for column, array in zip(self.schema, arrays, strict=True)]
        schema = pa.schema(fields)
        if not self.rows:
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        for start in range(0, len(self.rows), BATCH):
            yield pa.RecordBatch.from_arrays([array.slice(start, BATCH) for array in arrays], schema=schema)


def rows_of(batches: Iterable[pa.RecordBatch], schema: Schema) -> list[Row]:
    """The rows of Arrow batches with these columns."""
    found: list[Row] = []
    for batch in batches:
        columns = [to_values(batch.column(place), column.type) for place, column in enumerate(schema)]
        found.extend(dict(zip(schema.names, values, strict=True)) for values in zip(*columns, strict=True))
        if not schema.columns:
            found.extend({} for _ in range(batch.num_rows))
    return found
