"""What goes out about tasks: the answers of every call but the pages of a result."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from trawl.api.base import Shape, absent
from trawl.errors import Code, Notice, Span, TrawlError, locate
from trawl.tasks import journal
from trawl.tasks.service import DryRun
from trawl.tasks.task import Failure, Status, Task

Time = str
"""ISO 8601 in UTC with `Z`, 3 to 9 fractional digits."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class Position(Shape):
    """A place in the query's text: offsets in code points, line and column counted from 1."""

    start: int
    end: int
    line: int
    column: int


class Fault(Shape):
    """What went wrong."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="A stable name out of the catalogue of errors.", examples=["unknown_command"])
    reason: str = Field(description="What was found and what was expected.")
    hint: str | None = absent("What might have been meant, or what to do.")
    position: Position | None = absent("Where in the query.")
    excerpt: str | None = absent("The line of the query, marked.")

    @classmethod
    def of(cls, failure: Failure) -> Self:
        """Why a task failed."""
        position = None if failure.position is None else Position(**failure.position)
        return cls(
            type=failure.type, reason=failure.reason, hint=failure.hint, position=position, excerpt=failure.excerpt
        )

    def error(self) -> TrawlError:
        """The error that was told; one of a code unknown here counts as a fault of the program."""
        known = self.type in set(Code)
        code = Code(self.type) if known else Code.INTERNAL_ERROR
        span = None if self.position is None else Span(self.position.start, self.position.end)
        return TrawlError(code, self.reason, hint=self.hint, span=span, facts=self.model_extra)


class ErrorAnswer(Shape):
    """The body of every answer that is an error."""

    error: Fault
    status: int = Field(description="The HTTP status again.", examples=[400])


class Warning(Shape):
    """Something about the search that is worth knowing."""

    code: str = Field(examples=["unknown_field"])
    message: str
    position: Position | None = absent("Where in the query.")
    count: int | None = absent("How often it happened, for faults found in the data.")

    @classmethod
    def of(cls, notice: Notice, query: str) -> Self:
        """The warning with its place in the query."""
        position = None if notice.span is None else Position(**locate(query, notice.span))
        return cls(code=notice.code, message=notice.message, position=position, count=notice.count)


class Accepted(Shape):
    """A task that was made."""

    id: str = Field(description="The task's id; opaque, sorts by time.")
    status: Status
    created: Time
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
    scanned_rows: int
    total_rows: int
    scanned_bytes: int
    total_bytes: int
    eta_seconds: float | None = Field(description="How long it may still take; null where nothing can be said yet.")


class TaskAnswer(Shape):
    """A task as it is now."""

    id: str
    name: str | None
    query: str
    owner: str
    status: Status
    is_partial: bool = Field(description="Whether the result is not all that the query asks for.")
    created: Time
    started: Time | None
    finished: Time | None
    expires: Time | None = Field(description="When the result is deleted; null: not before somebody does.")
    dt_field_name: str
    dt_start: Time
    dt_end: Time
    progress: Progress
    rows: int = Field(description="Rows that can be read now.")
    result_bytes: int
    queue_position: int | None = Field(description="From 1, while the task is queued; null in lists.")
    attempt: int
    warnings: list[Warning]
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

    tasks: list[TaskAnswer]
    total: int = Field(description="How many match, on all pages together.")


class LogLine(Shape):
    """A line of a task's log."""

    seq: int
    time: Time
    level: journal.Level
    phase: journal.Phase
    command: str | None = absent("The command of the query that it is about.")
    message: str

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

    id: str
    logs: list[LogLine]
    next: int = Field(description="The `from` that goes on after these lines.")


class StoppedAll(Shape):
    """What became of a wish to stop all tasks."""

    stopped: list[str] = Field(description="Ids of the tasks that were stopped.")
    failed: list[str] = Field(description="Ids of those that could not be stopped.")


class Deleted(Shape):
    """A task whose result is gone from disk."""

    id: str
    deleted: Literal[True] = True
    freed_bytes: int


class DryRunAnswer(Shape):
    """What a query would read."""

    query: str = Field(description="The query in canonical form.")
    plan: str = Field(description="The plan, for people: a relation a line.")
    sources: list[str]
    files: int
    rows: int
    bytes: int
    warnings: list[Warning]

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
            warnings=[Warning.of(notice, query) for notice in found.warnings],
        )


class Health(Shape):
    """How the server is."""

    status: Literal["live", "ready"]


class ClusterSettingsAnswer(Shape):
    """Settings as OpenSearch shows them: values as text; nested objects, or flat keys if asked for."""

    persistent: dict[str, Any]
    transient: dict[str, Any]
    defaults: dict[str, Any] | None = absent("Those not changed; with `include_defaults=true`.")


class SettingsAcknowledged(Shape):
    """Settings that were changed."""

    acknowledged: Literal[True] = True
    persistent: dict[str, Any]
    transient: dict[str, Any]
