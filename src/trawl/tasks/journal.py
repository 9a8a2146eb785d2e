"""What happened to tasks, in the order it happened: moves, log lines. One sequence for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

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

    PLAN = "plan"
    QUEUE = "queue"
    SEARCH = "search"
    STATS = "stats"
    WRITE = "write"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a task's log (api.md 5). `command` names the command of the query that it is about."""

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
