"""Writes a segment: chunks of events become one immutable Parquet file, newest first, with its filter (ADR 1, 11)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trawl.arrow import FIELD_KEY, TYPE_KEY
from trawl.catalog.base import Part
from trawl.schema import TIME, Kind, Layout, Type
from trawl.store.chunk import ROW_TYPE, Chunk, Slot, Values, concatenate, slot_of
from trawl.store.signs import signs_of
from trawl.store.terms import Column, Filtering
from trawl.store.times import TIME_FIELD
from trawl.store.workers import processors
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant

SEQ: Final = "seq"
"""The hidden column that counts the events of an index in the order in which they were loaded."""

ROW_GROUP_ROWS: Final = 122_880
LEVEL: Final = 3


@dataclass(frozen=True)
class Written:
    """A segment that lies on disk.

    Attributes:
        path: where it lies; the filter of its terms, if it has one, lies beside it.
        rows, bytes: events in it, and its size with the filter's.
        first, last: times of its oldest and its newest event.
        fields: the parts of each field.
    """

    path: Path
    rows: int
    bytes: int
    first: Instant
    last: Instant
    fields: dict[str, tuple[Part, ...]]


def write_segment(path: Path, chunks: Sequence[Chunk], sequence: pa.Array, *, is_filtered: bool = True) -> Written:
    """Writes the events of some chunks and the filter of their terms, and syncs the files.

    Args:
        path: the new file.
        chunks: at least one event.
        sequence: their numbers in load order, one an event.
        is_filtered: whether there shall be a filter; not where the segment is about to be merged.
    """
    times = pa.concat_arrays([chunk.times for chunk in chunks])
    order = _newest_first(times, sequence)
    clock = (slot_of(TIME_FIELD, TIME), TIME, times if order is None else times.take(order))
    columns = [clock, *_columns(chunks, len(times), order)]
    with ThreadPoolExecutor(processors()) as threads:
        others = [Column(type_, column) for _, type_, column in columns[1:]]
        filtering = Filtering(clock[2], others, threads) if is_filtered else None
        _write(path, columns, sequence if order is None else sequence.take(order), times=1)
        size = path.stat().st_size + (filtering.write(path) if filtering else 0)
    last, first = (Instant(clock[2][row].value) for row in (0, len(times) - 1))
    return Written(path, len(times), size, first, last, _fields(columns))


def write_rows(path: Path, chunks: Sequence[Chunk], first: int) -> Written:
    """Writes the rows of some chunks in their order, without their times, numbered from `first`; syncs the file."""
    rows = sum(chunk.rows for chunk in chunks)
    columns = list(_columns(chunks, rows, None))
    _write(path, columns, pa.arange(first, first + rows), times=0)
    return Written(path, rows, path.stat().st_size, FIRST_INSTANT, LAST_INSTANT, _fields(columns))


_Column: TypeAlias = tuple[Slot, Type, pa.Array]


def _columns(chunks: Sequence[Chunk], rows: int, order: pa.Array | None) -> Iterator[_Column]:
    """The columns of all fields but the time, each whole, in an order; those without a value are left out."""
    places = None if order is None else pc.inverse_permutation(order, output_type=ROW_TYPE)
    pieces = _pieces(chunks)

    def column(slot: Slot) -> _Column:
        values = concatenate(pieces[slot], rows)
        return slot, values.type, _placed(values, order, places, rows)

    with ThreadPoolExecutor(processors()) as threads:
        placed = threads.map(column, sorted(pieces))
        yield from (found for found in placed if found[2].null_count < rows)


def _write(path: Path, columns: Sequence[_Column], sequence: pa.Array, *, times: int) -> None:
    """Writes columns, of which the first so many are times, and the rows' numbers beside them; syncs the file."""
    table = pa.table(
        [*(column for _, _, column in columns), sequence],
        pa.schema(
            [_field(slot, type_, column) for slot, type_, column in columns]
            + [pa.field(SEQ, pa.int64(), nullable=False)]
        ),
    )
    with path.open("wb") as file:
        pq.write_table(
            table,
            file,
            row_group_size=ROW_GROUP_ROWS,
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=table.column_names[times:-1],
            column_encoding=dict.fromkeys((*table.column_names[:times], SEQ), "DELTA_BINARY_PACKED"),
        )
        file.flush()
        os.fsync(file.fileno())


def _fields(columns: Sequence[_Column]) -> dict[str, tuple[Part, ...]]:
    fields: dict[str, tuple[Part, ...]] = {}
    for slot, type_, column in columns:
        fields[slot.field] = (*fields.get(slot.field, ()), _part(slot, type_, column))
    return fields


def _newest_first(times: pa.Array, sequence: pa.Array) -> pa.Array | None:
    """The order of rows by time descending, ties in load order; None if they lie so."""
    keys = pa.table({"time": times, "sequence": sequence})
    order = pc.sort_indices(keys, sort_keys=[("time", "descending"), ("sequence", "ascending")]).cast(pa.int64())
    return None if order.equals(pa.arange(0, len(times))) else order


def _pieces(chunks: Sequence[Chunk]) -> dict[Slot, list[tuple[Values, int, int]]]:
    """The values of each slot in each chunk that has some, with the chunk's first row and its rows."""
    pieces: dict[Slot, list[tuple[Values, int, int]]] = {}
    start = 0
    for chunk in chunks:
        for slot, values in chunk.slots.items():
            pieces.setdefault(slot, []).append((values, start, chunk.rows))
        start += chunk.rows
    return pieces


def _placed(values: Values, order: pa.Array | None, places: pa.Array | None, rows: int) -> pa.Array:
    """The values as a whole column in the segment's order."""
    if values.rows is None:
        return values.array if order is None else values.array.take(order)
    own = values.rows if places is None else places.take(values.rows)
    return pc.scatter(values.array, own, max_index=rows - 1)


def column_name(slot: Slot) -> str:
    """The name of a slot's column: the same in every file, in ASCII, and unlike all others without regard to case.

    It is the field's name, its unusual characters in percent encoding, then the type, and where letters are capital
    a number in hexadecimal whose bits tell which: `LogonId:string:41` and `LogonID:string:61`.
    """
    name = quote(slot.field, safe=" @")
    capitals = sum(1 << place for place, letter in enumerate(name) if letter.isupper())
    return f"{name}:{slot.kind}" + (f":{capitals:x}" if capitals else "")


def _field(slot: Slot, type_: Type, column: pa.Array) -> pa.Field:
    metadata = {FIELD_KEY: slot.field.encode(), TYPE_KEY: type_.encode().encode()}
    return pa.field(column_name(slot), column.type, metadata=metadata)


def _part(slot: Slot, type_: Type, column: pa.Array) -> Part:
    name = (column_name(slot),)
    ranged = not type_.multivalue and type_.kind in (Kind.INTEGER, Kind.FLOAT, Kind.TIME)
    if not ranged:
        are_texts = type_.kind is Kind.STRING and type_.layout is not Layout.BOXED
        return Part(name, type_, signs=signs_of(column) if are_texts else None)
    bounds = pc.min_max(column.cast(pa.int64()) if type_.kind is Kind.TIME else column)
    least, most = bounds["min"].as_py(), bounds["max"].as_py()
    if type_.kind is Kind.INTEGER:
        least, most = int(least), int(most)
    return Part(name, type_, least, most)
