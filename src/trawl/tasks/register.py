"""Looking tasks up in the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import orjson
import sqlalchemy as sql

from trawl.errors import Code, TrawlError
from trawl.tasks.queue import position
from trawl.tasks.rows import task_of, to_json
from trawl.tasks.tables import idempotency_keys, tasks, tombstones
from trawl.tasks.task import Status, Task, Tombstone
from trawl.values import Instant

_ONE: Final = sql.select(tasks).where(tasks.c.id == sql.bindparam("task"))
_BYTES: Final = sql.select(sql.func.sum(tasks.c.result_bytes))


class Register:
    """The tasks, to be looked up. Thread-safe."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def get(self, id: str) -> Task | None:
        """The task, with its place in the queue."""
        with self._engine.connect() as connection:
            row = connection.execute(_ONE, {"task": id}).one_or_none()
            if row is None or row.status != Status.QUEUED:
                return task_of(row) if row else None
            return task_of(row, queue_position=position(connection, row))

    def tombstone(self, id: str) -> Tombstone | None:
        """What stays of a deleted task."""
        with self._engine.connect() as connection:
            row = connection.execute(sql.select(tombstones).where(tombstones.c.id == id)).one_or_none()
        if row is None:
            return None
        return Tombstone(row.id, row.owner, Instant(row.deleted), row.deleted_by, orjson.loads(row.body))

    def result_bytes(self) -> int:
        """The size of all results together."""
        with self._engine.connect() as connection:
            return int(connection.execute(_BYTES).scalar() or 0)

    def statuses(self, ids: Collection[str]) -> dict[str, Status]:
        """The status of each of the ids that is a task."""
        found: dict[str, Status] = {}
        listed = list(ids)
        with self._engine.connect() as connection:
            for first in range(0, len(listed), 1000):
                some = sql.select(tasks.c.id, tasks.c.status).where(tasks.c.id.in_(listed[first : first + 1000]))
                found |= {row.id: Status(row.status) for row in connection.execute(some)}
        return found

    def made_with(self, owner: str, key: str, body: dict[str, Any]) -> str | None:
        """The id of the task that the owner made with this key, if any. Raises `IDEMPOTENCY_CONFLICT`."""
        with self._engine.connect() as connection:
            return keyed(connection, owner, key, body)

    def unfinished(self, owner: str | None) -> list[str]:
        """The ids of an owner's tasks (None: of all) that have not ended."""
        unfinished = tasks.c.status.in_((Status.QUEUED, Status.RUNNING))
        return self._ids(unfinished, *([] if owner is None else [tasks.c.owner == owner]))

    def to_stop(self, supervisor: str) -> list[str]:
        """The ids of the tasks that a supervisor runs and that were asked to stop."""
        running = tasks.c.status == Status.RUNNING
        return self._ids(running, tasks.c.supervisor == supervisor, tasks.c.stop_requested.is_not(None))

    def running(self) -> list[tuple[str, int, str]]:
        """Every running attempt: task, attempt, supervisor."""
        wanted = sql.select(tasks.c.id, tasks.c.attempt, tasks.c.supervisor).where(tasks.c.status == Status.RUNNING)
        with self._engine.connect() as connection:
            return [(row.id, row.attempt, row.supervisor) for row in connection.execute(wanted)]

    def expired(self, moment: Instant) -> list[str]:
        """The ids of tasks whose time to live is over."""
        return self._ids(tasks.c.expires <= moment.nanoseconds)

    def _ids(self, *conditions: sql.ColumnElement[bool]) -> list[str]:
        with self._engine.connect() as connection:
            wanted = sql.select(tasks.c.id).where(*conditions).order_by(tasks.c.id)
            return list(connection.execute(wanted).scalars())


def keyed(connection: sql.Connection, owner: str, key: str, body: dict[str, Any]) -> str | None:
    """The id of the task that an owner made with a key. Raises `IDEMPOTENCY_CONFLICT` if the body was another."""
    wanted = sql.select(idempotency_keys).where(idempotency_keys.c.owner == owner, idempotency_keys.c.key == key)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    if row.body != to_json(body):
        reason = "this idempotency key was used before, with another body"
        raise TrawlError(Code.IDEMPOTENCY_CONFLICT, reason, facts={"id": row.task_id})
    return str(row.task_id)
