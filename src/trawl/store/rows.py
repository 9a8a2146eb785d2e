"""The rows of a lookup's file as Parquet: in the file's order, with all of its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from trawl.errors import Code, TrawlError, printable
from trawl.store.chunk import Chunk
from trawl.store.conversions import MountedFile
from trawl.store.cutting import SEGMENT
from trawl.store.inputs import Format, read_chunks
from trawl.store.inputs.arrow_tables import opened_table
from trawl.store.inputs.opening import opened
from trawl.store.segments import Written, write_rows
from trawl.store.timing import UNTIMED


def as_rows(file: MountedFile, folder: Path, reading: Callable[[int], None]) -> Sequence[Written]:
    """Converts a file, in segments of bounded size; at least one, which has the columns even of no rows.

    Raises:
        TrawlError: `UNREADABLE_FILE`, for one row that cannot be read too: a lookup is whole, or it is none.
    """
    written: list[Written] = []
    pending: list[Chunk] = []

    def cut() -> None:
        first = sum(each.rows for each in written)
        written.append(write_rows(folder / f"{len(written)}.parquet", pending, first))
        pending.clear()

    with opened(file.path) as source:
        for chunk in read_chunks(source, file.format, UNTIMED):
            reading(source.bytes_read)
            for reject in chunk.rejects:
                reason = f"`{printable(file.path)}` cannot be read as a lookup, line {reject.line}: {reject.reason}"
                raise TrawlError(Code.UNREADABLE_FILE, reason)
            pending.append(chunk)
            rows, size = sum(each.rows for each in pending), sum(each.nbytes for each in pending)
            if rows >= SEGMENT.rows or size >= SEGMENT.bytes:
                cut()
    if pending or not written:
        cut()
    return [replace(written[0], fields=dict.fromkeys(_declared(file), ()) | written[0].fields), *written[1:]]


def _declared(file: MountedFile) -> Iterator[str]:
    """The columns that a file names apart from its rows: some may have no value."""
    match file.format:
        case Format.CSV:
            with opened(file.path) as source:
                yield from next(filter(None, csv.reader(io.TextIOWrapper(source.content, "utf-8-sig", newline=""))), [])
        case Format.PARQUET:
            with opened_table(file.path) as table:
                yield from (name for field in table.schema_arrow for name in _names(field, ""))


def _names(field: pa.Field, prefix: str) -> Iterator[str]:
    if pa.types.is_struct(field.type):
        for child in field.type:
            yield from _names(child, f"{prefix}{field.name}.")
    else:
        yield prefix + field.name
