"""Owners take turns; within one it goes by priority, then age; and places in the queue say what will come."""

from __future__ import annotations

import random

import sqlalchemy as sql

from tasks.queued import add, at_end, claim
from trawl.tasks import queue
from trawl.tasks.store import Ending, Store
from trawl.tasks.tables import tasks
from trawl.tasks.task import Status, Task


def finish(store: Store, task: Task) -> None:
    assert store.finish(at_end(task), Ending(Status.COMPLETED))


def owners_of_next(store: Store, count: int) -> str:
    """Whose tasks are begun, each once the one before has ended."""
    served = []
    for _ in range(count):
        running = claim(store)
        served.append(running.owner)
        finish(store, running)
    return " ".join(served)


def test_one_search_does_not_wait_for_the_hundred_of_somebody_else(engine: sql.Engine) -> None:
    store = Store(engine)
    for _ in range(100):
        add(store, "ada")
    finish(store, claim(store))
    one = add(store, "bob")
    found = store.get(one.id)
    assert found is not None
    assert found.queue_position == 1
    assert owners_of_next(store, 3) == "bob ada ada"


def test_owners_take_turns_however_many_they_have(engine: sql.Engine) -> None:
    store = Store(engine)
    for owner, many in {"ada": 4, "bob": 2, "cyd": 3}.items():
        for _ in range(many):
            add(store, owner)
    assert owners_of_next(store, 9) == "ada bob cyd ada bob cyd ada cyd ada"


def test_whoever_has_fewer_running_comes_first(engine: sql.Engine) -> None:
    store = Store(engine)
    for _ in range(3):
        add(store, "ada")
    claim(store)
    first = claim(store)
    add(store, "bob", priority=0)
    add(store, "bob", priority=0)
    assert [claim(store).owner, claim(store).owner] == ["bob", "bob"], "they have as many then"
    finish(store, first)
    assert claim(store).owner == "ada"


def test_a_high_priority_is_ones_own_affair(engine: sql.Engine) -> None:
    store = Store(engine)
    add(store, "ada", priority=1)
    urgent = add(store, "ada", priority=10)
    other = add(store, "bob", priority=0)
    assert [claim(store).id, claim(store).id] == [urgent.id, other.id]


def test_somebody_who_has_deleted_their_tasks_was_served_all_the_same(engine: sql.Engine) -> None:
    store = Store(engine)
    for _ in range(2):
        add(store, "ada")
    first = claim(store)
    finish(store, first)
    store.bury(first.id, "ada")
    add(store, "bob")
    assert owners_of_next(store, 2) == "bob ada"


def test_no_owner_runs_more_than_one_may(engine: sql.Engine) -> None:
    store = Store(engine)
    for owner in ("ada", "ada", "ada", "bob"):
        add(store, owner)
    first = store.claim("s1", most_of_owner=1)
    assert first is not None
    others = [store.claim("s1", most_of_owner=1) for _ in range(2)]
    assert [task and task.owner for task in (first, *others)] == ["ada", "bob", None]
    finish(store, first)
    assert store.claim("s1", most_of_owner=1) is not None


def test_places_in_the_queue_tell_the_order_of_what_comes(engine: sql.Engine) -> None:
    dice, store = random.Random(7), Store(engine)
    for _ in range(12):
        owners = dice.choices("abcd", (8, 4, 2, 1), k=30)
        waiting = [add(store, owner, priority=dice.randrange(3)).id for owner in owners]
        begun = [claim(store) for _ in range(dice.randrange(12))]
        for task in dice.sample(begun, len(begun) // 2):
            finish(store, task)
        left = [task for id in waiting if (task := store.get(id)) and task.status is Status.QUEUED]
        told = sorted(left, key=lambda task: task.queue_position or 0)
        assert [task.queue_position for task in told] == list(range(1, len(left) + 1))
        came = [claim(store) for _ in left]
        assert [task.id for task in came] == [task.id for task in told]
        for task in (*begun, *came):
            store.finish(at_end(task), Ending(Status.COMPLETED))


def test_a_task_that_is_stopped_while_its_place_is_looked_up_has_none(engine: sql.Engine) -> None:
    store = Store(engine)
    made = add(store)
    with engine.connect() as connection:
        row = connection.execute(sql.select(tasks).where(tasks.c.id == made.id)).one()
    store.request_stop([made.id], "ada")
    with engine.connect() as connection:
        assert queue.position(connection, row) is None
