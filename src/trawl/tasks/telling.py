"""What an attempt has to say: how far it is, its warnings, its log. One thread gathers it, another sends it off."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from trawl.engines.base import Progress as Scanned
from trawl.errors import Notice
from trawl.planning import Plan
from trawl.results.writer import Writer
from trawl.tasks.journal import Level, Note, Phase
from trawl.tasks.store import Report
from trawl.tasks.task import Progress, Task
from trawl.tasks.warned import Warnings


class Telling:
    """Makes the reports of one attempt."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._notes: list[Note] = []
        self._warnings = Warnings(task.wanted.query)
        self._progress = Progress()
        self._began = time.monotonic()
        self._floor = self._ceiling = 0.0
        self._again = False
        self._writer: Writer | None = None
        self._progressive = False

    @property
    def seconds(self) -> float:
        """Since the attempt began."""
        return time.monotonic() - self._began

    def note(self, level: Level, phase: Phase, message: str) -> None:
        """Adds a line to the log."""
        with self._lock:
            self._notes.append(Note(level, phase, message))

    def warn(self, notices: Iterable[Notice], phase: Phase, *plans: Plan) -> None:
        """Adds warnings, those that are new; the plans tell which command each is about."""
        steps = [step for planned in plans for step in planned.steps]
        with self._lock:
            self._notes.extend(self._warnings.add(notices, phase, steps))

    def written_by(self, writer: Writer, *, progressive: bool) -> None:
        """From now on a report counts the rows that this writer has made readable."""
        self._writer, self._progressive = writer, progressive

    def between(self, floor: float, ceiling: float, *, again: bool = False) -> None:
        """What is scanned from now on leads from one percentage to another.

        Args:
            again: whether that was searched before: it moves the percentage alone, and counts no row twice.
        """
        self._floor, self._ceiling, self._again = floor, ceiling, again

    def advance(self, scanned: Scanned) -> None:
        """Notes how much is scanned; no figure ever falls."""
        before = self._progress
        percent = max(before.percent, round(self._floor + (self._ceiling - self._floor) * scanned.fraction, 1))
        eta = round(self.seconds * (100 - percent) / percent, 1) if percent >= 2 else None
        if self._again:
            self._progress = replace(before, percent=percent, eta_seconds=eta)
            return
        self._progress = Progress(
            percent=percent,
            scanned_rows=max(before.scanned_rows, scanned.scanned_rows),
            total_rows=max(before.total_rows, scanned.total_rows),
            scanned_bytes=max(before.scanned_bytes, scanned.scanned_bytes),
            total_bytes=max(before.total_bytes, scanned.total_bytes),
            eta_seconds=eta,
        )

    def report(self, *, percent: float | None = None) -> Report:
        """How things are, and what was noted since the last report.

        Args:
            percent: the last word on it, in the report that is the last.
        """
        manifest = self._writer.manifest if self._writer is not None else None
        readable = manifest if manifest is not None and (self._progressive or manifest.complete) else None
        told = self._progress
        if percent is not None:
            figures = (told.scanned_rows, told.total_rows, told.scanned_bytes, told.total_bytes)
            told = Progress(max(percent, told.percent), *figures)
        with self._lock:
            notes, self._notes = tuple(self._notes), []
            return Report(
                task=self._task.id,
                attempt=self._task.attempt,
                progress=told,
                rows=readable.rows if readable else 0,
                result_bytes=readable.bytes if readable else 0,
                warnings=self._warnings.all,
                notes=notes,
            )
