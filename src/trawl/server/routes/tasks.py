"""Tasks: make one, see one or all, stop one or all, keep, delete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from trawl.api.answers import Accepted, Deleted, DryRunAnswer, StoppedAll, TaskAnswer, TaskList
from trawl.api.requests import CreateParameters, CreateTask, KeepTask, ListParameters, StopParameters
from trawl.errors import Code
from trawl.language.time import resolve
from trawl.server.answers import shaped, streamed
from trawl.server.audit import AuditOf
from trawl.server.caller import CallerOf
from trawl.server.documented import QUERY_CODES, TASK_CODES, answers
from trawl.server.services import ClusterOf, TaskId, TasksOf
from trawl.server.strict import StrictRoute
from trawl.tasks.listing import Filter
from trawl.tasks.task import Task
from trawl.values import Instant

router = APIRouter(tags=["tasks"], route_class=StrictRoute)

REFUSED = (Code.MALFORMED_REQUEST, Code.UNSUPPORTED_MEDIA_TYPE, Code.BODY_TOO_LARGE)
"""What may be wrong with any body."""


@router.post(
    "/request",
    status_code=202,
    responses=answers(
        Accepted,
        "The task was made and waits for a worker.",
        *REFUSED,
        Code.INVALID_TIME,
        *QUERY_CODES,
        Code.IDEMPOTENCY_CONFLICT,
        Code.TOO_MANY_TASKS,
        Code.NO_ROOM,
        status=202,
        headers={"Location": {"description": "Where the task's status is.", "schema": {"type": "string"}}},
    )
    | {
        200: {
            "model": DryRunAnswer,
            "description": "With `dryRun=true`: what the query would read and write. No task was made.",
        }
    },
)
def create(
    body: CreateTask,
    parameters: Annotated[CreateParameters, Query()],
    request: Request,
    tasks: TasksOf,
    caller: CallerOf,
    audit: AuditOf,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="The same key with the same body answers the same task; with another body 409.",
            min_length=1,
            max_length=255,
        ),
    ] = None,
) -> Response:
    """Plan the query now, run it later. A query that cannot be planned is a 422 and makes no task."""
    request.state.query = body.query
    wanted = body.wanted()
    if parameters.dry_run:
        return shaped(DryRunAnswer.of(tasks.dry_run(wanted), body.query))
    task = tasks.submit(wanted, caller.name, idempotency_key)
    audit.done("create", task=task.id)
    location = f"{request.app.state.base_path}/_sme/async_requests/status/{task.id}"
    return shaped(Accepted.of(task), 202, {"Location": location})


@router.get("/status/{id}", responses=answers(TaskAnswer, "The task as it is now.", *TASK_CODES))
def status(id: TaskId, tasks: TasksOf, caller: CallerOf) -> Response:
    """The status of one task."""
    return shaped(TaskAnswer.of(tasks.get(id, caller.sees)))


@router.get(
    "/status", responses=answers(TaskList, "The tasks, newest first.", Code.MALFORMED_REQUEST, Code.INVALID_TIME)
)
def every_status(
    parameters: Annotated[ListParameters, Query()], tasks: TasksOf, cluster: ClusterOf, caller: CallerOf
) -> Response:
    """The statuses of all tasks that the caller may see, streamed."""
    zone = cluster.all()["trawl.time_zone"]
    now = Instant(time.time_ns())

    def instant(text: str | None) -> Instant | None:
        return None if text is None else resolve(text, now, zone)

    wanted = Filter(
        owner=caller.sees or parameters.owner,
        statuses=parameters.statuses,
        text=parameters.q,
        created_from=instant(parameters.created_from),
        created_to=instant(parameters.created_to),
        limit=parameters.limit,
        offset=parameters.offset,
    )
    found, total = tasks.list(wanted)
    return streamed(_listed(found, total))


def _listed(tasks: Iterator[Task], total: int) -> Iterator[bytes]:
    yield b'{"tasks":['
    for number, task in enumerate(tasks):
        yield (b"," if number else b"") + TaskAnswer.of(task).json_bytes()
    yield b'],"total":' + orjson.dumps(total) + b"}"


@router.post(
    "/break/{id}",
    responses=answers(
        TaskAnswer, "The task: `STOPPED`, or as it is after 2 s of waiting.", *TASK_CODES, Code.WRONG_STATE
    ),
)
def stop(id: TaskId, tasks: TasksOf, caller: CallerOf, audit: AuditOf) -> Response:
    """Stop an unfinished task; its rows so far stay readable.

    Answers once it has stopped, after 2 s at the latest: a `status` that is still `RUNNING` says that the stop was
    asked for and takes longer. One that had finished, or ended by itself first, is a 409.
    """
    stopped = tasks.stop(id, caller.sees, caller.name)
    audit.done("break", task=id)
    return shaped(TaskAnswer.of(stopped))


@router.post("/break", responses=answers(StoppedAll, "What became of the tasks.", Code.MALFORMED_REQUEST))
def stop_all(
    parameters: Annotated[StopParameters, Query()], tasks: TasksOf, caller: CallerOf, audit: AuditOf
) -> Response:
    """Stop all of the caller's unfinished tasks; with `all=true` everybody's, where the caller may.

    Answers once they have ended, after 2 s at the latest. Tasks that ended by themselves first are not listed.
    """
    owner = caller.sees if parameters.all else caller.name
    stops = tasks.stop_all(owner, caller.name)
    for id in (*stops.stopped, *stops.unfinished):
        audit.done("break", task=id)
    return shaped(StoppedAll(stopped=list(stops.stopped), failed=list(stops.unfinished)))


@router.post("/keep/{id}", responses=answers(TaskAnswer, "The task with its new expiry.", *TASK_CODES, *REFUSED))
def keep(id: TaskId, body: KeepTask, tasks: TasksOf, caller: CallerOf, audit: AuditOf) -> Response:
    """Set how long the task's result is kept."""
    kept = tasks.keep(id, caller.sees, body.ttl)
    audit.done("keep", task=id, ttl=body.ttl)
    return shaped(TaskAnswer.of(kept))


@router.delete(
    "/delete/{id}", responses=answers(Deleted, "The result is gone from disk.", *TASK_CODES, Code.WRONG_STATE)
)
def delete(id: TaskId, tasks: TasksOf, caller: CallerOf, audit: AuditOf) -> Response:
    """Delete a finished task's result, log and exports from disk. Later calls answer 410."""
    freed = tasks.delete(id, caller.sees, caller.name)
    audit.done("delete", task=id)
    return shaped(Deleted(id=id, freed_bytes=freed))
