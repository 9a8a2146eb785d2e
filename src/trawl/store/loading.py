"""Loads files into an index: all of them, made visible at once, or nothing."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias

import pyarrow as pa

from trawl.catalog.terms import path_beside
from trawl.errors import Code, TrawlError
from trawl.store.cutting import Cutter, PutAside
from trawl.store.index import Indices, check_name
from trawl.store.inputs import Format, read_chunks
from trawl.store.inputs.arrow_tables import Piece, chunk_of_piece
from trawl.store.inputs.opening import STDIN, opened
from trawl.store.staging import Staging, staged
from trawl.store.timing import TimeRule
from trawl.values import Instant


@dataclass(frozen=True)
class Progress:
    """How far a load is.

    Attributes:
        events, rejected: read so far.
        bytes_read, bytes_total: of the files as they lie on disk; the total is None with standard input.
    """

    events: int
    rejected: int
    bytes_read: int
    bytes_total: int | None


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        index: where to.
        events, fields, segments: what it brought; the fields are those of the whole index.
        bytes_read: of the files as they lie on disk.
        bytes_written: of the segments.
        seconds: of wall time.
        rejected: how much input became no event.
        rejects: the first few of it.
        rejected_file: where all of it is kept, one JSON object a line; None where there is none.
        merged: fields that events had both dotted and nested and that became multivalues, and how often.
        long_integers: integers of more than 38 digits, kept as text.
    """

    index: str
    events: int
    fields: int
    segments: int
    bytes_read: int
    bytes_written: int
    seconds: float
    rejected: int
    rejects: tuple[PutAside, ...]
    rejected_file: Path | None
    merged: dict[str, int]
    long_integers: int


Report: TypeAlias = Callable[[Progress], None]


class Loading:
    """How files are loaded into the indices of a folder."""

    def __init__(self, indices: Indices, folder: Path) -> None:
        self._indices = indices
        self._folder = folder

    def run(self, index: str, files: Sequence[str], format_: Format, rule: TimeRule, report: Report | None) -> Loaded:
        """Loads the files in their order.

        Raises:
            TrawlError: `INVALID_INDEX_NAME`, `UNREADABLE_FILE`, `NO_ROOM`; nothing has been loaded then.
        """
        check_name(index)
        started, bytes_read = time.monotonic(), 0
        total = None if STDIN in files else sum(map(_size, files))
        with room(), staged(self._folder, self._indices.is_committed) as staging:
            cutter = Cutter(staging.own, partial(self._indices.reserve, index))
            for file in files:
                with opened(file) as source:
                    for chunk in read_chunks(source, format_, rule):
                        cutter.take(chunk, file)
                        if report is not None:
                            report(Progress(cutter.events, cutter.rejected, bytes_read + source.bytes_read, total))
                    bytes_read += source.bytes_read
            cutter.finish()
            rejected_file = self._commit(index, staging, cutter)
        source_now = self._indices.source(index)
        return Loaded(
            index=index,
            events=cutter.events,
            fields=len(source_now.schema) if source_now else 0,
            segments=len(cutter.written),
            bytes_read=bytes_read,
            bytes_written=sum(written.bytes for written in cutter.written),
            seconds=time.monotonic() - started,
            rejected=cutter.rejected,
            rejects=tuple(cutter.rejects),
            rejected_file=rejected_file,
            merged=dict(cutter.merged),
            long_integers=cutter.long_integers,
        )

    def collect(self, index: str, origin: str, batches: Iterable[pa.RecordBatch], now: Instant) -> int | None:
        """Loads the rows of a search, once; answers how many, or None where they were loaded before.

        Args:
            origin: the search and which of its outputs it is.
            now: the time of rows that have none.

        Raises:
            TrawlError: `INVALID_INDEX_NAME`, `NO_ROOM`, and what `batches` raises.
        """
        check_name(index)
        if self._indices.is_loaded_from(origin):
            return None
        rule = TimeRule(None, now, now)
        with room(), staged(self._folder, self._indices.is_committed) as staging:
            cutter = Cutter(staging.own, partial(self._indices.reserve, index))
            for batch in batches:
                cutter.take(chunk_of_piece(Piece(cutter.events + 1, batch, 0.0), rule), origin)
            cutter.finish()
            self._commit(index, staging, cutter, origin)
        return cutter.events

    def _commit(self, index: str, staging: Staging, cutter: Cutter, origin: str | None = None) -> Path | None:
        """Makes the load visible; answers where its rejects are kept."""
        staging.publish([path_beside(written.path) for written in cutter.written])
        published = staging.publish([written.path for written in cutter.written])
        aside = staging.publish([cutter.rejected_file]) if cutter.rejected else []
        additions = list(zip(published, cutter.written, strict=True))
        self._indices.add(index, staging.name, additions, cutter.rejected, origin)
        return self._folder / aside[0] if aside else None


@contextmanager
def room() -> Iterator[None]:
    """Turns a full disk into an error of Trawl. Raises `NO_ROOM`."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise TrawlError(Code.NO_ROOM, "there is no room left on the disk for the events") from error


def _size(file: str) -> int:
    """Bytes of a file; 0 for what is none, or may not be looked at, which is told when it is opened."""
    try:
        found = Path(file).stat()
    except OSError:
        return 0
    return found.st_size if S_ISREG(found.st_mode) else 0
