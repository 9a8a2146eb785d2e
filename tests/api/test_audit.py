"""The audit tells who did what, to which task, and from where; what was refused or only looked at is not in it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.standin import StandIn
from trawl.tasks.task import Status

API = "/_sme/async_requests"


@pytest.fixture
def calls(http: TestClient) -> TestClient:
    """The client, whose host is `testclient`."""
    return http


def told(calls: TestClient, method: str, path: str, **more: Any) -> list[dict[str, Any]]:
    """The audit of one call."""
    with capture_logs() as lines:
        calls.request(method, path, **more)
    return [
        {key: value for key, value in line.items() if key not in ("event", "log_level")}
        for line in lines
        if line["event"] == "audit"
    ]


def line(what: str, **about: Any) -> dict[str, Any]:
    return {"who": "admin", "what": what, "where": "testclient", **about}


def test_what_is_done_to_a_task_is_told(calls: TestClient, tasks: StandIn) -> None:
    (made,) = told(calls, "POST", f"{API}/request", json={"query": "source web"})
    id = made["task"]
    assert made == line("create", task=id)
    file = {"file_name": "mine", "file_type": "csv"}
    assert told(calls, "POST", f"{API}/file_download/{id}", json=file) == []
    assert told(calls, "POST", f"{API}/break/{id}") == [line("break", task=id)]
    assert told(calls, "POST", f"{API}/break/{id}") == []
    assert told(calls, "POST", f"{API}/file_download/{id}", json=file) == [line("download", task=id, file="mine.csv")]
    assert told(calls, "POST", f"{API}/keep/{id}", json={"ttl": "3d"}) == [line("keep", task=id, ttl="3d")]
    assert told(calls, "DELETE", f"{API}/delete/{id}") == [line("delete", task=id)]
    others = [tasks.task(Status.RUNNING).id for _ in range(2)]
    assert told(calls, "POST", f"{API}/break") == [line("break", task=one) for one in others]


def test_changed_settings_are_told_by_their_keys(calls: TestClient) -> None:
    body = {"persistent": {"trawl.tasks.max_running": 3}, "transient": {"trawl.tasks.ttl": "1d"}}
    keys = ["trawl.tasks.max_running", "trawl.tasks.ttl"]
    assert told(calls, "PUT", "/_cluster/settings", json=body) == [line("settings", keys=keys)]
    assert told(calls, "PUT", "/_cluster/settings", json={"persistent": {"trawl.nothing": 1}}) == []


def test_looking_is_not_told(calls: TestClient, tasks: StandIn) -> None:
    made = tasks.task()
    for path in (f"{API}/status/{made.id}", f"{API}/status", f"{API}/logs/{made.id}", "/_cluster/settings"):
        assert told(calls, "GET", path) == []
    assert told(calls, "POST", f"{API}/request?dryRun=true", json={"query": "source web"}) == []
    assert told(calls, "POST", f"{API}/request", json={"query": "source web | wrong"}) == []
