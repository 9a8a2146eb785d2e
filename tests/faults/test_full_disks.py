"""Disks that are really full: a small one is mounted for the test."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.opened import OWNER, ended, numbers, opened, run
from tasks.scripted import add_source
from tasks.test_life import begun
from trawl.errors import Code
from trawl.tasks.task import Status
from waiting import until


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[Path, str], None]]:
    """Mounts a disk of so many bytes on a folder."""
    mounted: list[Path] = []

    def mount(folder: Path, size: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("needs the right to mount a small disk")
        mounted.append(folder)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


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


def test_a_result_that_does_not_fit_fails_its_task_and_no_other(
    tmp_path: Path, disk: Callable[[Path, str], None]
) -> None:
    add_source(tmp_path, "quick", 200_000)
    add_source(tmp_path, "quick-few", 10)
    disk(tmp_path / "results", "128k")
    with opened(tmp_path) as tasks:
        failed = run(tasks, "source quick")
        assert failed.error is not None
        assert (failed.status, failed.attempt, failed.error.type) == (Status.FAILED, 1, Code.NO_ROOM)
        assert numbers(tasks, failed.id) == list(range(failed.rows)), "what was readable stays so"
        tasks.delete(failed.id, OWNER, by=OWNER)
        assert numbers(tasks, run(tasks, "source quick-few").id) == list(range(10))


def test_a_task_whose_end_cannot_be_written_ends_once_there_is_room(
    tmp_path: Path, disk: Callable[[Path, str], None]
) -> None:
    data = tmp_path / "data"
    disk(data, "8m")
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
