"""Trawl upgraded in place: what is of another version is refused whole, and nothing is lost by it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sql

import trawl
from tasks.opened import OWNER, asked, begun, ended, numbers, opened, refusal, run
from tasks.scripted import add_source
from trawl import database
from trawl.errors import Code
from trawl.tasks.task import Status
from waiting import until


def test_workers_of_another_version_are_refused_and_their_tasks_wait_for_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_source(tmp_path, "quick", 250)
    others = set(psutil.Process().children())
    with monkeypatch.context() as upgraded:
        upgraded.setattr(trawl, "__version__", "0.0.1")  # of this server: its workers find the newer one installed
        with opened(tmp_path) as tasks:
            made = tasks.submit(asked("source quick"), OWNER)
            until(lambda: tasks._supervisor._crew.is_outdated, "a worker of the other version was seen")
            until(lambda: set(psutil.Process().children()) <= others, "no worker is left")
            waiting = tasks.get(made.id, OWNER)
            assert (waiting.status, waiting.attempt) == (Status.QUEUED, 0)
    with opened(tmp_path) as tasks:
        assert ended(tasks, made.id).status is Status.COMPLETED
        assert numbers(tasks, made.id) == list(range(250))


def test_workers_that_are_up_go_on_until_the_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_source(tmp_path, "slow", 2000)
    add_source(tmp_path, "quick", 250)
    with opened(tmp_path) as tasks:
        running = begun(tasks, "source slow")
        monkeypatch.setattr(trawl, "__version__", "0.0.1")
        assert run(tasks, "source quick").status is Status.COMPLETED
        assert ended(tasks, running.id).status is Status.COMPLETED


def test_a_result_that_a_newer_trawl_has_stored_is_refused_with_that_reason(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 10)
    with opened(tmp_path) as tasks:
        done = run(tasks, "source quick")
        manifest = tmp_path / "results" / done.id / "1" / "manifest.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
        with refusal(Code.INTERNAL_ERROR) as raised:
            tasks.answer(done.id, OWNER)
        assert "form 99" in raised.value.reason
        assert tasks.get(done.id, OWNER).status is Status.COMPLETED
        assert tasks.delete(done.id, OWNER, by=OWNER) > 0


def test_a_database_that_a_newer_trawl_has_changed_is_refused(engine: sql.Engine) -> None:
    with database.writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with refusal(Code.UNAVAILABLE) as raised:
        database.upgrade(engine)
    assert "9999" in raised.value.reason


def test_ctrl_c_never_reaches_a_worker(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    add_source(tmp_path, "quick", 250)
    others = set(psutil.Process().children())
    with opened(tmp_path) as tasks:
        (worker,) = until(lambda: set(psutil.Process().children()) - others, "a worker starts")

        def is_ready() -> bool:
            worker.send_signal(signal.SIGINT)
            return any(one.ready for one in tasks._supervisor._crew.workers)

        until(is_ready, "the worker is ready though it is interrupted again and again")
        assert run(tasks, "source quick").status is Status.COMPLETED
        assert worker.is_running()
    assert "Traceback" not in capfd.readouterr().err
