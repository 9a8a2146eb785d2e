"""Parquet files that others wrote: columns taken as they are wherever they can be, structs dotted."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from trawl.errors import Code, TrawlError, printable
from trawl.store.chunk import Chunk, Reject, Slot, Values, slot_of
from trawl.store.gathering import Gathering
from trawl.store.inputs.foreign import native, values_of
from trawl.store.timing import TimeRule, take_times

BATCH_ROWS: Final = 65_536


@dataclass(frozen=True)
class Piece:
    """Rows of a file, the number of the first, from 1, and how much of the file has been read with them."""

    first: int
    batch: pa.RecordBatch
    fraction: float


def pieces(path: str) -> Iterator[Piece]:
    """The rows of a Parquet file.

    Raises:
        TrawlError: `UNREADABLE_FILE`.
    """
    try:
        with opened_table(path) as file:
            first, rows = 1, file.metadata.num_rows
            for batch in file.iter_batches(BATCH_ROWS):
                first += batch.num_rows
                yield Piece(first - batch.num_rows, batch, (first - 1) / rows)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise TrawlError(Code.UNREADABLE_FILE, f"`{printable(path)}` cannot be read as Parquet: {error}") from error


@contextmanager
def opened_table(path: str) -> Iterator[pq.ParquetFile]:
    """A Parquet file that is open, whatever bytes its name is of."""
    with pa.OSFile(os.fsencode(path)) as content, pq.ParquetFile(content) as file:
        yield file


def chunk_of_piece(piece: Piece, rule: TimeRule) -> Chunk:
    """The chunk of the events of some rows. NaN and infinite numbers are missing."""
    gathering = Gathering()
    slots = _slots(piece.batch, gathering)
    timed = take_times(slots, piece.batch.num_rows, rule)
    rejects = tuple(
        Reject(piece.first + row, reason, json.dumps(piece.batch.slice(row, 1).to_pylist()[0], default=str))
        for row, reason in timed.aside.items()
    )
    return Chunk(timed.times, timed.slots, rejects, gathering.merged, gathering.long_integers)


def _slots(batch: pa.RecordBatch, gathering: Gathering) -> dict[Slot, Values]:
    """The columns of a batch; those that Arrow cannot convert go through the gathering."""
    flat = [
        found for field, column in zip(batch.schema, batch.columns, strict=True) for found in _flattened(field, column)
    ]
    times_named = Counter(field.name for field, _ in flat)
    slots: dict[Slot, Values] = {}
    for place, (field, column) in enumerate(flat):
        if column.null_count == len(column):
            continue
        found = native(field, column) if times_named[field.name] == 1 else None
        if found is not None:
            slots[slot_of(field.name, found[0])] = Values(*found, None)
            continue
        objects = [{field.name: value} for value in values_of(field, column)]
        gathering.add(objects, range(len(objects)), path=(str(place),))
    return slots | gathering.finish()


def _flattened(field: pa.Field, column: pa.Array) -> Iterator[tuple[pa.Field, pa.Array]]:
    """A column, or the columns of a struct under dotted names."""
    if not pa.types.is_struct(column.type):
        yield field, column
        return
    for child, values in zip(column.type, column.flatten(), strict=True):
        yield from _flattened(child.with_name(f"{field.name}.{child.name}"), values)
