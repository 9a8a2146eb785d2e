"""Kill -9 of the server and of workers at any moment: every accepted task ends with the rows it would have had."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tasks.opened import OWNER, TESTS, asked, numbers, opened
from tasks.scripted import add_source
from trawl.tasks.listing import Filter
from trawl.tasks.service import Tasks
from trawl.tasks.task import Status
from waiting import until

AT_ONCE = 20
ROWS = {"quick": 250, "slow": 400, "slow-more": 700}


def start_server(data: Path, database_url: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(TESTS), "TRAWL_DATABASE": database_url}
    command = [sys.executable, "-m", "tasks.scripted_server", str(data)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    assert server.stdout.readline() == "up\n"
    return server


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)  # dead, though nobody has asked how it ended
    except psutil.NoSuchProcess:
        return False


@contextmanager
def no_process_left(server: subprocess.Popen[str]) -> Iterator[None]:
    """Holds the workers of a server to end when it does."""
    workers = psutil.Process(server.pid).children()
    yield
    server.wait()
    until(lambda: not any(is_alive(worker) for worker in workers), "no worker is left")


def kill_a_worker(server: subprocess.Popen[str], tasks: Tasks, dice: random.Random) -> bool:
    """Kills a worker, unless a task might fail by it: two losses are all that a task may have.

    The server is held meanwhile, so that no worker is given such a task just now.
    """
    server.send_signal(signal.SIGSTOP)
    try:
        workers = psutil.Process(server.pid).children()
        unfinished = tasks.list(Filter(statuses=(Status.QUEUED, Status.RUNNING)))[0]
        if not workers or any(task.losses == 2 for task in unfinished):
            return False
        dice.choice(workers).kill()
        return True
    finally:
        server.send_signal(signal.SIGCONT)


def unfinished(tasks: Tasks) -> int:
    return tasks.list(Filter(statuses=(Status.QUEUED, Status.RUNNING)))[1]


@pytest.mark.parametrize("moments", [15, pytest.param(200, marks=pytest.mark.slow)])  # a second or two each
def test_every_accepted_task_ends_with_its_rows(tmp_path: Path, database_url: str, moments: int) -> None:
    dice = random.Random(moments)
    for name, rows in ROWS.items():
        add_source(tmp_path, name, rows)
    accepted: dict[str, int] = {}
    with opened(tmp_path, running=False, database=database_url) as tasks:
        server = start_server(tmp_path, database_url)
        try:
            for _ in range(moments):
                for _ in range(AT_ONCE - unfinished(tasks)):
                    name = dice.choice(list(ROWS))
                    accepted[tasks.submit(asked(f"source {name}"), OWNER).id] = ROWS[name]
                if dice.random() < 0.5:  # else it hits a server that starts
                    until(lambda: tasks.list(Filter(statuses=(Status.RUNNING,)))[1], "a task runs")
                    time.sleep(dice.uniform(0, 1))  # so that some are done
                time.sleep(dice.uniform(0, 0.5))
                if dice.random() < 0.4 or not kill_a_worker(server, tasks, dice):
                    with no_process_left(server):
                        server.kill()
                    server = start_server(tmp_path, database_url)
            until(lambda: not unfinished(tasks), "every task has ended", seconds=300)
        finally:
            server.kill()
            server.wait()
        ends = {id: tasks.get(id, OWNER) for id in accepted}
        assert [(task.error, task.losses) for task in ends.values() if task.status is not Status.COMPLETED] == []
        assert max(task.attempt for task in ends.values()) > 1, "something was killed"
        for id, rows in accepted.items():
            assert ends[id].rows == rows
            assert numbers(tasks, id) == list(range(rows))


def test_a_stop_reaches_a_task_whose_server_was_killed(tmp_path: Path, database_url: str) -> None:
    add_source(tmp_path, "slow", 100_000)
    with opened(tmp_path, running=False, database=database_url) as tasks:
        server = start_server(tmp_path, database_url)
        made = tasks.submit(asked("source slow"), OWNER)
        next(task for task in tasks.watch(made.id, OWNER) if task.rows)
        with no_process_left(server):
            server.kill()
        assert tasks.stop(made.id, OWNER, by=OWNER).status is Status.STOPPED


def test_a_stop_reaches_a_task_that_another_process_runs(tmp_path: Path, database_url: str) -> None:
    add_source(tmp_path, "slow", 100_000)
    with opened(tmp_path, running=False, database=database_url) as tasks:
        server = start_server(tmp_path, database_url)
        try:
            made = tasks.submit(asked("source slow"), OWNER)
            next(task for task in tasks.watch(made.id, OWNER) if task.rows)
            tasks.stop(made.id, OWNER, by=OWNER)
            *_, last = tasks.watch(made.id, OWNER)
            assert last.status is Status.STOPPED
            assert numbers(tasks, made.id) == list(range(last.rows))
        finally:
            server.kill()
            server.wait()
