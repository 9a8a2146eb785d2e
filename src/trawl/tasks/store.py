"""Every change of a task: each is one transaction of this module."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from trawl.database import writing
from trawl.errors import Code, Notice, TrawlError
from trawl.tasks.journal import Level, Note, Phase, now, write_move, write_notes
from trawl.tasks.queue import next_owners
from trawl.tasks.register import Register, keyed
from trawl.tasks.rows import row_of, task_of, to_json
from trawl.tasks.tables import idempotency_keys, tasks, tombstones, turns
from trawl.tasks.task import Failure, Progress, Status, Task
from trawl.values import NANOSECONDS

MOST_LOSSES = 3
"""So many workers may vanish over one task; then it has failed (api.md 3)."""


@dataclass(frozen=True)
class Report:
    """How far an attempt is, and what it has to say. `warnings` are all of them so far."""

    task: str
    attempt: int
    progress: Progress
    rows: int = 0
    result_bytes: int = 0
    warnings: tuple[Notice, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Ending:
    """How an attempt ended."""

    status: Status
    is_partial: bool = False
    error: Failure | None = None


_WAITING: Final = sql.select(
    sql.func.count(),
    sql.func.coalesce(sql.func.sum(sql.case((tasks.c.owner == sql.bindparam("of"), 1), else_=0)), 0),
).where(tasks.c.status == Status.QUEUED)
_QUEUED: Final = sql.select(tasks.c.id).where(tasks.c.status == Status.QUEUED)
_FIRST: Final = (
    _QUEUED.where(tasks.c.owner == sql.bindparam("of")).order_by(tasks.c.priority.desc(), tasks.c.id).limit(1)
)
_BEGIN: Final = (
    sql.update(tasks)
    .where(tasks.c.id == sql.bindparam("task"))
    .values(
        status=Status.RUNNING,
        attempt=tasks.c.attempt + 1,
        supervisor=sql.bindparam("by"),
        started=sql.bindparam("moment"),
        progress="{}",
    )
    .returning(tasks)
)
_SERVE: Final = sql.update(turns).where(turns.c.owner == sql.bindparam("of")).values(served=sql.bindparam("moment"))
_IN_PLACE: Final = (
    tasks.c.id == sql.bindparam("task"),
    tasks.c.attempt == sql.bindparam("made"),
    tasks.c.status == Status.RUNNING,
)
"""Narrows a statement to one attempt that is not over."""
_ATTEMPT: Final = sql.select(tasks).where(*_IN_PLACE)
_REPORT: Final = (
    sql.update(tasks)
    .where(*_IN_PLACE)
    .values({name: sql.bindparam(f"now_{name}") for name in ("progress", "rows", "result_bytes", "warnings")})
)


class Store(Register):
    """The tasks, to be looked up and changed. Thread-safe, and safe beside other processes on the same database."""

    # --- birth ---------------------------------------------------------------------------------------

    def add(self, task: Task, key: str | None, notes: Sequence[Note], most_queued: int, most_of_owner: int = 0) -> Task:
        """Adds a new task, queued; or answers the task that was made with the same key.

        Args:
            most_queued: how many tasks may wait. most_of_owner: how many of one owner; 0 for any number.

        Raises:
            TrawlError: `IDEMPOTENCY_CONFLICT`, `TOO_MANY_TASKS`.
        """
        with writing(self._engine) as connection:
            if key is not None:
                known = keyed(connection, task.owner, key, task.wanted.body())
                if known is not None:
                    return self._require(connection, known)
                use = {"owner": task.owner, "key": key, "body": to_json(task.wanted.body()), "task_id": task.id}
                connection.execute(sql.insert(idempotency_keys).values(use))
            total, own = connection.execute(_WAITING, {"of": task.owner}).one()
            if total >= most_queued:
                raise TrawlError(Code.TOO_MANY_TASKS, f"{most_queued} tasks are waiting already, as many as may")
            if 0 < most_of_owner <= own:
                reason = f"{most_of_owner} tasks of this user are waiting already, as many as may"
                raise TrawlError(Code.TOO_MANY_TASKS, reason)
            connection.execute(sql.insert(tasks), row_of(task))
            write_move(connection, task.id, task.status, task.attempt)
            write_notes(connection, task.id, notes)
        return task

    # --- life ----------------------------------------------------------------------------------------

    def claim(self, supervisor: str, only: Collection[str] | None = None, most_of_owner: int = 0) -> Task | None:
        """Takes the task that is next (`trawl.tasks.queue`), and makes it run.

        Args:
            supervisor: who will run it.
            only: the tasks to choose from, None for all.
            most_of_owner: how many tasks of one owner may run at the same time; 0 for any number.
        """
        among = sql.true() if only is None else tasks.c.id.in_(only)
        with self._engine.connect() as connection:  # a look costs no write lock
            waits = connection.execute(sql.select(sql.exists(_QUEUED.where(among)))).scalar()
            if not waits or (most_of_owner and not next_owners(connection, most_of_owner)):
                return None
        first = _FIRST.where(among)
        with writing(self._engine) as connection:
            owners = next_owners(connection, most_of_owner)
            found = (connection.execute(first, {"of": owner}).scalar() for owner in owners)
            id = next(filter(None, found), None)
            if id is None:
                return None
            moment = now().nanoseconds
            row = connection.execute(_BEGIN, {"task": id, "by": supervisor, "moment": moment}).one()
            if not connection.execute(_SERVE, {"of": row.owner, "moment": moment}).rowcount:
                connection.execute(sql.insert(turns), {"owner": row.owner, "served": moment})
            write_move(connection, row.id, Status.RUNNING, row.attempt)
            return task_of(row)

    def report(self, reports: Iterable[Report]) -> None:
        """Notes how far attempts are, all in one transaction. An attempt that is over is passed by."""
        with writing(self._engine) as connection:
            for report in reports:
                self._report(connection, report)

    def note(self, task: str, notes: Iterable[Note]) -> None:
        """Adds log lines that belong to no attempt. A task that is gone is passed by."""
        with writing(self._engine) as connection:
            if connection.execute(sql.select(tasks.c.id).where(tasks.c.id == task)).scalar() is not None:
                write_notes(connection, task, notes)

    def finish(self, last: Report, ending: Ending) -> bool:
        """Ends an attempt and its task with it: this is the moment when its result becomes the task's.

        Returns:
            Whether it did; False where the attempt is over already.
        """
        moment = now().nanoseconds
        with writing(self._engine) as connection:
            if not self._report(connection, last):
                return False
            self._end(connection, last.task, ending, moment)
            write_move(connection, last.task, ending.status, last.attempt)
        return True

    def give_back(
        self, task: str, attempt: int, note: Note, *, counts: bool, last: Report | None = None
    ) -> Status | None:
        """Queues a task again whose worker vanished; where that `counts`, not more often than `MOST_LOSSES` - 1 times.

        Args:
            last: how far the attempt came, where that is known.

        Returns:
            The status that it came to; None where the attempt is over already.
        """
        with writing(self._engine) as connection:
            row = connection.execute(_ATTEMPT, {"task": task, "made": attempt}).one_or_none()
            if row is None:
                return None
            if last is not None:
                self._report(connection, last)
            write_notes(connection, task, (note,))
            losses, ending = row.losses + counts, None
            changes: dict[str, Any] = {"losses": losses}
            if row.stop_requested is not None:
                ending = Ending(Status.STOPPED, is_partial=True)
            elif losses >= MOST_LOSSES:
                reason = f"the worker process ended before the search did, {losses} times"
                ending = Ending(Status.FAILED, True, Failure(Code.WORKER_DIED, reason, note.message))
                write_notes(connection, task, (Note(Level.ERROR, Phase.SEARCH, reason),))
            else:
                changes |= {"status": Status.QUEUED, "supervisor": None, "progress": "{}", "rows": 0, "result_bytes": 0}
            connection.execute(sql.update(tasks).where(tasks.c.id == task).values(changes))
            if ending is not None:
                self._end(connection, task, ending, now().nanoseconds)
            status = ending.status if ending else Status.QUEUED
            write_move(connection, task, status, attempt)
            return status

    def request_stop(self, ids: Sequence[str], by: str) -> dict[str, Status]:
        """Asks tasks to stop. One that waits is stopped at once; one that runs has it noted; an ended one stays.

        Returns:
            The status of each before it was asked; ids that are no tasks are left out.
        """
        moment = now()
        note = Note(Level.INFO, Phase.QUEUE, f"stop requested by {by}", time=moment)
        with writing(self._engine) as connection:
            found = connection.execute(sql.select(tasks).where(tasks.c.id.in_(ids))).all()
            for row in found:
                if Status(row.status).is_end or row.stop_requested is not None:
                    continue
                asked = {"stop_requested": moment.nanoseconds, "stopped_by": by}
                connection.execute(sql.update(tasks).where(tasks.c.id == row.id).values(asked))
                write_notes(connection, row.id, (note,))
                if row.status == Status.QUEUED:
                    self._end(connection, row.id, Ending(Status.STOPPED, is_partial=True), moment.nanoseconds)
                    write_move(connection, row.id, Status.STOPPED, row.attempt)
        return {row.id: Status(row.status) for row in found}

    # --- death ---------------------------------------------------------------------------------------

    def keep(self, id: str, ttl_seconds: int) -> Task:
        """Sets how long the result is kept, counted from the end."""
        with writing(self._engine) as connection:
            changes = {"ttl_seconds": ttl_seconds, "expires": _expiry(tasks.c.finished, _big(ttl_seconds))}
            connection.execute(sql.update(tasks).where(tasks.c.id == id).values(changes))
            return self._require(connection, id)

    def bury(self, id: str, by: str | None) -> bool:
        """Makes a tombstone of a finished task. What it has on disk is for the caller to remove, now or later.

        Returns:
            Whether it did; False where the task is not finished or not there.
        """
        with writing(self._engine) as connection:
            finished = sql.select(tasks).where(tasks.c.id == id, tasks.c.finished.is_not(None))
            row = connection.execute(finished).one_or_none()
            if row is None:
                return False
            task = task_of(row)
            stone = {
                "id": id,
                "owner": task.owner,
                "deleted": now().nanoseconds,
                "deleted_by": by,
                "body": to_json(task.wanted.body()),
            }
            connection.execute(sql.insert(tombstones).values(stone))
            connection.execute(sql.delete(tasks).where(tasks.c.id == id))
        return True

    # --- within a transaction -------------------------------------------------------------------------

    @staticmethod
    def _require(connection: sql.Connection, id: str) -> Task:
        row = connection.execute(sql.select(tasks).where(tasks.c.id == id)).one_or_none()
        if row is None:
            raise TrawlError(Code.TASK_GONE, "the task was deleted or has expired")
        return task_of(row)

    @staticmethod
    def _report(connection: sql.Connection, report: Report) -> bool:
        changes = {
            "task": report.task,
            "made": report.attempt,
            "now_progress": to_json(report.progress),
            "now_rows": report.rows,
            "now_result_bytes": report.result_bytes,
            "now_warnings": to_json(report.warnings),
        }
        changed = connection.execute(_REPORT, changes)
        if changed.rowcount:
            write_notes(connection, report.task, report.notes)
        return bool(changed.rowcount)

    @staticmethod
    def _end(connection: sql.Connection, id: str, ending: Ending, moment: int) -> None:
        changes = {
            "status": ending.status,
            "supervisor": None,
            "finished": moment,
            "expires": _expiry(_big(moment), tasks.c.ttl_seconds),
            "is_partial": ending.is_partial,
            "error": to_json(ending.error) if ending.error else None,
        }
        connection.execute(sql.update(tasks).where(tasks.c.id == id).values(changes))


def _expiry(finished: sql.ColumnElement[Any], ttl_seconds: sql.ColumnElement[Any]) -> sql.ColumnElement[Any]:
    return sql.case((ttl_seconds == 0, None), else_=finished + ttl_seconds * _big(NANOSECONDS))


def _big(number: int) -> sql.ColumnElement[Any]:
    """A number that is compared and computed with as 64 bits, whatever its size."""
    return sql.literal(number, sql.BigInteger)
