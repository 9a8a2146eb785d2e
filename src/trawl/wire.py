"""How values leave Trawl: whole Arrow columns as JSON or as text (api.md 4).

Instants are ISO 8601, integers beyond 2^53 are strings, arrays stay arrays, missing is null, or left out of its row.
Everything here works on a column at a time and leaves the values to Arrow: as objects of Python, a million rows
would take several times as long as reading them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from trawl.arrow import schema_of
from trawl.schema import Kind, Layout, Schema, Type
from trawl.values import Instant, Scalar, Value, text_of, unbox

LARGEST_EXACT: Final = 2**53
"""The largest integer that every reader of JSON takes exactly."""
PIECE: int = 2 << 20
"""Bytes of the columns that become text at once, about."""

_HARMLESS: Final = bytes(code for code in range(0x20, 256) if code not in b'"\\')
"""What JSON takes bare in a text, byte by byte of its UTF-8."""
_UNLIKE_JSON: Final = r'\{"t":|[0-9]{16}'
"""What a boxed value has in it, if it is to be written in another way than it is stored (and some others)."""
_SECONDS_END: Final = 19
"""Where in `2020-09-13T12:26:40.123` the fraction begins."""


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


def json_pieces(batch: pa.RecordBatch, between: str = ",") -> Iterator[bytes]:
    """The rows of a batch as JSON objects with `between` between them, but for two pieces; `PIECE` bytes at a time.

    A field that a row has not is left out of it.
    """
    schema = schema_of(batch.schema)
    for few in _sliced(batch):
        yield _content(_json_rows(few, schema, between))[: -len(between)]


def _json_rows(batch: pa.RecordBatch, schema: Schema, after: str) -> pa.Array:
    """The rows as texts: a JSON object each, then `after`."""
    fields = []
    for array, column in zip(batch.columns, schema, strict=True):
        if array.null_count < len(array):
            key = orjson.dumps(column.name).decode()
            texts, quote = _unquoted(array, column.type)
            fields.append(_around(f"{key}:{quote}", texts, quote))
    if not fields:
        return pa.array(["{}" + after] * batch.num_rows, pa.string())
    # Arrow drops a row that is nothing but nulls: so each begins with an empty text, whose comma becomes the bracket.
    rows = pc.binary_join_element_wise(_scalar(""), *fields, _scalar(","), null_handling="skip")
    return _around("", pc.binary_replace_slice(rows, 0, 1, "{"), "}" + after)


def json_column(array: pa.Array, type_: Type) -> bytes:
    """A column of the type's layout as JSON values with commas between them, `null` where one is missing."""
    return _content(_around("", json_texts(array, type_).fill_null("null"), ","))[:-1]


def json_texts(array: pa.Array, type_: Type) -> pa.Array:
    """A column of the type's layout as texts, a JSON value each; null where it is missing."""
    texts, quote = _unquoted(array, type_)
    return _around(quote, texts, quote) if quote else texts


def _unquoted(array: pa.Array, type_: Type) -> tuple[pa.Array, str]:
    """A column as texts, and what has to stand around each to make it a JSON value: quotes or nothing."""
    if type_.layout is Layout.BOXED:
        return _json_boxed(array), ""
    if type_.layout is Layout.LIST:
        items = json_texts(array.flatten(), type_.element).fill_null("null")
        return _around("[", _joined(array, items, ","), "]"), ""
    match type_.kind:
        case Kind.TIME:
            return instant_texts(array), '"'
        case Kind.INTEGER:
            return _json_integers(array), ""
        case Kind.FLOAT:
            return _scattered(_json_floats(array.drop_null()), array), ""
        case Kind.BOOLEAN:
            return array.cast(pa.string()), ""
    return _escaped(array), '"'


