"""What goes out on an event stream."""

from __future__ import annotations

from trawl.api.answers import LogLine, Progress, Time, progress_of
from trawl.api.base import Shape
from trawl.tasks.journal import Event, Logged, Moved, Progressed
from trawl.tasks.task import Status


class StateEvent(Shape):
    """The task came to a status."""

    id: str
    time: Time
    status: Status
    attempt: int


class ProgressEvent(Shape):
    """The task went on."""

    id: str
    progress: Progress
    rows: int
    result_bytes: int


class LogEvent(Shape):
    """The task's log has a new line."""

    id: str
    line: LogLine


def told(event: Event) -> tuple[str, Shape]:
    """The event's name on the stream, and its data."""
    match event:
        case Moved():
            return "state", StateEvent(id=event.task, time=str(event.time), status=event.status, attempt=event.attempt)
        case Progressed():
            return "progress", ProgressEvent(
                id=event.task, progress=progress_of(event), rows=event.rows, result_bytes=event.result_bytes
            )
        case Logged():
            return "log", LogEvent(id=event.task, line=LogLine.of(event.line))
