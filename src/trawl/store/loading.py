"""Loads files into an index: read, cut into segments, written, made visible at once."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from trawl.store.chunk import Chunk, Reject
from trawl.store.index import Indices, check_name
from trawl.store.inputs import Format, read_chunks
from trawl.store.inputs.opening import STDIN, Opened, opened
from trawl.store.segments import Written, write_segment
from trawl.store.staging import Staging, staged
from trawl.store.timing import TimeRule

SEGMENT_ROWS: Final = 1_000_000
SEGMENT_BYTES: Final = 256 << 20
"""A segment is cut after so many events, or so many bytes of them in memory."""

SHOWN_REJECTS: Final = 10


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
class PutAside:
    """Input that became no event: the file, the line or record there, and why."""

    file: str
    line: int
    reason: str


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
    """One load while it runs."""

    def __init__(self, indices: Indices, folder: Path, index: str, report: Report | None) -> None:
        self._indices = indices
        self._folder = folder
        self._index = check_name(index)
        self._report = report
        self._pending: list[Chunk] = []
        self._written: list[Written] = []
        self._events = 0
        self._rejected = 0
        self._rejects: list[PutAside] = []
        self._merged: Counter[str] = Counter()
        self._long_integers = 0
        self._bytes_read = 0

    def run(self, files: Sequence[str], format_: Format, rule: TimeRule) -> Loaded:
        """Loads the files in their order.

        Raises:
            TrawlError: `UNREADABLE_FILE`; nothing has been loaded then.
        """
        started = time.monotonic()
        total = None if STDIN in files else sum(_size(file) for file in files)
        with staged(self._folder, self._indices.is_committed) as staging:
            for file in files:
                with opened(file) as source:
                    for chunk in read_chunks(source, format_, rule):
                        self._take(chunk, source, staging)
                        self._tell(self._bytes_read + source.bytes_read, total)
                    self._bytes_read += source.bytes_read
            self._cut(staging)
            return self._commit(staging, started)

    def _take(self, chunk: Chunk, source: Opened, staging: Staging) -> None:
        self._events += chunk.rows
        self._merged.update(chunk.merged)
        self._long_integers += chunk.long_integers
        if chunk.rejects:
            self._put_aside(chunk.rejects, source.name, staging)
        if chunk.rows:
            self._pending.append(chunk)
        if (
            sum(chunk.rows for chunk in self._pending) >= SEGMENT_ROWS
            or sum(chunk.nbytes for chunk in self._pending) >= SEGMENT_BYTES
        ):
            self._cut(staging)

    def _put_aside(self, rejects: Iterable[Reject], file: str, staging: Staging) -> None:
        with (staging.own / _REJECTED).open("a", encoding="utf-8") as kept:
            for reject in rejects:
                self._rejected += 1
                if len(self._rejects) < SHOWN_REJECTS:
                    self._rejects.append(PutAside(file, reject.line, reject.reason))
                shown = {"file": file, "line": reject.line, "reason": reject.reason, "text": reject.text}
                kept.write(json.dumps(shown, ensure_ascii=False) + "\n")

    def _cut(self, staging: Staging) -> None:
        """Writes the pending events as a segment."""
        if self._pending:
            rows = sum(chunk.rows for chunk in self._pending)
            path = staging.own / f"{len(self._written)}.parquet"
            self._written.append(write_segment(path, self._pending, self._indices.reserve(self._index, rows)))
            self._pending = []

    def _commit(self, staging: Staging, started: float) -> Loaded:
        rejected = staging.own / _REJECTED
        published = staging.publish([written.path for written in self._written])
        aside = None
        if self._rejected:
            with rejected.open("rb+") as file:
                os.fsync(file.fileno())
            (aside,) = staging.publish([rejected])
        if not self._written:
            self._indices.reserve(self._index, 0)
        self._indices.add(self._index, staging.name, list(zip(published, self._written, strict=True)), self._rejected)
        source = self._indices.source(self._index)
        return Loaded(
            index=self._index,
            events=self._events,
            fields=len(source.schema) if source else 0,
            segments=len(self._written),
            bytes_read=self._bytes_read,
            bytes_written=sum(written.bytes for written in self._written),
            seconds=time.monotonic() - started,
            rejected=self._rejected,
            rejects=tuple(self._rejects),
            rejected_file=aside and self._folder / aside,
            merged=dict(self._merged),
            long_integers=self._long_integers,
        )

    def _tell(self, bytes_read: int, total: int | None) -> None:
        if self._report is not None:
            self._report(Progress(self._events, self._rejected, bytes_read, total))


_REJECTED: Final = "rejected.jsonl"


def _size(file: str) -> int:
    path = Path(file)
    return path.stat().st_size if path.is_file() else 0
