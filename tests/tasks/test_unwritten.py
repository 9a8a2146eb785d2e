"""What the store does not take now it gets later; what it can never take holds nothing else up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sql

from tasks.locked import failing
from tasks.queued import add, at_end, claim
from trawl.errors import Code, Notice
from trawl.tasks.changes import Changes
from trawl.tasks.journal import Journal, Level, Note, Phase
from trawl.tasks.store import Ending, Report, Store
from trawl.tasks.task import Failure, Progress, Status, Task
from trawl.tasks.unwritten import GivenBack, Unwritten

BROKEN = "half of a pair: \ud83d"
"""A text that no database takes: it is no UTF-8."""
DONE = Ending(Status.COMPLETED)


def running(store: Store) -> Task:
    add(store)
    return claim(store)


def found(store: Store, task: Task) -> Task:
    one = store.get(task.id)
    assert one is not None
    return one


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda last: (last, Ending(Status.FAILED, True, Failure(Code.ENGINE_ERROR, BROKEN))),
        lambda last: (replace(last, warnings=(Notice("broken", BROKEN),)), DONE),
        lambda last: (replace(last, notes=(Note(Level.INFO, Phase.SEARCH, BROKEN),)), DONE),
    ],
    ids=["error", "warning", "log"],
)
def test_an_ending_that_can_never_be_written_holds_up_no_other(
    engine: sql.Engine, spoilt: Callable[[Report], tuple[Report, Ending]]
) -> None:
    store = Store(engine)
    first, second = running(store), running(store)
    unwritten = Unwritten(store, Changes())
    unwritten.end(*spoilt(at_end(first, rows=7)))
    unwritten.end(at_end(second), DONE)
    unwritten.write_endings()
    assert unwritten.ended == set()
    assert found(store, second).status is Status.COMPLETED
    failed = found(store, first)
    assert failed.error is not None
    assert (failed.status, failed.error.type, failed.rows) == (Status.FAILED, Code.INTERNAL_ERROR, 7)


def test_endings_wait_in_their_order_for_a_database_that_is_locked(
    engine: sql.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(engine)
    first, second = running(store), running(store)
    unwritten = Unwritten(store, Changes())
    unwritten.end(at_end(first, rows=3), DONE)
    unwritten.end(at_end(second), DONE)
    monkeypatch.setattr(store, "finish", failing(2, store.finish))
    for _ in range(2):
        with pytest.raises(sql.exc.OperationalError):
            unwritten.write_endings()
        assert unwritten.ended == {first.id, second.id}
    unwritten.write_endings()
    assert unwritten.ended == set()
    assert (found(store, first).status, found(store, first).rows) == (Status.COMPLETED, 3)


def test_a_report_that_can_never_be_written_is_left_out(engine: sql.Engine) -> None:
    store = Store(engine)
    first, second = running(store), running(store)
    unwritten = Unwritten(store, Changes())
    unwritten.report(Report(first.id, 1, Progress(5.0), warnings=(Notice("broken", BROKEN),)))
    unwritten.report(Report(second.id, 1, Progress(10.0), rows=4))
    unwritten.write_reports()
    assert not unwritten.has_reports
    assert found(store, second).rows == 4
    unwritten.report(Report(first.id, 1, Progress(6.0), rows=1))
    unwritten.write_reports()
    assert found(store, first).rows == 1


def test_reports_wait_for_a_database_that_is_locked_and_go_with_the_end_if_it_comes_first(
    engine: sql.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(engine)
    task = running(store)
    unwritten = Unwritten(store, Changes())
    monkeypatch.setattr(store, "report", failing(1, store.report))
    unwritten.report(Report(task.id, 1, Progress(5.0), notes=(Note(Level.INFO, Phase.SEARCH, "one"),)))
    with pytest.raises(sql.exc.OperationalError):
        unwritten.write_reports()
    unwritten.report(Report(task.id, 1, Progress(6.0), notes=(Note(Level.INFO, Phase.SEARCH, "two"),)))
    unwritten.end(replace(at_end(task), notes=(Note(Level.INFO, Phase.SEARCH, "three"),)), DONE)
    assert not unwritten.has_reports
    unwritten.write_endings()
    assert [line.message for line in Journal(engine).lines(task.id)] == ["one", "two", "three"]


@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_given_back_waits_as_endings_do(
    engine: sql.Engine, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    store = Store(engine)
    task = running(store)
    unwritten = Unwritten(store, Changes())
    unwritten.report(Report(task.id, 1, Progress(5.0), rows=2, notes=(Note(Level.INFO, Phase.SEARCH, "one"),)))
    unwritten.end(
        Report(task.id, 1, Progress(6.0), rows=3), GivenBack(Note(Level.WARN, Phase.SEARCH, "it vanished"), counts=True)
    )
    monkeypatch.setattr(store, "give_back", failing(2, store.give_back))
    for _ in range(2):
        with pytest.raises(sql.exc.OperationalError):
            unwritten.write_endings()
        assert unwritten.ended == {task.id}
    if stopped:
        store.request_stop([task.id], "ada")
    unwritten.write_endings()
    back = found(store, task)
    told = [line.message for line in Journal(engine).lines(task.id) if not line.message.startswith("stop")]
    assert told == ["one", "it vanished"]
    assert (back.status, back.rows, back.losses) == ((Status.STOPPED, 3, 1) if stopped else (Status.QUEUED, 0, 1))
