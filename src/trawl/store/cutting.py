"""Cuts a stream of chunks into segments, and keeps count of what was put aside."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from trawl.errors import printable
from trawl.store.chunk import Chunk, Reject
from trawl.store.merging import Size, merge
from trawl.store.segments import Written, write_segment

SEGMENT: Final = Size(rows=1_000_000, bytes=256 << 20)
"""When a segment is cut."""

REJECTED_FILE: Final = "rejected.jsonl"

_SHOWN_REJECTS: Final = 10


@dataclass(frozen=True)
class PutAside:
    """Input that became no event: the file, the line or record there, and why."""

    file: str
    line: int
    reason: str


class Cutter:
    """Writes segments into a folder as chunks come.

    Args:
        folder: to write in.
        reserve: the number of the first of so many events.

    Attributes:
        written: the segments so far.
        events, rejected: what became events, what did not.
        rejects: the first few of the latter; all are in `rejected_file`.
        merged, long_integers: summed over the chunks (`Chunk`).
    """

    def __init__(self, folder: Path, reserve: Callable[[int], int]) -> None:
        self._folder = folder
        self._reserve = reserve
        self._pending: list[Chunk] = []
        self._pending_rows = self._pending_bytes = 0
        self.written: list[Written] = []
        self.events = self.rejected = self.long_integers = 0
        self.rejects: list[PutAside] = []
        self.merged: Counter[str] = Counter()

    @property
    def rejected_file(self) -> Path:
        """Where all that was put aside is kept, one JSON object a line; there is none without any."""
        return self._folder / REJECTED_FILE

    def take(self, chunk: Chunk, file: str) -> None:
        """The next events of a file."""
        self.events += chunk.rows
        self.merged.update(chunk.merged)
        self.long_integers += chunk.long_integers
        if chunk.rejects:
            self._put_aside(chunk.rejects, printable(file))
        if chunk.rows:
            self._pending.append(chunk)
            self._pending_rows += chunk.rows
            self._pending_bytes += chunk.nbytes
        if self._pending_rows >= SEGMENT.rows or self._pending_bytes >= SEGMENT.bytes:
            self._cut(holds_back=True)

    def finish(self) -> None:
        """Writes what is left, and brings segments that touch in time apart. All files are synced then."""
        if self._pending:
            self._cut(holds_back=False)
        self.written = merge(self.written, self._folder, SEGMENT)
        if self.rejected:
            with self.rejected_file.open("rb+") as kept:
                os.fsync(kept.fileno())

    def _cut(self, *, holds_back: bool) -> None:
        """Writes the pending events; of an input in order of time the last ones, of one time, may be held back."""
        later = None
        if holds_back:
            self._pending, later = _parted(self._pending)
        rows = sum(chunk.rows for chunk in self._pending)
        first = self._reserve(rows)
        path = self._folder / f"{len(self.written)}.parquet"
        numbers = pa.arange(first, first + rows)
        self.written.append(write_segment(path, self._pending, numbers, is_filtered=self._is_apart()))
        self._pending = [later] if later else []
        self._pending_rows = later.rows if later else 0
        self._pending_bytes = later.nbytes if later else 0

    def _is_apart(self) -> bool:
        """Whether the pending events touch no segment in time so far, so that they may well not be merged."""
        bounds = [pc.min_max(chunk.times) for chunk in self._pending]
        first, last = (extreme(bound[name].value for bound in bounds) for extreme, name in ((min, "min"), (max, "max")))
        return all(last < other.first.nanoseconds or other.last.nanoseconds < first for other in self.written)

    def _put_aside(self, rejects: Iterable[Reject], file: str) -> None:
        with self.rejected_file.open("a", encoding="utf-8") as kept:
            for reject in rejects:
                self.rejected += 1
                if len(self.rejects) < _SHOWN_REJECTS:
                    self.rejects.append(PutAside(file, reject.line, reject.reason))
                shown = {"file": file, "line": reject.line, "reason": reject.reason, "text": reject.text}
                kept.write(json.dumps(shown, ensure_ascii=False) + "\n")


def _parted(chunks: list[Chunk]) -> tuple[list[Chunk], Chunk | None]:
    """The chunks without the events of the last time, and those, where the last chunk has later ones only.

    An input in order of time, up or down, is so cut between two times and not within one.
    """
    last = pc.min_max(chunks[-1].times)
    others = [pc.min_max(chunk.times) for chunk in chunks[:-1]]
    for bound, beyond in (("max", pc.greater), ("min", pc.less)):
        if others and all(beyond(last[bound], other[bound]).as_py() for other in others):
            stay = pc.not_equal(chunks[-1].times, last[bound])
            if stay.true_count:
                return [*chunks[:-1], chunks[-1].only(stay)], chunks[-1].only(pc.invert(stay))
    return chunks, None
