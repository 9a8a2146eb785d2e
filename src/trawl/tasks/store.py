"""The tasks in the database: every change of a task is one transaction of this module."""

from __future__ import annotations

from dataclasses import dataclass

from trawl.tasks.task import Status
from trawl.values import Instant


@dataclass(frozen=True)
class Filter:
    """Which tasks to list (api.md 3).

    Attributes:
        owner: whose; None: everybody's. statuses: empty: any. text: part of the name or query, case ignored.
        created_from: inclusive. created_to: exclusive.
    """

    owner: str | None = None
    statuses: tuple[Status, ...] = ()
    text: str | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    limit: int | None = None
    offset: int = 0
