"""`trawl serve` that is killed, told to end or short of memory while it searches: every task ends as it should."""

from __future__ import annotations

import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from trawl.assembly import open_sources
from trawl.settings.process import Settings
from waiting import until

API = "/_sme/async_requests"
DAY = {"dtStart": "2026-01-01", "dtEnd": "2026-01-02"}
START = datetime(2026, 1, 1, tzinfo=UTC)
EVENTS = 20_000
ENDS = ("COMPLETED", "STOPPED", "FAILED")
RELEASED = "the server ends; the task is queued again"
PATIENCE = 60.0
"""Seconds after which what is waited for is taken to come no more."""

SLOWLY = "eval made=" + "replace(" * 8 + "message" + r', "(\w+)\W+(\w+)", "\2 \1")' * 8
"""Takes most of a second for all events."""
SEARCHES = [
    "source web | search status=500 NOT user=u1*",
    "source web",
    "source web | sort 0 -size, user",
    "source web | stats count, sum(size) as bytes, dc(user) as users by host, status",
    "source web | dedup user | sort 0 host, -user",
    "source web | search status!=404 | timechart span=1h max(size) by host",
]


@dataclass(frozen=True)
class Server:
    """A server that runs, and a way to call it."""

    process: subprocess.Popen[str]
    http: httpx.Client

    def submit(self, query: str, **more: Any) -> str:
        made = self.http.post(f"{API}/request", json={"query": query, **DAY, **more})
        assert made.status_code == 202, made.text
        return str(made.json()["id"])

    def status(self, id: str) -> Any:
        return self.http.get(f"{API}/status/{id}").json()

    def answer(self, id: str) -> dict[str, Any]:
        """Everything that the task found, and nothing of when."""
        told = self.http.get(f"{API}/response/{id}").json()
        return {name: value for name, value in told.items() if name != "id"}

    def count(self, ids: list[str], *statuses: str) -> int:
        return sum(self.status(id)["status"] in statuses for id in ids)

    def ended(self, *ids: str) -> list[Any]:
        """The tasks once all have ended."""
        until(lambda: self.count(list(ids), *ENDS) == len(ids), "tasks that end")
        return [self.status(id) for id in ids]

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "trawl.tasks.worker" in child.cmdline()]


@contextmanager
def served(data: Path, **settings: int) -> Iterator[Server]:
    """`trawl serve` over a data folder; killed at the end if it still runs."""
    environment = os.environ | {f"TRAWL_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-c", "from trawl.cli import main; main()", "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], PATIENCE)[0], f"no server after {PATIENCE:.0f} s"
            found = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
            assert found is not None, "the server ended at once"
            with httpx.Client(base_url=found[0], timeout=PATIENCE) as http:
                yield Server(process, http)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with 20,000 events of a day, four seconds apart."""
    folder, dice = tmp_path_factory.mktemp("served"), random.Random(1)
    with (folder / "web.ndjson").open("w", encoding="utf-8") as lines:
        for number in range(EVENTS):
            event = {
                "@timestamp": (START + timedelta(seconds=4 * number)).isoformat(),
                "host": dice.choice("abcdefg"),
                "user": f"u{dice.randrange(900)}",
                "status": dice.choice([200, 200, 404, 500]),
                "size": dice.randrange(1 << 40),
                "message": " ".join(f"{dice.randrange(1 << 32):x}" for _ in range(12)),
            }
            lines.write(json.dumps(event) + "\n")
    with open_sources(Settings.load(folder / "data")) as store:
        assert store.load("web", [str(folder / "web.ndjson")]).events == EVENTS
    return folder / "data"


def test_kills_of_server_and_worker_change_no_row_and_no_statistic(data: Path) -> None:
    searches = [query.replace("source web", f"source web | {SLOWLY}", 1) for query in SEARCHES]
    dice = random.Random(5)
    with served(data) as server:
        undisturbed = [server.submit(query, calculateStats=True) for query in searches]
        assert {task["attempt"] for task in server.ended(*undisturbed)} == {1}
        expected = [server.answer(id) for id in undisturbed]
        ids = [server.submit(query, calculateStats=True) for query in searches]
        kill_at_work(server, ids, dice)
    with served(data) as server:
        until(lambda: server.count(ids, "RUNNING"), "a task that runs")
        time.sleep(dice.uniform(0, 0.4))
        dice.choice(server.workers()).kill()
        kill_at_work(server, ids, dice)
    with served(data) as server:
        ends = server.ended(*ids)
        assert [task["error"] for task in ends if task["status"] != "COMPLETED"] == []
        assert max(task["attempt"] for task in ends) > 1, "something was killed"
        for query, id, wanted in zip(SEARCHES, ids, expected, strict=True):
            assert server.answer(id) == wanted, query


def kill_at_work(server: Server, ids: list[str], dice: random.Random) -> None:
    """Kills a server a moment after a task is seen to run, unless none is left."""
    until(lambda: server.count(ids, "RUNNING") or server.count(ids, *ENDS) == len(ids), "a task that runs")
    time.sleep(dice.uniform(0, 0.4))
    workers = server.workers()
    server.process.kill()
    assert_gone(server, workers)


def assert_gone(server: Server, workers: list[psutil.Process]) -> None:
    """No worker outlives its server."""
    server.process.wait(PATIENCE)
    assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []


@pytest.mark.slow  # a server is started four times
def test_a_server_that_is_told_to_end_releases_its_tasks_however_often(data: Path) -> None:
    slower = SLOWLY.replace("made=", "more=").replace("message", "made")
    query = f"source web | {SLOWLY} | {slower} | where len(more)>0 | stats count"
    with served(data) as server:
        ids = [server.submit(query) for _ in range(2)]
        release(server, ids[0])
    for _ in range(2):  # a task whose worker vanishes three times has failed; this one goes on
        with served(data) as server:
            release(server, ids[0])
    with served(data) as server:
        ends = server.ended(*ids)
        assert [task["status"] for task in ends] == ["COMPLETED"] * 2, [task["error"] for task in ends]
        assert [server.answer(id)["rows"] for id in ids] == [[{"count": EVENTS}]] * 2
        told = [server.http.get(f"{API}/logs/{id}").json()["logs"] for id in ids]
        released = [sum(line["message"] == RELEASED for line in lines) for lines in told]
        assert released[0] == 3
        assert [task["attempt"] for task in ends] == [1 + times for times in released]


def release(server: Server, id: str) -> None:
    """Tells a server to end while it runs a task."""
    until(lambda: server.count([id], "RUNNING"), "the task to run")
    workers = server.workers()
    server.process.send_signal(signal.SIGTERM)
    assert_gone(server, workers)
    assert server.process.returncode == 0, "a server that is told to end ends well"


def test_a_search_beyond_its_memory_fails_with_that_reason_and_the_next_one_runs(data: Path) -> None:
    with served(data, memory_bytes=256 << 20, threads=1) as server:
        hungry = "| makeresults count=200000000 shownumbers=true | stats median(number)"
        (failed,) = server.ended(server.submit(hungry))
        assert (failed["status"], failed["attempt"]) == ("FAILED", 1)
        assert failed["error"]["type"] == "memory_limit_exceeded"
        (done,) = server.ended(server.submit("source web | sort 0 -size"))
        assert (done["status"], done["rows"]) == ("COMPLETED", EVENTS)
