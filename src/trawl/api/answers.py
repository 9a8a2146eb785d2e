"""What goes out about tasks: the answers of every call but the pages of a result."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from trawl.api.base import Shape, absent
from trawl.api.faults import Fault, Warning
from trawl.commands.base import ToIndex, ToLookup
from trawl.tasks import journal
from trawl.tasks.service import DryRun
from trawl.tasks.task import Status, Task

Time = str
"""ISO 8601 in UTC with `Z`, 3 to 9 fractional digits."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class Accepted(Shape):
    """A task that was made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199c2a4-5a00-7000-8000-000000000000",
                    "status": "QUEUED",
                    "created": "2026-01-01T12:00:00.000Z",
                    "dtStart": "2025-12-31T12:00:00.000Z",
                    "dtEnd": "2026-01-01T12:00:00.000Z",
                }
            ]
        }
    )

    id: str = Field(description="The task's id; opaque, sorts by time.")
    status: Status = Field(description="`QUEUED`, or what became of the task that the same `Idempotency-Key` made.")
    created: Time = Field(description="When it was accepted; what `now` means in it.")
    dt_start: Time = Field(description="Start of the range as resolved, inclusive.")
    dt_end: Time = Field(description="End of the range as resolved, exclusive.")

    @classmethod
    def of(cls, task: Task) -> Self:
        """What is told of a task when it was made."""
        return cls(
            id=task.id,
            status=task.status,
            created=str(task.created),
            dt_start=str(task.range.start),
            dt_end=str(task.range.end),
        )


class Progress(Shape):
    """How far a task is."""

    percent: float = Field(description="0 to 100; never falls within an attempt; 100 only when completed.")
    scanned_rows: int = Field(
        description="Rows that the search has read so far; statistics that read them again add none."
    )
    total_rows: int = Field(description="Rows that the search has to read.")
    scanned_bytes: int = Field(description="Bytes that the search has read so far.")
    total_bytes: int = Field(description="Bytes that the search has to read.")
    eta_seconds: float | None = Field(description="How long it may still take; null where nothing can be said yet.")


class TaskAnswer(Shape):
    """A task as it is now."""

    id: str = Field(description="Its id.")
    name: str | None = Field(description="Its label.")
    query: str = Field(description="The query as it was sent.")
    owner: str = Field(description="Who made it.")
    status: Status = Field(description="Where it is in its life.")
    is_partial: bool = Field(description="Whether the result is not all that the query asks for.")
    created: Time = Field(description="When it was accepted; what `now` means in it.")
    started: Time | None = Field(description="When the present attempt began.")
    finished: Time | None = Field(description="When it ended.")
    expires: Time | None = Field(description="When the result is deleted; null: not before somebody does.")
    dt_field_name: str = Field(description="The field that holds the timestamp.")
    dt_start: Time = Field(description="Start of the range as resolved, inclusive.")
    dt_end: Time = Field(description="End of the range as resolved, exclusive.")
    progress: Progress = Field(description="How far it is.")
    rows: int = Field(description="Rows that can be read now.")
    result_bytes: int = Field(description="Size of the result on disk.")
    queue_position: int | None = Field(description="From 1, while the task is queued; null in lists.")
    attempt: int = Field(description="How often a worker has picked it up.")
    warnings: list[Warning] = Field(description="What is worth knowing about it.")
    error: Fault | None = Field(description="Why it failed.")

    @classmethod
    def of(cls, task: Task) -> Self:
        """Everything that is told of a task."""
        return cls(
            id=task.id,
            name=task.wanted.name,
            query=task.wanted.query,
            owner=task.owner,
            status=task.status,
            is_partial=task.is_partial,
            created=str(task.created),
            started=_text(task.started),
            finished=_text(task.finished),
            expires=_text(task.expires),
            dt_field_name=task.time_field,
            dt_start=str(task.range.start),
            dt_end=str(task.range.end),
            progress=progress_of(task),
            rows=task.rows,
            result_bytes=task.result_bytes,
            queue_position=task.queue_position,
            attempt=task.attempt,
            warnings=[Warning.of(notice, task.wanted.query) for notice in task.warnings],
            error=None if task.error is None else Fault.of(task.error),
        )


def progress_of(has: Task | journal.Progressed) -> Progress:
    """The progress of a task, or that an event tells of."""
    far = has.progress
    return Progress(
        percent=far.percent,
        scanned_rows=far.scanned_rows,
        total_rows=far.total_rows,
        scanned_bytes=far.scanned_bytes,
        total_bytes=far.total_bytes,
        eta_seconds=far.eta_seconds,
    )


class TaskList(Shape):
    """Tasks, newest first."""

    tasks: list[TaskAnswer] = Field(description="Newest first.")
    total: int = Field(description="How many match, on all pages together.")


class LogLine(Shape):
    """A line of a task's log."""

    seq: int = Field(description="Its number, ascending.")
    time: Time = Field(description="When it happened.")
    level: journal.Level = Field(description="How much it matters.")
    phase: journal.Phase = Field(description="What the task was doing.")
    command: str | None = absent("The command of the query that it is about.")
    message: str = Field(description="What happened.")

    @classmethod
    def of(cls, line: journal.Line) -> Self:
        """The line as the wire has it."""
        return cls(
            seq=line.seq,
            time=str(line.time),
            level=line.level,
            phase=line.phase,
            command=line.command,
            message=line.message,
        )


