"""Tasks in a store that no worker looks at: they move as a test says."""

from __future__ import annotations

import itertools

from trawl.tasks.ids import new_id
from trawl.tasks.store import Report, Store
from trawl.tasks.task import Progress, Status, Task
from trawl.tasks.wanted import Wanted
from trawl.values import Instant, TimeRange

_clock = itertools.count(1_767_268_800_000_000_000, 1_000_000)


def task(owner: str = "ada", **wanted: object) -> Task:
    created = Instant(next(_clock))
    return Task(
        id=new_id(created.nanoseconds),
        owner=owner,
        wanted=Wanted(**{"query": "source x", **wanted}),  # type: ignore[arg-type]  # tests name the attributes
        status=Status.QUEUED,
        created=created,
        range=TimeRange(Instant(0), created),
        time_field="@timestamp",
        zone="UTC",
        limits={"sme.core.sort_limit": 10_000},
        ttl_seconds=60,
    )


def add(store: Store, owner: str = "ada", **wanted: object) -> Task:
    return store.add(task(owner, **wanted), None, (), 1000)


def claim(store: Store, supervisor: str = "s1") -> Task:
    found = store.claim(supervisor)
    assert found is not None
    return found


def at_end(of: Task, rows: int = 0) -> Report:
    return Report(of.id, of.attempt, Progress(100.0), rows=rows)
