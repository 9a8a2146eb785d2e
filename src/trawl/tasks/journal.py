"""What happened to tasks, in the order it happened: moves, log lines. One sequence for all of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

import sqlalchemy as sql

from trawl.tasks.tables import journal, tasks
from trawl.tasks.task import Progress, Status
from trawl.values import Instant


class Level(StrEnum):
    """How much a log line matters, least first."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"

    @property
    def and_above(self) -> tuple[Level, ...]:
        """This level and those that matter more."""
        levels = tuple(Level)
        return levels[levels.index(self) :]


class Phase(StrEnum):
    """What a task is doing; also the rows of `executionCost` (api.md 4)."""

    QUEUE = "queue"
    PLAN = "plan"
    SEARCH = "search"
    WRITE = "write"
    STATS = "stats"
    COST = "cost"


def now() -> Instant:
    """The time by this host's clock."""
    return Instant(time.time_ns())


def brief(text: str) -> str:
    """A text as a line of a log shows it: not longer than 500 signs."""
    return text if len(text) <= 500 else text[:499] + "…"


@dataclass(frozen=True, slots=True)
class Note:
    """A log line to be: what `Journal.write` gives a number. `command` is the one of the query it is about."""

    level: Level
    phase: Phase
    message: str
    command: str | None = None
    time: Instant = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a task's log (api.md 5)."""

    seq: int
    time: Instant
    level: Level
    phase: Phase
    message: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The task came to a status."""

    seq: int
    time: Instant
    task: str
    status: Status
    attempt: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """The task went on. `seq` is that of the last entry before it."""

    seq: int
    task: str
    progress: Progress
    rows: int
    result_bytes: int


@dataclass(frozen=True, slots=True)
class Logged:
    """The task's log has a new line."""

    seq: int
    task: str
    line: Line


Event: TypeAlias = Moved | Progressed | Logged
"""What an event stream carries; `seq` is what `Last-Event-ID` names."""


_INSERT: Final = sql.insert(journal)


def write_notes(connection: sql.Connection, task: str, notes: Iterable[Note]) -> None:
    """Adds log lines, within the transaction that they belong to."""
    rows = [
        {
            "task_id": task,
            "time": note.time.nanoseconds,
            "level": note.level.value,
            "phase": note.phase.value,
            "command": note.command,
            "message": note.message,
        }
        for note in notes
    ]
    if rows:
        connection.execute(_INSERT, rows)


def write_move(connection: sql.Connection, task: str, status: Status, attempt: int) -> None:
    """Adds a move, within the transaction that makes it."""
    values = {"task_id": task, "time": now().nanoseconds, "status": status.value, "attempt": attempt}
    connection.execute(_INSERT, values)


class Journal:
    """Reads what was written."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def lines(self, task: str, start: int = 0, level: Level = Level.DEBUG, limit: int = 10_000) -> tuple[Line, ...]:
        """The log lines of a task with `seq >= start` of this level and above, at most `limit`."""
        wanted = (
            sql.select(journal)
            .where(journal.c.task_id == task, journal.c.seq >= start, journal.c.level.in_(level.and_above))
            .order_by(journal.c.seq)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return tuple(_line(row) for row in connection.execute(wanted))

    def events(self, task: str | None, owner: str | None, after: int, limit: int = 1000) -> list[Moved | Logged]:
        """What was written after entry `after`: of one task, or of all those of an owner (None: of everybody)."""
        wanted = sql.select(journal).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
        if task is not None:
            wanted = wanted.where(journal.c.task_id == task)
        if owner is not None:
            wanted = wanted.join(tasks).where(tasks.c.owner == owner)
        with self._engine.connect() as connection:
            return [
                Logged(row.seq, row.task_id, _line(row))
                if row.status is None
                else Moved(row.seq, Instant(row.time), row.task_id, Status(row.status), row.attempt)
                for row in connection.execute(wanted)
            ]

    def last(self) -> int:
        """The number of the newest entry."""
        with self._engine.connect() as connection:
            return connection.execute(sql.select(sql.func.max(journal.c.seq))).scalar() or 0


def _line(row: Any) -> Line:
    return Line(row.seq, Instant(row.time), Level(row.level), Phase(row.phase), row.message, row.command)