def _json_boxed(array: pa.Array) -> pa.Array:
    """Boxed values are JSON already, but for instants and large integers."""
    unlike = pc.match_substring_regex(array, _UNLIKE_JSON)
    if not pc.any(unlike).as_py():
        return array
    written = [orjson.dumps(json_value(unbox(text))).decode() for text in array.filter(unlike).to_pylist()]
    return pc.replace_with_mask(array, unlike, pa.array(written, pa.string()))


def _json_integers(array: pa.Array) -> pa.Array:
    texts = array.cast(pa.string())
    least, most = (pa.scalar(sign * LARGEST_EXACT, array.type) for sign in (-1, 1))
    extremes = pc.min_max(array)
    if not pc.or_(pc.less(extremes["min"], least), pc.greater(extremes["max"], most)).as_py():
        return texts
    return pc.if_else(pc.or_(pc.less(array, least), pc.greater(array, most)), _around('"', texts, '"'), texts)


def _json_floats(present: pa.Array) -> list[str]:
    """As orjson writes them, so that a whole one keeps its `.0`."""
    return orjson.dumps(present.to_pylist())[1:-1].decode().split(",")


def _escaped(array: pa.Array) -> pa.Array:
    """Texts with backslashes before what JSON does not take bare.

    They are told apart by the line breaks between them: inside of one JSON has no bare line break.
    """
    present = array.drop_null()
    if not _content(present).translate(None, _HARMLESS):
        return array
    lines = orjson.dumps(present.to_pylist(), option=orjson.OPT_INDENT_2)[len('[\n  "') : -len('"\n]')]
    return _scattered(lines.decode().split('",\n  "'), array)


def _scattered(texts: list[str], array: pa.Array) -> pa.Array:
    """Texts at the places where an array has values, in order."""
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.string())
    made = pa.array(texts, pa.string())
    return pc.replace_with_mask(pa.nulls(len(array), pa.string()), array.is_valid(), made) if array.null_count else made


def _sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    rows = max(1, PIECE * batch.num_rows // max(1, batch.nbytes))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


@lru_cache(maxsize=4096)
def _scalar(text: str) -> pa.Scalar:
    """A text as Arrow takes it. Left to find the type out, Arrow looks for pandas each time, which takes 100 µs."""
    return pa.scalar(text, pa.string())


def _around(before: str, texts: pa.Array, after: str) -> pa.Array:
    return pc.binary_join_element_wise(_scalar(before), texts, _scalar(after), _scalar(""))


def _content(texts: pa.Array) -> bytes:
    """The texts of an array one after the other, in UTF-8."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return b""
    places = memoryview(offsets).cast("i")[texts.offset :]
    return bytes(memoryview(data)[places[0] : places[len(texts)]])


def _joined(array: pa.Array, items: pa.Array, between: str) -> pa.Array:
    """The texts of each list of an array in one, null where the list is missing.

    Args:
        array: lists. items: texts of what is in them, one after the other.
    """
    ends = pc.cumulative_sum(pc.list_value_length(array).fill_null(0)).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, items), _scalar(between))
    return pc.if_else(array.is_valid(), joined, pa.scalar(None, pa.string()))


def instant_texts(array: pa.Array) -> pa.Array:
    """A column of times as ISO 8601 in UTC: three fractional digits, or as many as there are."""
    bare = array.cast(pa.int64()).cast(pa.timestamp("ns")).cast(pa.string())  # 2020-09-13 12:26:40.123456789
    iso = pc.binary_replace_slice(bare, 10, 11, "T")
    return _around("", pc.ascii_rpad(pc.ascii_rtrim(iso, "0"), _SECONDS_END + 4, "0"), "Z")


def texts(array: pa.Array, type_: Type, between: str = "\n") -> pa.Array:
    """A column as text, null where it is missing; the values of a multivalue are joined by `between`."""
    if type_.layout is Layout.BOXED:
        return pa.array([_text(unbox(item), between) for item in array.to_pylist()], pa.string())
    if type_.layout is Layout.LIST:
        return _joined(array, texts(array.flatten(), type_.element).fill_null(""), between)
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
