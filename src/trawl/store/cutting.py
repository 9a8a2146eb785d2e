"""Cuts a stream of chunks into segments, and keeps count of what was put aside."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trawl.store.chunk import Chunk, Reject
from trawl.store.segments import Written, write_segment

SEGMENT_ROWS: Final = 1_000_000
SEGMENT_BYTES: Final = 256 << 20
"""A segment is cut after so many events, or so many bytes of them in memory."""

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
            self._put_aside(chunk.rejects, file)
        if chunk.rows:
            self._pending.append(chunk)
            self._pending_rows += chunk.rows
            self._pending_bytes += chunk.nbytes
        if self._pending_rows >= SEGMENT_ROWS or self._pending_bytes >= SEGMENT_BYTES:
            self._cut()

    def finish(self) -> None:
        """Writes what is left. All files are synced then."""
        if self._pending:
            self._cut()
        if self.rejected:
            with self.rejected_file.open("rb+") as kept:
                os.fsync(kept.fileno())

    def _cut(self) -> None:
        path = self._folder / f"{len(self.written)}.parquet"
        self.written.append(write_segment(path, self._pending, self._reserve(self._pending_rows)))
        self._pending = []
        self._pending_rows = self._pending_bytes = 0

    def _put_aside(self, rejects: Iterable[Reject], file: str) -> None:
        with self.rejected_file.open("a", encoding="utf-8") as kept:
            for reject in rejects:
                self.rejected += 1
                if len(self.rejects) < _SHOWN_REJECTS:
                    self.rejects.append(PutAside(file, reject.line, reject.reason))
                shown = {"file": file, "line": reject.line, "reason": reject.reason, "text": reject.text}
                kept.write(json.dumps(shown, ensure_ascii=False) + "\n")
