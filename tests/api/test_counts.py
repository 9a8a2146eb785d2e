"""The rows in and out of each command, as `DEBUG` tells them, are those of the pipeline cut there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from trawl.assembly import open_sources
from trawl.server.serving import private_socket
from trawl.settings.process import Settings

API = "/_sme/async_requests"
PATIENCE = 60.0
"""Seconds after which what is waited for is taken to come no more."""
EVENTS = 500
START = datetime(2026, 1, 1, tzinfo=UTC)


def write(file: Path) -> Path:
    """An event each 20 seconds: nine hosts, of which some events have none; users that are lists; mixed sizes."""
    with file.open("w", encoding="utf-8") as lines:
        for number in range(EVENTS):
            event: dict[str, Any] = {
                "@timestamp": (START + timedelta(seconds=20 * number)).isoformat(),
                "status": [200, 200, 404, 500][number % 4],
                "size": str(number) if number % 5 else number,
                "message": f"request {number} of /{number % 11}",
            }
            if number % 7:
                event["host"] = f"h{number * number % 9}"
            if number % 3:
                event["users"] = ["ann", "bob", "eve"][: number % 3]
            lines.write(json.dumps(event) + "\n")
    return file


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("counted")
    settings = Settings.load(folder / "data", threads=1)
    with open_sources(settings) as store:
        store.load("web", [str(write(folder / "web.ndjson"))])
    with (
        private_socket(settings, runs=True) as socket,
        httpx.Client(base_url="http://localhost", transport=httpx.HTTPTransport(uds=str(socket)), timeout=60) as found,
    ):
        yield found


def answer(http: httpx.Client, query: str, **more: str) -> Any:
    """What a task answers once it is completed; no rows."""
    body = {"query": query, "dtStart": "2026-01-01", "dtEnd": "2026-01-02", **more}
    made = http.post(f"{API}/request", json=body)
    assert made.status_code == 202, made.text
    id, give_up = made.json()["id"], time.monotonic() + PATIENCE
    while (found := http.get(f"{API}/status/{id}").json())["status"] in ("QUEUED", "RUNNING"):
        assert time.monotonic() < give_up, f"after {PATIENCE:.0f} s the task is no further than {found}"
        time.sleep(0.01)
    assert found["status"] == "COMPLETED", found["error"]
    return http.get(f"{API}/response/{id}", params={"from": "0", "to": "0"}).json()


@pytest.mark.parametrize(
    "query",
    [
        "source web",
        "source web | search status=500 | head 20 | fields host | dedup host",
        'source web | eval a=len(message) | where a>15 | sort -a | tail 12 | rename a as b | search b=* NOT host="h0"',
        "source web qsize=300 | search users=ann | stats count by users, host | where count>3 | sort 0 -count | head 2",
        "source web | aggs count, dc(size) by status | fillnull value=0 host | table status, host | head 1",
        "source web | top 3 host by status | rare status | search NOT status=404",
        "source web | search nothing_like_this | stats count | eval b=count+1 | where b>1",
        "source web | bin span=10m @timestamp | dedup 2 @timestamp, status | stats count by @timestamp | tail 3",
        "source web | timechart span=30m count | where count>0 | head 4",
        "source web | timechart span=10m limit=3 count by host | search h0=* | eval a=h0+OTHER | where a>1 | tail 5",
        "source web | search status!=404 | timechart span=1h avg(size) by users | sort -ann | head 3"
        " | stats count, max(bob) as most | where count>0",
        "source web | timechart span=10m count by status | timechart span=1h sum('500') as errors by '404' | head 9",
        "| makeresults count=70 shownumbers=true | where number>20 | stats count by number | head 30 | where number<30",
    ],
)
def test_the_rows_of_each_command_are_those_of_the_pipeline_cut_there(http: httpx.Client, query: str) -> None:
    told = answer(http, query, calculateExecutionCost="DEBUG")
    commands = told["executionCost"]["commands"]
    pipes = query.lstrip("| ").split(" | ")
    first = "| " if query.startswith("|") else ""
    cut = [answer(http, first + " | ".join(pipes[: number + 1]))["total"] for number in range(len(pipes))]
    assert [command["command"] for command in commands] == [pipe.split()[0] for pipe in pipes]
    assert [command["rowsOut"] for command in commands] == cut
    assert [command["rowsIn"] for command in commands] == [0, *cut[:-1]]
    assert cut[-1] == told["total"]
