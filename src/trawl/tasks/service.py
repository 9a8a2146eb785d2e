"""What the server and the command line call: every verb there is about tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from trawl.errors import Notice
from trawl.results.reader import Result
from trawl.tasks.journal import Event, Line
from trawl.tasks.listing import Filter
from trawl.tasks.task import Status, Task
from trawl.tasks.wanted import Wanted


@dataclass(frozen=True)
class DryRun:
    """What a query would do, without doing it.

    Attributes:
        query: the canonical text. plan: for people, a relation a line.
        files, rows, bytes: what its sources hold within its range, before any row is filtered.
    """

    query: str
    plan: str
    sources: tuple[str, ...]
    files: int
    rows: int
    bytes: int
    warnings: tuple[Notice, ...]


@dataclass(frozen=True)
class Answer:
    """What a task has to show.

    Attributes:
        result: the rows readable now; None where there are none yet.
        sidebar, timeline, cost: JSON values of the wire (api.md 4); None where not asked for or not ready.
    """

    task: Task
    result: Result | None
    sidebar: Any
    timeline: Any
    cost: Any


@dataclass(frozen=True)
class Export:
    """A file wanted of a result (api.md 8).

    Attributes:
        file_name, file_type: as asked for; the extension is appended where it lacks.
        compress: as a `.zip` that holds the file. rows: how many at most, None for all.
        fields: which columns, None for all. partial: whether an unfinished task will do.
        bom, escape_formulas: options of csv.
    """

    file_name: str
    file_type: str
    compress: bool = False
    rows: int | None = 10_000
    fields: tuple[str, ...] | None = None
    partial: bool = False
    bom: bool = False
    escape_formulas: bool = False


@dataclass(frozen=True)
class ExportStream:
    """A file on its way. Closing `chunks` before its end stops the process that makes it.

    Attributes:
        name: with extension. rows: how many it holds. is_partial: made of a result that is not whole.
    """

    name: str
    media_type: str
    rows: int
    is_partial: bool
    chunks: Iterator[bytes]


class Tasks:
    """All there is to do about tasks. Thread-safe. An `owner` of None sees the tasks of everybody.

    Every method that takes an id raises `TASK_NOT_FOUND` where the owner has no such task and `TASK_GONE`
    (facts: `deletedAt`, `deletedBy`, `why`, `request`) where it was deleted or has expired.
    """

    def submit(self, wanted: Wanted, owner: str, idempotency_key: str | None = None) -> Task:
        """Plans the query now and runs it later.

        Raises:
            TrawlError: whatever makes the query one that cannot run; `INVALID_TIME`; `TOO_MANY_TASKS`;
                `NO_ROOM`; `IDEMPOTENCY_CONFLICT`.
        """
        raise NotImplementedError

    def dry_run(self, wanted: Wanted) -> DryRun:
        """Plans the query and says what it would read; makes no task. Raises what `submit` does."""
        raise NotImplementedError

    def get(self, id: str, owner: str | None) -> Task:
        """The task as it is now."""
        raise NotImplementedError

    def list(self, wanted: Filter) -> tuple[Iterator[Task], int]:
        """The tasks, newest first, read as they are asked for; and how many there are in all."""
        raise NotImplementedError

    def stop(self, id: str, owner: str | None, by: str) -> Task:
        """Asks the task to stop and waits until it has, 2 s at most.

        Raises:
            TrawlError: `WRONG_STATE` where it had finished, or ended first.
        """
        raise NotImplementedError

    def stop_all(self, owner: str | None, by: str) -> tuple[str, ...]:
        """Stops every unfinished task; the ids of those that were stopped."""
        raise NotImplementedError

    def delete(self, id: str, owner: str | None, by: str) -> int:
        """Deletes a finished task's result and logs; the bytes freed. `WRONG_STATE` for an unfinished one."""
        raise NotImplementedError

    def keep(self, id: str, owner: str | None, ttl: str) -> Task:
        """Sets how long the result is kept, counted from the task's end. `MALFORMED_REQUEST` for a bad `ttl`."""
        raise NotImplementedError

    def logs(self, id: str, owner: str | None, start: int = 0, level: str = "DEBUG") -> tuple[tuple[Line, ...], int]:
        """The log lines with `seq >= start` of this level and above, and the `start` to go on from."""
        raise NotImplementedError

    def answer(self, id: str, owner: str | None) -> Answer:
        """What can be read of the task now."""
        raise NotImplementedError

    def export(self, id: str, owner: str | None, wanted: Export) -> ExportStream:
        """The result as a file, formatted in a process of its own.

        Raises:
            TrawlError: `WRONG_STATE` for an unfinished task without `partial`; `MALFORMED_REQUEST` for a name
                or type that is none.
        """
        raise NotImplementedError

    def events(self, id: str | None, owner: str | None, after: int | None = None) -> AsyncIterator[Event]:
        """What happens to one task (until its end) or to all, as it happens, from just after event `after`."""
        raise NotImplementedError

    def watch(self, id: str, owner: str | None) -> Iterator[Task]:
        """The task each time that it changed, its end state last; blocks in between."""
        raise NotImplementedError


__all__ = ["Answer", "DryRun", "Event", "Export", "ExportStream", "Filter", "Line", "Status", "Task", "Tasks", "Wanted"]
