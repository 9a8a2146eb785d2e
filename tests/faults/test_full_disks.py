"""Disks that are really full: a small one is mounted for the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from disks import small_disk
from tasks.opened import OWNER, begun, ended, numbers, opened, run
from tasks.scripted import add_source
from trawl.errors import Code
from trawl.tasks.task import Status
from waiting import until


def fill(folder: Path) -> Path:
    """A file that takes all room that is left."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12):
            while True:
                try:
                    filler.write(b"x" * size)
                except OSError:
                    break
    return file


def test_a_result_that_does_not_fit_fails_its_task_and_no_other(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 200_000)
    add_source(tmp_path, "quick-few", 10)
    with small_disk(tmp_path / "results", "128k"), opened(tmp_path) as tasks:
        failed = run(tasks, "source quick")
        assert failed.error is not None
        assert (failed.status, failed.attempt, failed.error.type) == (Status.FAILED, 1, Code.NO_ROOM)
        assert numbers(tasks, failed.id) == list(range(failed.rows)), "what was readable stays so"
        tasks.delete(failed.id, OWNER, by=OWNER)
        assert numbers(tasks, run(tasks, "source quick-few").id) == list(range(10))


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder on a disk of its own."""
    with small_disk(tmp_path / "data", "8m") as folder:
        yield folder


def test_a_task_whose_end_cannot_be_written_ends_once_there_is_room(data: Path) -> None:
    add_source(data, "slow", 5000)
    add_source(data, "quick", 10)
    with opened(data) as tasks:
        running = begun(tasks, "source slow")
        filler = fill(data)
        until(lambda: not tasks._supervisor._crew.busy, "the worker is done")
        assert not tasks.get(running.id, OWNER).status.is_end
        filler.unlink()
        assert ended(tasks, running.id).status is Status.FAILED
        assert ended(tasks, running.id).attempt == 1, "its end was kept, not its task run again"
        assert run(tasks, "source quick").status is Status.COMPLETED