class Logs(Shape):
    """Lines of a task's log, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199c2a4-5a00-7000-8000-000000000000",
                    "logs": [
                        {
                            "seq": 1,
                            "time": "2026-01-01T12:00:00.000Z",
                            "level": "INFO",
                            "phase": "queue",
                            "message": "accepted: source web",
                        }
                    ],
                    "next": 2,
                }
            ]
        }
    )

    id: str = Field(description="The task.")
    logs: list[LogLine] = Field(description="Its lines.")
    next: int = Field(description="The `from` that goes on after these lines; 10,000 are the most in one answer.")


class StoppedAll(Shape):
    """What became of a wish to stop all tasks."""

    stopped: list[str] = Field(description="Ids of the tasks that are stopped now.")
    failed: list[str] = Field(description="Ids of those that have not ended yet, though they were asked to.")


class Deleted(Shape):
    """A task whose result is gone from disk."""

    id: str = Field(description="The task.")
    deleted: Literal[True] = Field(default=True, description="It is.")
    freed_bytes: int = Field(description="Bytes that are free again.")


class OutputAnswer(Shape):
    """What a query would write, once it has completed with all of its rows."""

    kind: Literal["lookup", "index"] = Field(description="What the rows become.")
    name: str = Field(description="Its name.")
    action: Literal["append", "replace"] = Field(
        description="Whether they go behind those that are there, or in their place."
    )
    keeps_if_empty: bool = Field(description="Whether it stays as it is where there are no rows.")

    @classmethod
    def of(cls, target: ToLookup | ToIndex) -> Self:
        """Where a command writes to, and how."""
        if isinstance(target, ToIndex):
            return cls(kind="index", name=target.index, action="append", keeps_if_empty=True)
        action: Literal["append", "replace"] = "append" if target.appends else "replace"
        return cls(kind="lookup", name=target.name, action=action, keeps_if_empty=target.keeps or target.appends)


class DryRunAnswer(Shape):
    """What a query would read and write."""

    query: str = Field(description="The query in canonical form.")
    plan: str = Field(description="The plan, for people: a relation a line.")
    sources: list[str] = Field(description="The sources that it reads.")
    files: int = Field(description="Files within its range.")
    rows: int = Field(description="Rows of those files.")
    bytes: int = Field(description="Bytes of those files.")
    outputs: list[OutputAnswer] = Field(description="What `outputlookup` and `collect` would write, in order.")
    warnings: list[Warning] = Field(description="What is worth knowing about the query.")

    @classmethod
    def of(cls, found: DryRun, query: str) -> Self:
        """What planning the query found."""
        return cls(
            query=found.query,
            plan=found.plan,
            sources=list(found.sources),
            files=found.files,
            rows=found.rows,
            bytes=found.bytes,
            outputs=[OutputAnswer.of(target) for target in found.targets],
            warnings=[Warning.of(notice, query) for notice in found.warnings],
        )


class Health(Shape):
    """How the server is."""

    status: Literal["live", "ready"] = Field(description="What was asked for, and is so.")


class ClusterSettingsAnswer(Shape):
    """Settings as OpenSearch shows them: values as text; nested objects, or flat keys if asked for."""

    persistent: dict[str, Any] = Field(description="Settings that stay.")
    transient: dict[str, Any] = Field(description="Settings that last until the server starts again, and win.")
    defaults: dict[str, Any] | None = absent("Those not changed; with `include_defaults=true`.")


class SettingsAcknowledged(Shape):
    """Settings that were changed."""

    acknowledged: Literal[True] = Field(default=True, description="They hold.")
    persistent: dict[str, Any] = Field(description="Those that stay.")
    transient: dict[str, Any] = Field(description="Those that last until the server starts again.")
