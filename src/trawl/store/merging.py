"""Makes segments that overlap in time into segments that do not, each event read and written once more (ADR 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trawl.catalog.terms import path_beside
from trawl.store.chunk import Chunk, Values, slot_of
from trawl.store.segments import SEQ, Written, write_segment
from trawl.store.times import TIME_FIELD

BATCH_ROWS: Final = 16_384

FAN_IN: Final = 24
"""So many runs are read at a time; each takes some ten megabytes."""

Run: TypeAlias = list[Written]
"""Segments that follow each other, newest first, without touching in time."""


@dataclass(frozen=True)
class Size:
    """When a segment is large enough: so many events, or so many bytes of them in memory."""

    rows: int
    bytes: int


def merge(written: Sequence[Written], folder: Path, size: Size) -> list[Written]:
    """The same events in segments that do not touch in time, oldest segment first; replaced files are removed.

    Args:
        written: the segments of one load, in its order.
        folder: where new segments go.
        size: of a segment.
    """
    done: list[Written] = []
    for group in _touching(written):
        runs = _runs(group)
        level = 0
        while len(runs) > 1:
            level += 1
            merged = []
            for start in range(0, len(runs), FAN_IN):
                some = runs[start : start + FAN_IN]
                stem = f"{min(segment.path.stem for segment in group)}-{level}-{start}"
                merged.append(list(_merged(some, folder, stem, size, is_last=len(runs) <= FAN_IN)))
                for segment in chain(*some):
                    segment.path.unlink()
                    path_beside(segment.path).unlink(missing_ok=True)
            runs = merged
        done += runs[0]
    return sorted(done, key=lambda segment: segment.first)


def _touching(written: Sequence[Written]) -> list[list[Written]]:
    """The segments in groups that do not touch each other in time."""
    groups: list[list[Written]] = []
    oldest = None
    for segment in sorted(written, key=lambda segment: segment.last, reverse=True):
        if oldest is not None and segment.last >= oldest:
            groups[-1].append(segment)
            oldest = min(oldest, segment.first)
        else:
            groups.append([segment])
            oldest = segment.first
    return groups


def _runs(group: list[Written]) -> list[Run]:
    """As few runs as there can be; `group` is ordered newest first."""
    runs: list[Run] = []
    for segment in group:
        fitting = next((run for run in runs if run[-1].first > segment.last), None)
        if fitting is None:
            runs.append([segment])
        else:
            fitting.append(segment)
    return runs


def _merged(runs: list[Run], folder: Path, stem: str, size: Size, *, is_last: bool) -> Iterator[Written]:
    """The events of some runs as one run; if it is the last that they are merged into, its segments have filters."""
    pending: list[_Piece] = []
    number = 0
    for pieces in _rounds([_Reader(run) for run in runs]):
        pending += pieces
        large = sum(piece.chunk.rows for piece in pending) >= size.rows
        if large or sum(piece.chunk.nbytes for piece in pending) >= size.bytes:
            yield _write(folder / f"{stem}-{number}.parquet", pending, is_filtered=is_last)
            pending, number = [], number + 1
    if pending:
        yield _write(folder / f"{stem}-{number}.parquet", pending, is_filtered=is_last)


def _write(path: Path, pieces: Sequence[_Piece], *, is_filtered: bool) -> Written:
    sequence = pa.concat_arrays([piece.sequence for piece in pieces])
    return write_segment(path, [piece.chunk for piece in pieces], sequence, is_filtered=is_filtered)


def _rounds(readers: list[_Reader]) -> Iterator[list[_Piece]]:
    """All events, newest first in rounds that do not touch in time; within a round in no order."""
    while readers:
        bound = max((reader.oldest for reader in readers if not reader.is_at_end), default=None)
        pieces = [piece for reader in readers for piece in reader.take_newer(bound)]
        if pieces:
            yield pieces
        for reader in readers:
            if reader.oldest == bound:
                reader.read_on()
        readers = [reader for reader in readers if not (reader.is_at_end and reader.is_empty)]


@dataclass(frozen=True)
class _Piece:
    """Some events of a segment, newest first, and their numbers."""

    chunk: Chunk
    sequence: pa.Array

    def part(self, start: int, stop: int) -> _Piece:
        """The events from row `start` to before `stop`."""
        rows = slice(start, stop)
        slots = {slot: Values(values.type, values.array[rows], None) for slot, values in self.chunk.slots.items()}
        return _Piece(Chunk(self.chunk.times[rows], slots), self.sequence[rows])


class _Reader:
    """Reads a run batch by batch.

    Attributes:
        is_at_end: whether nothing is left but what has been read.
        oldest: time of the oldest event that has been read.
    """

    def __init__(self, run: Run) -> None:
        self._pieces = chain.from_iterable(map(_pieces, run))
        self._read: list[_Piece] = []
        self.is_at_end = False
        self.oldest = 0
        self.read_on()

    @property
    def is_empty(self) -> bool:
        """Whether all that was read has been taken."""
        return not self._read

    def read_on(self) -> None:
        """Reads the next batch."""
        piece = next(self._pieces, None)
        if piece is None:
            self.is_at_end = True
        else:
            self._read.append(piece)
            self.oldest = piece.chunk.times[-1].value

    def take_newer(self, bound: int | None) -> Iterator[_Piece]:
        """What has been read of events newer than this, which is gone then; None for all."""
        left = []
        for piece in self._read:
            rows = piece.chunk.rows
            count = rows if bound is None else _newer(piece.chunk.times, bound)
            if count:
                yield piece.part(0, count)
            if count < rows:
                left.append(piece.part(count, rows))
        self._read = left


def _newer(times: pa.Array, bound: int) -> int:
    return int(pc.sum(pc.greater(times, pa.scalar(bound, times.type))).as_py() or 0)


def _pieces(segment: Written) -> Iterator[_Piece]:
    """The events of a segment in its order."""
    parts = [(name, part) for name, parts in segment.fields.items() for part in parts if name != TIME_FIELD]
    (clock,) = segment.fields[TIME_FIELD]
    with pq.ParquetFile(segment.path) as file:
        for batch in file.iter_batches(BATCH_ROWS):
            columns = ((slot_of(name, part.type), part, batch.column(part.column[0])) for name, part in parts)
            slots = {
                slot: Values(part.type, column, None)
                for slot, part, column in columns
                if column.null_count < batch.num_rows
            }
            yield _Piece(Chunk(batch.column(clock.column[0]), slots), batch.column(SEQ))
