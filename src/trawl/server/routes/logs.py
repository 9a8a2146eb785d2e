"""What happened to a task: its log, and the stream of events that makes polling needless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from trawl.api.answers import LogLine, Logs
from trawl.api.events import told
from trawl.api.requests import LogParameters
from trawl.errors import Code
from trawl.server.answers import shaped
from trawl.server.caller import CallerOf
from trawl.server.documented import TASK_CODES, answers, errors
from trawl.server.services import TaskId, TasksOf
from trawl.tasks.journal import Event

router = APIRouter(tags=["logs"])

QUIET_SECONDS: Final = 15.0
"""After so long without an event a comment is sent, so that nothing between takes the stream for dead."""

STREAM: Final[dict[int | str, Any]] = {
    200: {
        "description": "Server-sent events `state`, `progress` and `log`, each with an `id` to resume from.",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "event": {"type": "string", "enum": ["state", "progress", "log"]},
                        "id": {"type": "string"},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                }
            }
        },
    }
}

LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", description="Go on from just after this event.", ge=0, le=1 << 62, examples=[12]),
]


@router.get("/logs/{id}", responses=answers(Logs, "The lines of the log.", *TASK_CODES, Code.MALFORMED_REQUEST))
def logs(id: TaskId, parameters: Annotated[LogParameters, Query()], tasks: TasksOf, caller: CallerOf) -> Response:
    """The log of a task, whenever it is asked for; 10,000 lines at most in one answer.

    `next` is the `from` that goes on after them; where no line follows yet, the answer to it is empty.
    """
    lines, following = tasks.logs(id, caller.sees, parameters.start, parameters.level)
    return shaped(Logs(id=id, logs=[LogLine.of(line) for line in lines], next=following))


@router.get("/events/{id}", responses=STREAM | errors(*TASK_CODES, Code.MALFORMED_REQUEST))
async def events(id: TaskId, tasks: TasksOf, caller: CallerOf, last_event_id: LastEventId = None) -> Response:
    """What happens to a task, as it happens, until its end."""
    await run_in_threadpool(tasks.get, id, caller.sees)  # an error is an answer only before the stream begins
    return _stream(tasks.events(id, caller.sees, last_event_id))


@router.get("/events", responses=STREAM | errors(Code.MALFORMED_REQUEST))
async def every_event(tasks: TasksOf, caller: CallerOf, last_event_id: LastEventId = None) -> Response:
    """What happens to all tasks that the caller may see, as it happens."""
    return _stream(tasks.events(None, caller.sees, last_event_id))


def _stream(found: AsyncIterator[Event]) -> Response:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_kept_alive(found), 200, headers, "text/event-stream")


async def _kept_alive(found: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    coming: asyncio.Future[Event] | None = None
    try:
        yield format_sse_event(comment="the events of tasks")
        while True:
            coming = coming or asyncio.ensure_future(anext(found))
            done, _ = await asyncio.wait({coming}, timeout=QUIET_SECONDS)
            if not done:
                yield format_sse_event(comment="nothing new")
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                return
            coming = None
            yield _written(event)
    finally:
        if coming is not None:
            coming.cancel()


def _written(event: Event) -> bytes:
    kind, data = told(event)
    return format_sse_event(event=kind, id=str(event.seq), data_str=data.json_bytes().decode())
