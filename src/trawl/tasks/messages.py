"""What a supervisor and a worker say to each other over their pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from trawl.settings.process import Settings
from trawl.tasks.store import Ending, Report
from trawl.tasks.task import Task


@dataclass(frozen=True)
class Setup:
    """To a new worker: who it is."""

    settings: Settings


@dataclass(frozen=True)
class Begin:
    """To an idle worker: run this task.

    Attributes:
        memory_bytes: how much memory its engine may take. spill_bytes: how much it may spill.
        quota: how many bytes the result may take on disk; None for any.
    """

    task: Task
    memory_bytes: int
    spill_bytes: int
    quota: int | None


@dataclass(frozen=True)
class Stop:
    """To a busy worker: end this attempt soon."""

    task: str
    attempt: int


@dataclass(frozen=True)
class Ready:
    """From a new worker: it waits for a task."""


@dataclass(frozen=True)
class Done:
    """From a busy worker: how the attempt ended. It waits for the next task."""

    last: Report
    ending: Ending


ToWorker: TypeAlias = Setup | Begin | Stop
FromWorker: TypeAlias = Ready | Report | Done
