"""What the server and the command line call: every verb there is about tasks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import Final

import sqlalchemy as sql

from trawl.catalog.base import Catalog
from trawl.errors import Code, TrawlError
from trawl.planning import Request
from trawl.planning.completion import Completion, complete
from trawl.planning.drafts import Draft, look
from trawl.settings.cluster import ClusterSettings
from trawl.settings.process import Settings
from trawl.tasks import admission, listing, presence
from trawl.tasks.answers import Answer, DryRun, Stops
from trawl.tasks.changes import Bell, Changes
from trawl.tasks.export import Export, ExportStream, start_export
from trawl.tasks.folders import Folders
from trawl.tasks.ids import is_id
from trawl.tasks.journal import Event, Journal, Level, Line, Note, Phase, brief
from trawl.tasks.listing import Filter
from trawl.tasks.orphans import Orphans
from trawl.tasks.places import Places
from trawl.tasks.store import Store
from trawl.tasks.stream import follow
from trawl.tasks.supervisor import Plant, Records, Supervisor
from trawl.tasks.sweeper import Sweeper
from trawl.tasks.task import Status, Task
from trawl.tasks.wanted import Wanted, seconds_of

STOP_WAIT: Final = 2.0
"""Seconds that a stop waits for the task to end."""
MOST_AT_ONCE: Final = 1000
"""Tasks stopped in one transaction."""
LINES: Final = 10_000
"""Log lines answered at once."""


class Tasks:
    """All there is to do about tasks. Thread-safe. An `owner` of None sees the tasks of everybody.

    Every method that takes an id raises `TASK_NOT_FOUND` where the owner has no such task and `TASK_GONE`
    (facts: `deletedAt`, `deletedBy`, `why`, `request`) where it was deleted or has expired.

    Args:
        settings: of the process. engine: the database, its tables up to date.
        catalog: what sources there are.
        factory: `module:function` that makes a worker's tools (`trawl.tasks.tools`).
        adopts: whether to run whatever waits in the data folder, and to sweep it, as a server does; else
            only tasks submitted here are run.
    """

    def __init__(self, settings: Settings, engine: sql.Engine, catalog: Catalog, factory: str, *, adopts: bool) -> None:
        self._engine = engine
        self._catalog = catalog
        self._macros = settings.macros
        self._cluster = ClusterSettings(engine)
        self._store = Store(engine)
        self._journal = Journal(engine)
        self._folders = Folders(settings.data / "results")
        self._changes = Changes()
        self._presence = presence.begin(engine, settings.data / "supervisors")
        self._orphans = Orphans(self._store, self._presence, self._changes)
        self._places = Places(settings.max_exports)
        self._sweeper = Sweeper(self._store, self._folders)
        records = Records(self._store, self._cluster, self._folders, self._presence, self._orphans, self._changes)
        self._supervisor = Supervisor(Plant(settings, factory, adopts), records, self._sweeper.sweep)

    def start(self) -> None:
        """Begins to run tasks. Without it tasks can be looked at, stopped and deleted, and wait for a server."""
        self._supervisor.start()

    def close(self) -> None:
        """Ends; tasks that run go back to the queue."""
        self._supervisor.close()
        self._presence.end()

    # --- making ----------------------------------------------------------------------------------------

    def submit(self, wanted: Wanted, owner: str, idempotency_key: str | None = None) -> Task:
        """Plans the query now and runs it later.

        Raises:
            TrawlError: whatever makes the query one that cannot run; `INVALID_TIME`; `MALFORMED_REQUEST`;
                `TOO_MANY_TASKS`; `NO_ROOM`; `IDEMPOTENCY_CONFLICT`.
        """
        if idempotency_key is not None:
            known = self._store.made_with(owner, idempotency_key, wanted.body())
            if known is not None:
                return self.get(known, owner)
        in_force = self._cluster.all()
        admission.check_room(in_force, self._store.result_bytes)
        task, planned = admission.admit(wanted, owner, in_force, self._macros, self._catalog)
        accepted = Note(Level.INFO, Phase.QUEUE, f"accepted: {brief(planned.query)}")
        most = in_force["trawl.tasks.max_queued"], in_force["trawl.tasks.max_queued_per_user"]
        stored = self._store.add(task, idempotency_key, [accepted], *most)
        if stored.id == task.id:
            self._supervisor.run(task.id)
        return stored

    def dry_run(self, wanted: Wanted) -> DryRun:
        """Plans the query and says what it would read; makes no task. Raises what `submit` does."""
        _, planned = admission.admit(wanted, "", self._cluster.all(), self._macros, self._catalog)
        return DryRun.of(planned, self._catalog)

    def look(self, wanted: Wanted) -> Draft:
        """What can be said of a query that is being written: what is wrong with it is part of the answer."""
        return look(self._drafted(wanted), self._catalog)

    def complete(self, wanted: Wanted, position: int) -> Completion:
        """What may be written at a place of a query."""
        return complete(self._drafted(wanted), position, self._catalog)

    def _drafted(self, wanted: Wanted) -> Request:
        return admission.draft(wanted, "", self._cluster.all(), self._macros).request

    # --- looking ---------------------------------------------------------------------------------------

    def get(self, id: str, owner: str | None) -> Task:
        """The task as it is now."""
        task = self._store.get(id) if is_id(id) else None
        if task is None:
            raise self._absent(id, owner)
        if owner is not None and task.owner != owner:
            raise _not_found()
        return task

    def list(self, wanted: Filter) -> tuple[Iterator[Task], int]:
        """The tasks, newest first, read as they are asked for; and how many there are, limit and offset aside."""
        return listing.newest_first(self._engine, wanted), listing.count(self._engine, wanted)

    def logs(self, id: str, owner: str | None, start: int = 0, level: str = "DEBUG") -> tuple[tuple[Line, ...], int]:
        """The log lines with `seq >= start` of this level and above, `LINES` at most, and the `start` to go on from.

        Raises:
            TrawlError: `MALFORMED_REQUEST` for a level that is none.
        """
        self.get(id, owner)
        if level not in Level.__members__:
            reason = f"there is no level `{level[:20]}`"
            raise TrawlError(Code.MALFORMED_REQUEST, reason, hint="the levels are DEBUG, INFO, WARN and ERROR")
        lines = self._journal.lines(id, start, Level(level), LINES)
        return lines, lines[-1].seq + 1 if lines else start

    def answer(self, id: str, owner: str | None) -> Answer:
        """What can be read of the task now."""
        return Answer.of(self.get(id, owner), self._folders)

    def export(
        self, id: str, owner: str | None, wanted: Export, is_unwanted: Callable[[], bool] = lambda: False
    ) -> ExportStream:
        """The result as a file, formatted in a process of its own; answers once it has begun to come.

        Args:
            is_unwanted: whether nobody waits for that any more; asked from time to time.

        Raises:
            TrawlError: `WRONG_STATE` for an unfinished task without `partial`, and what `start_export` raises.
        """
        task = self.get(id, owner)
        if not task.status.is_end and not wanted.partial:
            hint = "wait until it has finished, or ask for what there is with `partial`"
            raise TrawlError(Code.WRONG_STATE, f"the task is {task.status}", hint=hint)

        most = self._cluster.all()["trawl.results.max_bytes"]
        room = max(0, most - self._store.result_bytes()) if most else None
        return start_export(task, self._folders, wanted, partial(self._store.note, id), room, is_unwanted, self._places)

    # --- following -------------------------------------------------------------------------------------

    def events(self, id: str | None, owner: str | None, after: int | None = None) -> AsyncIterator[Event]:
        """What happens to one task (until its end) or to all, as it happens, from just after event `after`.

        Without `after`: a task's events from its beginning; of all tasks, those from now on.
        """
        if id is not None:
            self.get(id, owner)
        return follow(self._journal, self._changes, partial(self._look, id, owner), id, owner, after)

    def watch(self, id: str, owner: str | None) -> Iterator[Task]:
        """The task each time that it changed, its end state last; blocks in between."""
        with Bell(self._changes, id) as bell:
            while True:
                task = self.get(id, owner)
                yield task
                if task.status.is_end:
                    return
                bell.wait(timeout=1.0)  # changes made by other processes do not ring

    # --- ending ----------------------------------------------------------------------------------------

    def stop(self, id: str, owner: str | None, by: str) -> Task:
        """Asks the task to stop and waits until it has, 2 s at most; one that takes longer stops soon after.

        Raises:
            TrawlError: `WRONG_STATE` where it had finished, or ended first.
        """
        if self.get(id, owner).status.is_end:
            raise self._finished(id, owner)
        with Bell(self._changes, id) as bell:
            self._ask_to_stop([id], by)
            until = time.monotonic() + STOP_WAIT
            while not (task := self.get(id, owner)).status.is_end and (left := until - time.monotonic()) > 0:
                bell.wait(min(left, 0.5))
        if task.status.is_end and task.status is not Status.STOPPED:
            raise self._finished(id, owner)
        return task

    def stop_all(self, owner: str | None, by: str) -> Stops:
        """Asks every unfinished task to stop, and waits for them as `stop` does."""
        wanted = self._store.unfinished(owner)
        before = self._ask_to_stop(wanted, by)
        until = time.monotonic() + STOP_WAIT
        asked = tuple(id for id, status in before.items() if not status.is_end)
        with Bell(self._changes, None) as bell:
            while set(asked) & set(self._store.unfinished(owner)) and (left := until - time.monotonic()) > 0:
                bell.wait(min(left, 0.5))
        now = self._store.statuses(asked)
        return Stops(
            stopped=tuple(id for id in asked if now.get(id) is Status.STOPPED),
            unfinished=tuple(id for id in asked if id in now and not now[id].is_end),
        )

    def delete(self, id: str, owner: str | None, by: str) -> int:
        """Deletes a finished task's result and logs; the bytes freed. `WRONG_STATE` for an unfinished one."""
        task = self.get(id, owner)
        if not task.status.is_end:
            reason = f"the task is {task.status}; only a finished one can be deleted"
            raise TrawlError(Code.WRONG_STATE, reason, hint="break it first")
        freed = self._sweeper.delete(id, by)
        if freed is None:  # somebody else was first
            raise self._absent(id, owner)
        return freed

    def keep(self, id: str, owner: str | None, ttl: str) -> Task:
        """Sets how long the result is kept, counted from the task's end. `MALFORMED_REQUEST` for a bad `ttl`."""
        seconds = seconds_of(ttl)
        self.get(id, owner)
        return self._store.keep(id, seconds)

    # --- within ----------------------------------------------------------------------------------------

    def _look(self, id: str | None, owner: str | None) -> tuple[Task, ...]:
        if id is None:
            return tuple(listing.newest_first(self._engine, Filter(owner, statuses=(Status.RUNNING,))))
        task = self._store.get(id)
        return () if task is None else (task,)

    def _ask_to_stop(self, ids: Sequence[str], by: str) -> dict[str, Status]:
        before: dict[str, Status] = {}
        for first in range(0, len(ids), MOST_AT_ONCE):
            before |= self._store.request_stop(ids[first : first + MOST_AT_ONCE], by)
        self._orphans.give_back()
        for id, status in before.items():
            if status is Status.RUNNING:
                self._supervisor.stop(id)
            elif status is Status.QUEUED:
                self._changes.publish(id)
        return before

    def _finished(self, id: str, owner: str | None) -> TrawlError:
        status = self.get(id, owner).status
        return TrawlError(Code.WRONG_STATE, f"the task has ended already: {status}", facts={"taskStatus": status.value})

    def _absent(self, id: str, owner: str | None) -> TrawlError:
        """Why there is no task of this id: it never was, or it is gone."""
        stone = self._store.tombstone(id) if is_id(id) else None
        if stone is None or (owner is not None and stone.owner != owner):
            return _not_found()
        why = "expired" if stone.by is None else "deleted"
        words = "has expired" if stone.by is None else f"was deleted by {stone.by}"
        facts = {"deletedAt": str(stone.deleted), "deletedBy": stone.by, "why": why, "request": dict(stone.body)}
        reason = f"the task {words} at {stone.deleted}"
        return TrawlError(Code.TASK_GONE, reason, hint="`request` makes it again", facts=facts)


def _not_found() -> TrawlError:
    return TrawlError(Code.TASK_NOT_FOUND, "there is no task of this id")


__all__ = ["Answer", "DryRun", "Export", "ExportStream", "Stops", "Tasks"]
