"""What is answered of a stop: of tasks that stop, that end by themselves first, and that do not end in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.opened import OWNER, asked, opened
from tasks.scripted import add_source
from trawl.errors import Code, TrawlError
from trawl.tasks import service
from trawl.tasks.service import Stops, Tasks
from trawl.tasks.store import Ending, Report
from trawl.tasks.task import Progress, Status


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tasks]:
    """Tasks that nobody runs: they move as a test says, and a stop of them is not waited for."""
    monkeypatch.setattr(service, "STOP_WAIT", 0.0)
    add_source(tmp_path, "quick", 1)
    with opened(tmp_path, running=False) as found:
        yield found


def queued(tasks: Tasks) -> str:
    return tasks.submit(asked("source quick"), OWNER).id


def running(tasks: Tasks) -> str:
    """A task that runs, in a worker that never answers."""
    id = queued(tasks)
    claimed = tasks._store.claim(tasks._presence.name, {id})
    assert claimed is not None
    return claimed.id


def test_a_task_that_waits_is_stopped_at_once(tasks: Tasks) -> None:
    id = queued(tasks)
    assert tasks.stop_all(OWNER, by=OWNER) == Stops(stopped=(id,), unfinished=())


def test_a_task_that_does_not_end_is_told_as_it_is(tasks: Tasks) -> None:
    first, second = running(tasks), queued(tasks)
    assert tasks.stop_all(OWNER, by=OWNER) == Stops(stopped=(second,), unfinished=(first,))
    assert tasks.stop_all(OWNER, by=OWNER) == Stops(stopped=(), unfinished=(first,)), "nor the second time"
    told = tasks.stop(first, OWNER, by="bob")
    assert (told.status, told.stopped_by) == (Status.RUNNING, OWNER)


def test_a_task_that_ends_by_itself_first_was_not_stopped(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    done, stopping, deaf = running(tasks), running(tasks), running(tasks)
    ends = {done: Status.COMPLETED, stopping: Status.STOPPED}

    def end(id: str) -> None:
        if id in ends:
            assert tasks._store.finish(Report(id, 1, Progress()), Ending(ends[id]))

    monkeypatch.setattr(tasks._supervisor, "stop", end)
    assert tasks.stop_all(OWNER, by=OWNER) == Stops(stopped=(stopping,), unfinished=(deaf,))


def test_one_that_ends_by_itself_first_is_refused(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    id = running(tasks)
    ended = Report(id, 1, Progress()), Ending(Status.COMPLETED)
    monkeypatch.setattr(tasks._supervisor, "stop", lambda _: tasks._store.finish(*ended))
    with pytest.raises(TrawlError, match="ended already: COMPLETED") as raised:
        tasks.stop(id, OWNER, by=OWNER)
    assert raised.value.code is Code.WRONG_STATE
