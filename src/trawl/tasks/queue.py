"""Who is next: owners take turns, and of one owner's tasks the highest priority goes first, the oldest of those."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import sqlalchemy as sql

from trawl.tasks.tables import tasks, turns
from trawl.tasks.task import Status

_UNFINISHED: Final = (
    sql.select(
        tasks.c.owner,
        sql.func.sum(sql.case((tasks.c.status == Status.QUEUED, 1), else_=0)).label("waiting"),
        sql.func.sum(sql.case((tasks.c.status == Status.RUNNING, 1), else_=0)).label("running"),
        sql.func.min(tasks.c.id).label("oldest"),
    )
    .where(tasks.c.status.in_((Status.QUEUED, Status.RUNNING)))
    .group_by(tasks.c.owner)
    .subquery()
)
_CLAIMANTS: Final = sql.select(_UNFINISHED, sql.func.coalesce(turns.c.served, 0).label("served")).join_from(
    _UNFINISHED, turns, turns.c.owner == _UNFINISHED.c.owner, isouter=True
)
_OWN_BEFORE: Final = sql.select(sql.func.count()).where(
    tasks.c.status == Status.QUEUED,
    tasks.c.owner == sql.bindparam("owner"),
    (tasks.c.priority > sql.bindparam("priority"))
    | (tasks.c.priority == sql.bindparam("priority")) & (tasks.c.id < sql.bindparam("id")),
)


class Claimant(NamedTuple):
    """An owner of unfinished tasks.

    Attributes:
        waiting, running: how many of them. oldest: the id of the first of them.
        served: when a task of theirs was last begun, 0 for never.
    """

    owner: str
    waiting: int
    running: int
    oldest: str
    served: int

    @property
    def turn(self) -> tuple[int, int, str]:
        """Sorts who is to be served first: of whose tasks the fewest run, then who has waited for longest."""
        return self.running, self.served, self.oldest


def next_owners(connection: sql.Connection, most_of_owner: int) -> list[str]:
    """Those who have tasks waiting and may have one more running, whose turn it is first.

    Args:
        most_of_owner: tasks of one owner that may run at the same time; 0 for any number.
    """
    waiting = [one for one in _claimants(connection) if one.waiting and not 0 < most_of_owner <= one.running]
    return [one.owner for one in sorted(waiting, key=lambda one: one.turn)]


def position(connection: sql.Connection, task: Any) -> int | None:
    """The place in the queue of a waiting task's row, from 1, if nothing is added and no limit comes in between.

    None where the task has left the queue since its row was read, as far as that can be seen.
    """
    own = {"owner": task.owner, "priority": task.priority, "id": task.id}
    before = int(connection.execute(_OWN_BEFORE, own).scalar() or 0)
    claimants = _claimants(connection)
    mine = next((one for one in claimants if one.owner == task.owner), None)
    if mine is None:
        return None
    running = mine.running + before  # so many of the owner's will run when its turn comes
    for other in claimants:
        # of two that come to run as many, the one that had more before was served longer ago
        is_first = (-other.running, *other.turn) < (-mine.running, *mine.turn)
        before += 0 if other is mine else max(0, min(other.waiting, running - other.running + is_first))
    return before + 1


def _claimants(connection: sql.Connection) -> list[Claimant]:
    return [
        Claimant(row.owner, int(row.waiting), int(row.running), row.oldest, row.served)
        for row in connection.execute(_CLAIMANTS)
    ]
