"""Workers that crash, hang and hog, and disks that are full: each ends one task, with a reason, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tasks.locked import failing
from tasks.opened import OWNER, asked, begun, ended, messages, numbers, opened, run
from tasks.scripted import add_source
from trawl.errors import Code
from trawl.tasks.folders import Folders
from trawl.tasks.ids import new_id
from trawl.tasks.task import Status
from waiting import until


def test_a_query_that_kills_its_worker_each_time_fails_after_three(tmp_path: Path) -> None:
    add_source(tmp_path, "crash", 30)
    add_source(tmp_path, "quick", 10)
    with opened(tmp_path) as tasks:
        failed = run(tasks, "source crash")
        assert failed.error is not None
        assert (failed.status, failed.error.type) == (Status.FAILED, Code.WORKER_DIED)
        assert (failed.attempt, failed.losses) == (3, 3)
        assert messages(tasks, failed.id).count("the worker vanished (killed by SIGKILL)") == 3
        assert run(tasks, "source quick").status is Status.COMPLETED, "nothing else notices"


@pytest.mark.parametrize("adopts", [True, False])
def test_a_task_is_given_back_once_the_database_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adopts: bool
) -> None:
    add_source(tmp_path, "crashonce", 30)
    with opened(tmp_path, running=adopts) as tasks:
        monkeypatch.setattr(tasks._store, "give_back", failing(3, tasks._store.give_back))
        if not adopts:
            tasks.start()
        done = run(tasks, "source crashonce")
        assert (done.status, done.attempt, done.losses) == (Status.COMPLETED, 2, 1)
        assert "the worker vanished (killed by SIGKILL)" in messages(tasks, done.id)


def test_what_cannot_be_found_out_before_a_task_is_begun_leaves_it_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(tmp_path, "quick", 30)
    monkeypatch.setattr(Folders, "free", failing(3, Folders.free))
    with opened(tmp_path) as tasks:
        done = run(tasks, "source quick")
        assert (done.status, done.attempt) == (Status.COMPLETED, 1)


def test_a_worker_that_cannot_be_struck_out_at_the_end_keeps_no_other_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(tmp_path, "slow", 5000)
    with opened(tmp_path) as tasks:
        both = [tasks.submit(asked("source slow"), OWNER).id for _ in range(2)]
        until(lambda: len(tasks._supervisor._crew.busy) == 2, "both run")
        crew = tasks._supervisor._crew
        monkeypatch.setattr(crew, "lose", failing(1, crew.lose))
    with opened(tmp_path, running=False) as tasks:
        assert sorted(tasks.get(id, OWNER).status for id in both) == [Status.QUEUED, Status.RUNNING]


def test_events_loaded_between_two_attempts_change_nothing(tmp_path: Path) -> None:
    add_source(tmp_path, "crashonce", 30)
    with opened(tmp_path) as tasks:
        first = run(tasks, "source crashonce")
        assert (first.status, first.attempt, first.losses) == (Status.COMPLETED, 2, 1)
        assert numbers(tasks, first.id) == list(range(30))
        assert numbers(tasks, run(tasks, "source crashonce").id) == list(range(40)), "a new task sees them"


def test_a_subquery_gives_another_attempt_the_same_rows(tmp_path: Path) -> None:
    add_source(tmp_path, "crashonce", 30)
    with opened(tmp_path) as tasks:
        query = (
            "source crashonce | search [ source crashonce | where n >= 27 | fields n ] | append [ source crashonce ]"
        )
        first = run(tasks, query)
        assert (first.status, first.attempt, first.losses) == (Status.COMPLETED, 2, 1)
        assert numbers(tasks, first.id) == [27, 28, 29, *range(30)]
        assert len(numbers(tasks, run(tasks, query).id)) == 13 + 40, "a new task sees more"


def test_a_worker_that_holds_too_much_memory_ends_its_task_with_that_reason(tmp_path: Path) -> None:
    add_source(tmp_path, "hog", 30)
    with opened(tmp_path, memory_bytes=256 << 20) as tasks:
        failed = run(tasks, "source hog")
        assert failed.error is not None
        assert (failed.status, failed.attempt) == (Status.FAILED, 1)
        assert failed.error.type == Code.MEMORY_LIMIT_EXCEEDED


def test_a_worker_that_does_not_answer_a_stop_is_killed_and_its_rows_stay(tmp_path: Path) -> None:
    add_source(tmp_path, "deaf", 6000)
    with opened(tmp_path) as tasks:
        running = begun(tasks, "source deaf")
        before = set(psutil.Process().children())
        time.sleep(1.5)  # until it makes nothing but noise
        stopped = tasks.stop(running.id, OWNER, by=OWNER)
        assert (stopped.status, stopped.is_partial) == (Status.STOPPED, True)
        assert messages(tasks, running.id)[-1] == "stopped: the worker did not answer in time and was killed"
        assert numbers(tasks, running.id) == list(range(stopped.rows)), "what was readable stays so"
        assert stopped.rows >= running.rows
        assert len([worker for worker in before if not worker.is_running()]) == 1


def test_a_worker_that_ignores_that_its_time_is_up_is_ended_and_its_rows_stay(tmp_path: Path) -> None:
    add_source(tmp_path, "deaf", 100)
    with opened(tmp_path) as tasks:
        done = run(tasks, "source deaf", max_run_seconds=1.5)
        assert (done.status, done.is_partial, done.rows) == (Status.COMPLETED, True, 100)
        assert [warning.code for warning in done.warnings] == ["max_run_seconds_reached"]


def test_a_full_disk_fails_the_task_with_that_reason(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 100_000)
    add_source(tmp_path, "quick-few", 10)
    with opened(tmp_path, factory="tasks.scripted:tools_on_a_full_disk") as tasks:
        failed = run(tasks, "source quick")
        assert failed.error is not None
        assert (failed.status, failed.attempt, failed.error.type) == (Status.FAILED, 1, Code.NO_ROOM)
        assert str(tmp_path) not in failed.error.reason
        assert run(tasks, "source quick-few").status is Status.COMPLETED


def test_tasks_do_not_wait_for_ever_for_workers_that_cannot_start(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 1)
    with opened(tmp_path, factory="tasks.scripted:broken_tools") as tasks:
        failed = run(tasks, "source quick")
        assert failed.error is not None
        assert failed.error.type == Code.INTERNAL_ERROR


def test_an_interrupted_deletion_is_finished_at_the_next_start(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 10)
    results = tmp_path / "results"
    with opened(tmp_path) as tasks:
        kept = run(tasks, "source quick")
    deleted, orphan = results / new_id(1), results / kept.id / "0"
    for folder in (deleted / "1", orphan):
        folder.mkdir(parents=True)
        (folder / "part-000000.parquet").write_bytes(b"rows of nobody")
    (results / "notes.txt").write_text("not ours")
    with opened(tmp_path) as tasks:
        until(lambda: not deleted.exists() and not orphan.exists(), "what belongs to no task is swept")
        assert (results / "notes.txt").exists()
        assert numbers(tasks, kept.id) == list(range(10))
        assert ended(tasks, kept.id).rows == 10
