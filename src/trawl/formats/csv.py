"""CSV by RFC 4180: UTF-8, a header, text in quotes, the values of a multivalue joined by a newline.

A missing value is an empty cell, an empty text is `""`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from trawl.formats.base import Format, Options
from trawl.schema import Column, Kind, Layout, Schema
from trawl.wire import texts

_FORMULA: Final = r"^[=+\-@\t\r]"
"""How text begins that spreadsheets take for a formula."""
_QUOTE: Final = pa.scalar("'", pa.string())
_NOTHING: Final = pa.scalar("", pa.string())
_PLAIN: Final = pacsv.WriteOptions(include_header=False, eol="\r\n", batch_size=8192)


def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
    """The header and the rows."""
    names = [_escaped(pa.array([name])) if options.escape_formulas else pa.array([name]) for name in schema.names]
    yield (codecs.BOM_UTF8 if options.bom else b"") + _lines(names)
    for batch in batches:
        if batch.num_rows:
            cells = [_cells(array, column, options) for array, column in zip(batch.columns, schema, strict=True)]
            if len(cells) == 1:  # a line that is empty is no row to most readers
                cells = [cells[0].cast(pa.string()).fill_null("")]
            yield _lines(cells)


def _cells(array: pa.Array, column: Column, options: Options) -> Any:
    """A column as what Arrow writes: integers and booleans bare, all else as text."""
    is_bare = column.type.layout is Layout.NATIVE and column.type.kind in (Kind.INTEGER, Kind.BOOLEAN)
    if is_bare and not pa.types.is_decimal(array.type):
        return array
    cells = texts(array, column.type)
    is_harmless = column.type.is_number or column.type.kind in (Kind.TIME, Kind.BOOLEAN)
    return _escaped(cells) if options.escape_formulas and not is_harmless else cells


def _escaped(cells: pa.Array) -> pa.Array:
    escaped = pc.binary_join_element_wise(_QUOTE, cells, _NOTHING)
    return pc.if_else(pc.match_substring_regex(cells, _FORMULA), escaped, cells)


def _lines(columns: list[Any]) -> bytes:
    if not columns:
        return b"\r\n"
    sink = pa.BufferOutputStream()
    pacsv.write_csv(pa.RecordBatch.from_arrays(columns, [str(at) for at in range(len(columns))]), sink, _PLAIN)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]  # pyarrow is untyped


FORMAT: Final = Format("csv", ".csv", "text/csv; charset=utf-8; header=present", "A line a row, by RFC 4180.", write)
