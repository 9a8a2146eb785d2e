"""How values leave Trawl: whole Arrow columns as JSON-ready values or as text (api.md 4).

Instants are ISO 8601, integers beyond 2^53 are strings, arrays stay arrays, missing is None. Everything here
works on a column at a time, because value by value is too slow for a million rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from trawl.arrow import schema_of
from trawl.schema import Kind, Layout, Schema, Type
from trawl.values import NANOSECONDS, Instant, Scalar, Value, text_of, unbox

LARGEST_EXACT: Final = 2**53
"""The largest integer that every reader of JSON takes exactly."""
PIECE: Final = 500
"""Rows that are objects of Python at once: few enough that the garbage collector does not look at them."""


def fields_of(schema: Schema) -> list[dict[str, object]]:
    """A schema as `fields` of a page: name, type, and whether arrays occur."""
    return [{"name": c.name, "type": c.type.name, "multivalue": c.type.multivalue} for c in schema]


def json_value(value: Value) -> object:
    """One value as JSON holds it."""
    if isinstance(value, Instant):
        return str(value)
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -LARGEST_EXACT <= value <= LARGEST_EXACT:
        return str(value)
    return value


def json_values(array: pa.Array, type_: Type) -> list[Any]:
    """A column of the type's layout as JSON-ready values, None where it is missing."""
    if type_.layout is Layout.BOXED:
        return [json_value(unbox(text)) for text in array.to_pylist()]
    if type_.layout is Layout.LIST:
        items = json_values(array.flatten(), type_.element)
        ends = pc.cumulative_sum(pc.list_value_length(array).fill_null(0)).to_pylist()
        present = array.is_valid().to_pylist()
        starts = [0, *ends][:-1]
        return [items[a:b] if there else None for a, b, there in zip(starts, ends, present, strict=True)]
    if type_.kind is Kind.TIME:
        return instant_texts(array).to_pylist()  # type: ignore[no-any-return]  # pyarrow is untyped
    if type_.kind is Kind.INTEGER:
        return _json_integers(array)
    return array.to_pylist()  # type: ignore[no-any-return]  # pyarrow is untyped


def _json_integers(array: pa.Array) -> list[Any]:
    if pa.types.is_decimal(array.type):
        return [None if number is None else json_value(int(number)) for number in array.to_pylist()]
    extremes = pc.min_max(array).as_py()
    values: list[Any] = array.to_pylist()
    if extremes["min"] is None or (extremes["min"] >= -LARGEST_EXACT and extremes["max"] <= LARGEST_EXACT):
        return values
    return [json_value(number) for number in values]


def json_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """The rows of a batch as JSON objects; a field that a row has not is left out."""
    schema = schema_of(batch.schema)
    if not len(schema):
        return ({} for _ in range(batch.num_rows))
    columns = [json_values(array, column.type) for array, column in zip(batch.columns, schema, strict=True)]
    names = schema.names
    rows = zip(*columns, strict=True)
    if not any(array.null_count for array in batch.columns):
        return (dict(zip(names, row, strict=False)) for row in rows)  # equal by construction; strict costs a third
    return ({name: value for name, value in zip(names, row, strict=False) if value is not None} for row in rows)


def json_pieces(batch: pa.RecordBatch) -> Iterator[bytes]:
    """The rows of a batch as JSON objects with commas between them, `PIECE` rows at a time."""
    rows = json_rows(batch)
    while several := list(islice(rows, PIECE)):
        yield orjson.dumps(several)[1:-1]


def instant_texts(array: pa.Array) -> pa.Array:
    """A column of times as ISO 8601 in UTC: three fractional digits, or as many as there are."""
    nanoseconds = array.cast(pa.int64())
    first = pc.min(nanoseconds).as_py()
    if first is None:
        return pa.nulls(len(array), pa.string())
    if first < 0:  # Arrow divides towards zero, which is right only from 1970 on
        texts = [None if value is None else str(Instant(value)) for value in nanoseconds.to_pylist()]
        return pa.array(texts, pa.string())
    seconds = pc.divide(nanoseconds, NANOSECONDS)
    fractions = pc.subtract(nanoseconds, pc.multiply(seconds, NANOSECONDS))
    # Neighbouring events share seconds, and most logs have milliseconds: few texts have to be made.
    heads = _by_distinct(seconds, lambda second: str(Instant(second * NANOSECONDS))[:-4])
    tails = _by_distinct(fractions, lambda fraction: str(Instant(fraction))[20:])
    return pc.binary_join_element_wise(heads, tails, "")


def _by_distinct(array: pa.Array, text: Callable[[int], str]) -> pa.Array:
    encoded = array.dictionary_encode()
    return pa.array([text(value) for value in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)


def texts(array: pa.Array, type_: Type, between: str = "\n") -> pa.Array:
    """A column as text, null where it is missing; the values of a multivalue are joined by `between`."""
    if type_.layout is Layout.BOXED:
        return pa.array([_text(unbox(item), between) for item in array.to_pylist()], pa.string())
    if type_.layout is Layout.LIST:
        items = texts(array.flatten(), type_.element).fill_null("")
        lengths = pc.list_value_length(array)
        ends = pc.cumulative_sum(lengths.fill_null(0)).cast(pa.int32())
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
        joined = pc.binary_join(pa.ListArray.from_arrays(offsets, items), between)
        return pc.if_else(array.is_valid(), joined, None)
    if type_.kind is Kind.TIME:
        return instant_texts(array)
    if type_.kind is Kind.FLOAT:
        return pa.array([None if number is None else text_of(number) for number in array.to_pylist()], pa.string())
    return array.cast(pa.string())


def _text(value: Value, between: str) -> str | None:
    if value is None:
        return None
    items: Sequence[Scalar | None] = value if isinstance(value, list) else [value]
    return between.join("" if item is None else text_of(item) for item in items)
