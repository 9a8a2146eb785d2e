"""How typed columns lie in Arrow and Parquet: one mapping for the store, the engines, results and formats.

An Arrow field is named as the field is and carries `trawl.type` in its metadata, so that a batch tells
its own schema. On disk columns have names of ours (`c17`) and carry `trawl.field` as well: names that
differ only in case stay two columns whatever reads the file (ADR 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from trawl.schema import Column, Kind, Layout, Schema, Type
from trawl.values import Instant, Value, box, unbox

TYPE_KEY: Final = b"trawl.type"
FIELD_KEY: Final = b"trawl.field"

NATIVE: Final[dict[Kind, pa.DataType]] = {
    Kind.STRING: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIME: pa.timestamp("ns", tz="UTC"),
}
BIG_INTEGER: Final = pa.decimal128(38, 0)
"""Where a column of integers needs more than 64 bits; both are read as integers."""


def is_decimal(type_: pa.DataType) -> bool:
    """Whether numbers, or lists of them, are held as decimals: integers of more than 64 bits."""
    return bool(pa.types.is_decimal(type_.value_type if pa.types.is_list(type_) else type_))


def arrow_type(type_: Type) -> pa.DataType:
    """The Arrow type of a column of this type."""
    if type_.layout is Layout.BOXED or type_.kind is None:
        return pa.string()
    native = NATIVE[type_.kind]
    return pa.list_(native) if type_.layout is Layout.LIST else native


def arrow_field(column: Column) -> pa.Field:
    """The Arrow field of a column, its type in the metadata."""
    return pa.field(column.name, arrow_type(column.type), metadata={TYPE_KEY: column.type.encode().encode()})


def arrow_schema(schema: Schema) -> pa.Schema:
    """The Arrow schema of a schema."""
    return pa.schema([arrow_field(column) for column in schema])


def column_of(field: pa.Field) -> Column:
    """The column that an Arrow field made by `arrow_field` holds."""
    metadata = field.metadata or {}
    name = metadata.get(FIELD_KEY)
    return Column(field.name if name is None else name.decode(), Type.decode(metadata[TYPE_KEY].decode()))


def schema_of(schema: pa.Schema) -> Schema:
    """The schema that an Arrow schema made by `arrow_schema`, or of a file of ours, holds."""
    return Schema(tuple(column_of(field) for field in schema))


def rows_of(batch: pa.RecordBatch) -> Iterator[dict[str, Value]]:
    """The rows of a batch of ours as values of Python; a null is left out of its row."""
    schema = schema_of(batch.schema)
    columns = [to_values(array, column.type) for array, column in zip(batch.columns, schema, strict=True)]
    for values in zip(*columns, strict=True) if columns else [()] * batch.num_rows:
        yield {name: value for name, value in zip(schema.names, values, strict=True) if value is not None}


def to_array(values: Iterable[Value], type_: Type) -> pa.Array:
    """Values as an Arrow array of the type's layout."""
    target = arrow_type(type_)
    if type_.layout is Layout.BOXED:
        return pa.array([box(value) for value in values], target)
    if type_.kind is Kind.TIME:
        plain = [_nanoseconds(value) for value in values]
        raw = pa.array(plain, pa.list_(pa.int64()) if type_.layout is Layout.LIST else pa.int64())
        return raw.cast(target)
    listed = list(values)
    if type_.kind is Kind.INTEGER:
        try:
            return pa.array(listed, target)
        except (OverflowError, pa.ArrowInvalid):
            wide = pa.list_(BIG_INTEGER) if type_.layout is Layout.LIST else BIG_INTEGER
            return pa.array(listed, wide)
    if type_.kind is Kind.FLOAT:
        try:
            return pa.array(listed, target)
        except pa.ArrowInvalid:  # it takes no integer beyond 2^53 for a float
            return pa.array([_floats(value) for value in listed], target)
    return pa.array(listed, target)


def _floats(value: Value) -> object:
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, int) else value


def _nanoseconds(value: Value) -> object:
    if isinstance(value, list):
        return [_nanoseconds(item) for item in value]
    return value.nanoseconds if isinstance(value, Instant) else value


def to_values(array: pa.Array | pa.ChunkedArray, type_: Type) -> list[Value]:
    """The values of an Arrow array of the type's layout: what `to_array` was given."""
    if type_.layout is Layout.BOXED:
        return [unbox(text) for text in array.to_pylist()]
    if type_.kind is Kind.TIME:
        if type_.layout is Layout.LIST:
            return [
                None if row is None else [None if item is None else Instant(item) for item in row]
                for row in array.cast(pa.list_(pa.int64())).to_pylist()
            ]
        return [None if item is None else Instant(item) for item in array.cast(pa.int64()).to_pylist()]
    if type_.kind is Kind.INTEGER and pa.types.is_decimal(array.type):
        return [None if item is None else int(item) for item in array.to_pylist()]
    if type_.kind is Kind.INTEGER and pa.types.is_list(array.type) and pa.types.is_decimal(array.type.value_type):
        return [
            None if row is None else [None if item is None else int(item) for item in row] for row in array.to_pylist()
        ]
    values: list[Value] = array.to_pylist()
    return values
