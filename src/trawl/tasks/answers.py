"""What is answered about a query that is not run, and about a task that is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from trawl.catalog.base import Catalog
from trawl.commands.base import ToIndex, ToLookup
from trawl.errors import Notice
from trawl.planning import Plan
from trawl.planning.explain import describe
from trawl.results.reader import Result
from trawl.tasks.folders import Folders
from trawl.tasks.task import Status, Task


@dataclass(frozen=True)
class DryRun:
    """What a query would do, without doing it.

    Attributes:
        query: the canonical text. plan: for people, a relation a line.
        files, rows, bytes: what its sources hold within its range, before any row is filtered.
        targets: what it would write once it has completed, in order.
    """

    query: str
    plan: str
    sources: tuple[str, ...]
    files: int
    rows: int
    bytes: int
    warnings: tuple[Notice, ...]
    targets: tuple[ToLookup | ToIndex, ...] = ()

    @classmethod
    def of(cls, planned: Plan, catalog: Catalog) -> Self:
        """What a plan would do; of its sources' segments those count that reach into its range."""
        start, end = planned.range.start, planned.range.end
        segments = [
            segment
            for many in catalog.snapshot(planned.sources).segments.values()
            for segment in many
            if segment.last >= start and segment.first < end
        ]
        return cls(
            query=planned.query,
            plan=describe(planned.result),
            sources=planned.sources,
            files=len(segments),
            rows=sum(segment.rows for segment in segments),
            bytes=sum(segment.bytes for segment in segments),
            warnings=planned.notices,
            targets=planned.targets,
        )


@dataclass(frozen=True)
class Stops:
    """What became of a wish to stop tasks. Those that ended by themselves first are in neither.

    Attributes:
        stopped: ids of tasks that are `STOPPED`. unfinished: ids of those that have not ended, though they were asked.
    """

    stopped: tuple[str, ...]
    unfinished: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a task has to show.

    Attributes:
        result: the rows readable now; None where there are none yet.
        sidebar, timeline, cost: JSON values of the wire (api.md 4); None where not asked for or not ready.
    """

    task: Task
    result: Result | None
    sidebar: Any
    timeline: Any
    cost: Any

    @classmethod
    def of(cls, task: Task, folders: Folders) -> Self:
        """What a task has on disk now. One that is queued again has nothing: its next attempt starts anew."""
        if task.attempt == 0 or task.status is Status.QUEUED:
            return cls(task, None, None, None, None)
        stats = _json(folders.stats(task.id, task.attempt)) or {}
        return cls(
            task=task,
            result=Result(folders.attempt(task.id, task.attempt)),
            sidebar=stats.get("sidebar"),
            timeline=stats.get("timeline"),
            cost=_json(folders.cost(task.id, task.attempt)),
        )


def _json(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except FileNotFoundError:
        return None
