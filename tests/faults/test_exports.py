"""Exports whose disk is full, whose process is killed, whose server is killed, whose result is deleted meanwhile."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

import trawl
from tasks.opened import OWNER, TESTS, opened, run
from tasks.scripted import add_source
from trawl.errors import Code, TrawlError
from trawl.tasks import chunks, process
from trawl.tasks.export import Export
from trawl.tasks.service import Tasks
from trawl.tasks.task import Task
from waiting import until

BUILT = ("xlsx", "parquet")
ROWS = 150_000


@pytest.fixture
def tasks(tmp_path: Path) -> Iterator[Tasks]:
    add_source(tmp_path, "quick", ROWS)
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def done(tasks: Tasks) -> Task:
    """A task that found many rows."""
    return run(tasks, "source quick")


def left_behind(data: Path) -> list[Path]:
    """Temporary files of exports."""
    return list((data / "results").rglob("export-*"))


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file of this process, or of one that it starts, grows beyond a size: writing more fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kind", BUILT)
def test_a_full_disk_refuses_the_file_and_leaves_nothing(tasks: Tasks, done: Task, kind: str, tmp_path: Path) -> None:
    with disk_of(250_000), pytest.raises(TrawlError, match="the disk is full") as raised:
        tasks.export(done.id, OWNER, Export("mine", kind, rows=None))
    assert raised.value.code is Code.NO_ROOM
    assert left_behind(tmp_path) == []
    assert b"".join(tasks.export(done.id, OWNER, Export("mine", kind)).chunks).startswith((b"PK", b"PAR1"))


@pytest.mark.parametrize("kind", BUILT)
def test_temporary_files_count_against_the_room_for_results(
    tasks: Tasks, done: Task, kind: str, tmp_path: Path
) -> None:
    tasks._cluster.put({"trawl.results.max_bytes": done.result_bytes + 200_000})
    with pytest.raises(TrawlError, match="left for results") as raised:
        tasks.export(done.id, OWNER, Export("mine", kind, rows=None))
    assert raised.value.code is Code.NO_ROOM
    assert left_behind(tmp_path) == []
    assert tasks.export(done.id, OWNER, Export("mine", "csv", rows=None)).rows == ROWS  # takes no room


@pytest.mark.parametrize("kind", BUILT)
def test_a_file_that_is_put_together_at_the_end_counts_too(tasks: Tasks, kind: str, tmp_path: Path) -> None:
    few = run(tasks, "source quick | head 100")
    tasks._cluster.put({"trawl.results.max_bytes": few.result_bytes + 500})
    with pytest.raises(TrawlError, match="left for results") as raised:
        tasks.export(few.id, OWNER, Export("mine", kind))
    assert raised.value.code is Code.NO_ROOM
    assert left_behind(tmp_path) == []


def test_a_process_that_cannot_be_started_leaves_nothing(
    tasks: Tasks, done: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = subprocess.Popen

    def crowded(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        if "trawl.tasks.exporting" in command:
            raise BlockingIOError("there are as many processes as may be")
        return honest(command, **more)

    monkeypatch.setattr(subprocess, "Popen", crowded)
    with pytest.raises(BlockingIOError):
        tasks.export(done.id, OWNER, Export("mine", "csv"))
    assert left_behind(tmp_path) == []
    assert not any("/export-" in os.path.realpath(descriptor) for descriptor in Path("/proc/self/fd").iterdir())


def test_ctrl_c_never_reaches_an_export(tasks: Tasks, done: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = process.start

    def interrupted(*arguments: str) -> Any:
        started = honest(*arguments)
        started[0].send_signal(signal.SIGINT)
        return started

    monkeypatch.setattr(chunks, "start", interrupted)
    found = b"".join(tasks.export(done.id, OWNER, Export("mine", "csv", rows=30)).chunks)
    assert len(found.splitlines()) == 31
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()), "of this process it is still heard"


def test_an_export_of_another_version_is_refused_with_that_reason(
    tasks: Tasks, done: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trawl, "__version__", "0.0.1")  # of this server: its export finds the newer one installed
    with pytest.raises(TrawlError, match="another version") as raised:
        tasks.export(done.id, OWNER, Export("mine", "csv"))
    assert raised.value.code is Code.UNAVAILABLE
    assert left_behind(tmp_path) == []


def test_a_result_that_is_deleted_meanwhile_cuts_the_file(tasks: Tasks, done: Task, tmp_path: Path) -> None:
    stream = tasks.export(done.id, OWNER, Export("mine", "ndjson", rows=None))
    tasks.delete(done.id, OWNER, by=OWNER)
    with pytest.raises(TrawlError) as raised:
        b"".join(stream.chunks)
    assert raised.value.code is Code.TASK_GONE
    assert list((tmp_path / "results").iterdir()) == []


_SERVER = """
import sys, threading, time
from pathlib import Path
from tasks.opened import OWNER, opened, run
from trawl.tasks.export import Export
from waiting import until

data = Path(sys.argv[1])
with opened(data) as tasks:
    done = run(tasks, "source quick")
    wanted = Export("mine", "xlsx", rows=None)
    threading.Thread(target=tasks.export, args=(done.id, OWNER, wanted)).start()
    until(lambda: list(data.rglob("export-*/*/*")), "the export has begun its file")
    print("up", flush=True)
    time.sleep(600)
"""


def test_a_server_that_is_killed_leaves_no_process_and_its_successor_no_file(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 2 * ROWS)
    command = [sys.executable, "-c", _SERVER, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "up\n"
        children = psutil.Process(server.pid).children()
        (exporting,) = [child for child in children if "trawl.tasks.exporting" in child.cmdline()]
        server.kill()
    assert left_behind(tmp_path)
    psutil.wait_procs([exporting], timeout=10)
    assert not exporting.is_running()
    with opened(tmp_path):
        until(lambda: not left_behind(tmp_path), "the successor has swept")


def test_an_export_of_another_process_is_not_swept(tasks: Tasks, done: Task, tmp_path: Path) -> None:
    stream = tasks.export(done.id, OWNER, Export("mine", "parquet", rows=None))
    with opened(tmp_path) as others:
        run(others, "source quick | head 1")  # by then it has swept
    assert left_behind(tmp_path)
    assert b"".join(stream.chunks).endswith(b"PAR1")
    assert not left_behind(tmp_path)
