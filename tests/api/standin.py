"""Tasks that live in memory and move only when a test says so: what routes are tested against."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from trawl.commands.base import ToIndex, ToLookup
from trawl.errors import Code, Notice, Span, TrawlError
from trawl.planning.completion import Completion, complete
from trawl.planning.drafts import Draft, look
from trawl.results.reader import Result
from trawl.tasks.export import Export, ExportStream
from trawl.tasks.ids import new_id
from trawl.tasks.journal import Event, Level, Line, Logged, Moved, Phase, Progressed
from trawl.tasks.listing import Filter
from trawl.tasks.service import Answer, DryRun, Stops
from trawl.tasks.task import Status, Task
from trawl.tasks.wanted import Wanted, seconds_of
from trawl.testing import Events, request
from trawl.values import Instant, TimeRange

NOON = Instant(1_767_268_800_000_000_000)
"""2026-01-01T12:00:00Z, when everything here happens."""
YESTERDAY = TimeRange(Instant(NOON.nanoseconds - 86_400 * 10**9), NOON)


class StandIn:
    """The verbs of `trawl.tasks.service.Tasks`. A query that holds `wrong` cannot be planned."""

    def __init__(self) -> None:
        self.made: dict[str, Task] = {}
        self.keys: dict[str, tuple[Wanted, str]] = {}
        self.results: dict[str, Path] = {}
        self.stats: dict[str, Any] = {}
        self.costs: dict[str, Any] = {}
        self.listed: list[Filter] = []
        self.exported: list[Export] = []
        self.deaf: set[str] = set()
        self.fault: Exception | None = None
        self.catalog = Events(Path())

    # --- for tests -------------------------------------------------------------------------------------

    def task(self, status: Status = Status.COMPLETED, query: str = "source web", **more: Any) -> Task:
        """A task in a state."""
        made = self.submit(Wanted(query), "admin")
        return self.set(made.id, status=status, **more)

    def set(self, id: str, **more: Any) -> Task:
        self.made[id] = dataclasses.replace(self.made[id], **more)
        return self.made[id]

    # --- the verbs -------------------------------------------------------------------------------------

    def submit(self, wanted: Wanted, owner: str, idempotency_key: str | None = None) -> Task:
        self.dry_run(wanted)
        if idempotency_key in self.keys:
            known, id = self.keys[idempotency_key]
            if known != wanted:
                raise TrawlError(Code.IDEMPOTENCY_CONFLICT, "the key was used with another body")
            return self.made[id]
        id = new_id(NOON.nanoseconds + len(self.made) * 10**6)
        self.made[id] = Task(
            id=id,
            owner=owner,
            wanted=wanted,
            status=Status.QUEUED,
            created=NOON,
            range=YESTERDAY,
            time_field=wanted.time_field or "@timestamp",
            zone="UTC",
            limits={},
            ttl_seconds=seconds_of(wanted.ttl or "7d"),
            queue_position=1,
        )
        if idempotency_key is not None:
            self.keys[idempotency_key] = (wanted, id)
        return self.made[id]

    def dry_run(self, wanted: Wanted) -> DryRun:
        if self.fault is not None:
            raise self.fault
        if "wrong" in wanted.query:
            start = wanted.query.index("wrong")
            raise TrawlError(
                Code.UNKNOWN_COMMAND,
                "there is no command `wrong`",
                hint="did the query mean `where`?",
                span=Span(start, start + 5),
            )
        notice = Notice("unknown_field", "no source has the field `x`", Span(0, 6), 3)
        return DryRun(
            wanted.query, "#1 scan", ("web",), 1, 10, 1000, (notice,), (ToLookup("all", appends=True), ToIndex("some"))
        )

    def look(self, wanted: Wanted) -> Draft:
        return look(request(wanted.query), self.catalog)

    def complete(self, wanted: Wanted, position: int) -> Completion:
        return complete(request(wanted.query), position, self.catalog)

    def get(self, id: str, owner: str | None) -> Task:
        if self.fault is not None:
            raise self.fault
        if id not in self.made:
            raise TrawlError(Code.TASK_NOT_FOUND, "there is no task of this id")
        return self.made[id]

    def list(self, wanted: Filter) -> tuple[Iterator[Task], int]:
        self.listed.append(wanted)
        found = [task for _, task in sorted(self.made.items(), reverse=True)]
        end = None if wanted.limit is None else wanted.offset + wanted.limit
        return iter(found[wanted.offset : end]), len(found)

    def stop(self, id: str, owner: str | None, by: str) -> Task:
        if self.get(id, owner).status.is_end:
            raise TrawlError(Code.WRONG_STATE, "the task has ended already")
        return self.set(id, status=Status.STOPPED, is_partial=True)

    def stop_all(self, owner: str | None, by: str) -> Stops:
        ids = [id for id, task in self.made.items() if not task.status.is_end]
        deaf = tuple(id for id in ids if id in self.deaf)
        return Stops(tuple(self.stop(id, owner, by).id for id in ids if id not in deaf), deaf)

    def delete(self, id: str, owner: str | None, by: str) -> int:
        if not self.get(id, owner).status.is_end:
            raise TrawlError(Code.WRONG_STATE, "the task is RUNNING", hint="break it first")
        del self.made[id]
        return 4096

    def keep(self, id: str, owner: str | None, ttl: str) -> Task:
        seconds_of(ttl)
        return self.get(id, owner)

    def logs(self, id: str, owner: str | None, start: int = 0, level: str = "DEBUG") -> tuple[tuple[Line, ...], int]:
        self.get(id, owner)
        lines = [
            Line(1, NOON, Level.INFO, Phase.QUEUE, "accepted"),
            Line(2, NOON, Level.WARN, Phase.PLAN, "no source has the field `x`", "where"),
        ]
        found = tuple(line for line in lines if line.seq >= start and line.level in Level(level).and_above)
        return found, found[-1].seq + 1 if found else start

    def answer(self, id: str, owner: str | None) -> Answer:
        task = self.get(id, owner)
        result = Result(self.results[id]) if id in self.results else None
        stats = self.stats.get(id, {})
        return Answer(task, result, stats.get("sidebar"), stats.get("timeline"), self.costs.get(id))

    def export(self, id: str, owner: str | None, wanted: Export, is_unwanted: object = None) -> ExportStream:
        task = self.get(id, owner)
        if not task.status.is_end:
            raise TrawlError(Code.WRONG_STATE, "the task is RUNNING")
        self.exported.append(wanted)
        chunks = iter([b"n\r\n", b"1\r\n", b"2\r\n"])
        return ExportStream(wanted.file_name + ".csv", "text/csv", 2, False, chunks, "abc", None, None)

    async def events(self, id: str | None, owner: str | None, after: int | None = None) -> AsyncIterator[Event]:
        for task in [self.made[id]] if id else list(self.made.values()):
            found: tuple[Event, ...] = (
                Moved(1, NOON, task.id, Status.RUNNING, 1),
                Progressed(1, task.id, task.progress, 5, 100),
                Logged(2, task.id, Line(2, NOON, Level.INFO, Phase.SEARCH, "line\nbreak")),
                Moved(3, NOON, task.id, Status.COMPLETED, 1),
            )
            for event in found:
                if event.seq > (after or 0):
                    yield event
