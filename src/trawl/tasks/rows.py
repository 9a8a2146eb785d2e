"""How a task lies in its row: the one place that knows both."""

from __future__ import annotations

from typing import Any

import orjson

from trawl.errors import Notice, Span
from trawl.settings.process import Macro
from trawl.tasks.task import Failure, Progress, Status, Task
from trawl.tasks.wanted import Wanted
from trawl.values import Instant, TimeRange


def to_json(value: object) -> str:
    """A dataclass or a JSON value as JSON text."""
    return orjson.dumps(value).decode()


def row_of(task: Task) -> dict[str, Any]:
    """The columns of a task that is new; all others have their defaults."""
    options = task.wanted.body()
    query, name = options.pop("query"), options.pop("name", None)
    return {
        "id": task.id,
        "owner": task.owner,
        "name": name,
        "query": query,
        "options": to_json(options),
        "status": task.status.value,
        "priority": task.wanted.priority,
        "created": task.created.nanoseconds,
        "range_start": task.range.start.nanoseconds,
        "range_end": task.range.end.nanoseconds,
        "time_field": task.time_field,
        "zone": task.zone,
        "limits": to_json(dict(task.limits)),
        "ttl_seconds": task.ttl_seconds,
        "macros": to_json({name: macro.model_dump() for name, macro in task.macros.items()}),
        "warnings": to_json(task.warnings),
    }


def task_of(row: Any, queue_position: int | None = None) -> Task:
    """The task that a row holds."""
    body = orjson.loads(row.options) | {"query": row.query} | ({} if row.name is None else {"name": row.name})
    return Task(
        id=row.id,
        owner=row.owner,
        wanted=Wanted.from_body(body),
        status=Status(row.status),
        created=Instant(row.created),
        range=TimeRange(Instant(row.range_start), Instant(row.range_end)),
        time_field=row.time_field,
        zone=row.zone,
        limits=orjson.loads(row.limits),
        ttl_seconds=row.ttl_seconds,
        macros={name: Macro(**macro) for name, macro in orjson.loads(row.macros).items()},
        started=_instant(row.started),
        finished=_instant(row.finished),
        expires=_instant(row.expires),
        is_partial=row.is_partial,
        attempt=row.attempt,
        losses=row.losses,
        progress=Progress(**orjson.loads(row.progress)),
        rows=row.rows,
        result_bytes=row.result_bytes,
        warnings=tuple(_notice(notice) for notice in orjson.loads(row.warnings)),
        error=Failure(**orjson.loads(row.error)) if row.error else None,
        stop_requested=_instant(row.stop_requested),
        stopped_by=row.stopped_by,
        queue_position=queue_position,
    )


def _instant(nanoseconds: int | None) -> Instant | None:
    return None if nanoseconds is None else Instant(nanoseconds)


def _notice(written: dict[str, Any]) -> Notice:
    span = written["span"]
    return Notice(written["code"], written["message"], Span(**span) if span else None, written["count"])
