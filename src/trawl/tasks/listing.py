"""Listing tasks: which, how many, and page by page, so that a long list takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from trawl.database import Text
from trawl.tasks.rows import task_of
from trawl.tasks.tables import tasks
from trawl.tasks.task import Status, Task
from trawl.values import Instant

PAGE = 200
"""Tasks read at a time."""


@dataclass(frozen=True)
class Filter:
    """Which tasks to list (api.md 3).

    Attributes:
        owner: whose; None: everybody's. statuses: empty: any. text: part of the name or query, case ignored.
        created_from: inclusive. created_to: exclusive.
        limit: how many at most, None for all. offset: how many to leave out first.
    """

    owner: str | None = None
    statuses: tuple[Status, ...] = ()
    text: str | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    limit: int | None = None
    offset: int = 0

    @property
    def condition(self) -> sql.ColumnElement[bool]:
        """The condition on tasks, without limit and offset."""
        found: list[sql.ColumnElement[bool]] = [sql.true()]
        if self.owner is not None:
            found.append(tasks.c.owner == self.owner)
        if self.statuses:
            found.append(tasks.c.status.in_(self.statuses))
        if self.text:
            text = self.text.lower()
            found.append(sql.or_(*(_folded(column).contains(text, autoescape=True) for column in _SEARCHED)))
        if self.created_from is not None:
            found.append(tasks.c.created >= self.created_from.nanoseconds)
        if self.created_to is not None:
            found.append(tasks.c.created < self.created_to.nanoseconds)
        return sql.and_(*found)


_SEARCHED: Final = (tasks.c.query, tasks.c.name)


def _folded(column: sql.ColumnElement[str]) -> sql.ColumnElement[str]:
    return sql.func.lower(sql.func.coalesce(column, ""), type_=Text)


def count(engine: sql.Engine, wanted: Filter) -> int:
    """How many tasks there are, whatever limit and offset say."""
    with engine.connect() as connection:
        return connection.execute(sql.select(sql.func.count()).select_from(tasks).where(wanted.condition)).scalar() or 0


def newest_first(engine: sql.Engine, wanted: Filter) -> Iterator[Task]:
    """The tasks, newest first, each read no sooner than it is asked for."""
    left = wanted.limit
    skip, below = wanted.offset, None
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = _page(engine, wanted, below, skip, size)
        yield from map(task_of, rows)
        if len(rows) < size:
            return
        below, skip = rows[-1].id, 0
        left = None if left is None else left - size


def _page(engine: sql.Engine, wanted: Filter, below: str | None, skip: int, size: int) -> list[Any]:
    page = sql.select(tasks).where(wanted.condition).order_by(tasks.c.id.desc()).limit(size).offset(skip)
    if below is not None:
        page = page.where(tasks.c.id < below)
    with engine.connect() as connection:
        return list(connection.execute(page))
