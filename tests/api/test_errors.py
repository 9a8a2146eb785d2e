"""Every error has a status, a body of one shape, and says nothing that is not the caller's business."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.standin import StandIn
from trawl.errors import Code, Span, TrawlError
from trawl.server.errors import RETRY_AFTER_SECONDS, STATUS, body_of

CREATE = "/_sme/async_requests/request"


def test_every_code_has_a_status() -> None:
    assert set(STATUS) == set(Code)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_an_error_in_the_query_says_where_and_what_was_meant(http: TestClient) -> None:
    answer = http.post(CREATE, json={"query": "source web\n| wrong x"})
    assert answer.status_code == 422
    assert answer.json() == {
        "error": {
            "type": "unknown_command",
            "reason": "there is no command `wrong`",
            "hint": "did the query mean `where`?",
            "position": {"start": 13, "end": 18, "line": 2, "column": 3},
            "excerpt": "| wrong x\n  ^^^^^",
        },
        "status": 422,
    }


def test_several_errors_of_a_query_come_together() -> None:
    second = TrawlError(Code.SYNTAX_ERROR, "a quote is missing", span=Span(4, 5))
    first = TrawlError(Code.UNKNOWN_COMMAND, "there is no command `a`", span=Span(0, 1), others=[second])
    body = body_of(first, "a | b")
    assert body["error"]["type"] == "unknown_command"
    assert [other["excerpt"] for other in body["error"]["others"]] == ["a | b\n    ^"]


def test_a_time_that_stands_in_the_query_is_an_error_of_the_query() -> None:
    assert body_of(TrawlError(Code.INVALID_TIME, "no time"))["status"] == 400
    assert body_of(TrawlError(Code.INVALID_TIME, "no time", span=Span(0, 1)), "x")["status"] == 422


def test_a_deleted_task_tells_how_to_run_it_again(http: TestClient, tasks: StandIn) -> None:
    request = {"query": "source web", "dtStart": "now-7d"}
    facts = {"deletedAt": "2026-01-01T00:00:00.000Z", "deletedBy": "admin", "request": request}
    tasks.fault = TrawlError(Code.TASK_GONE, "the task was deleted", facts=facts)
    answer = http.get(f"/_sme/async_requests/status/{'0' * 8}-0000-7000-8000-{'0' * 12}")
    assert answer.status_code == 410
    assert answer.json()["error"]["request"] == request


def test_a_quota_says_when_to_try_again(http: TestClient, tasks: StandIn) -> None:
    tasks.fault = TrawlError(Code.TOO_MANY_TASKS, "10 tasks wait already")
    answer = http.post(CREATE, json={"query": "source web"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(RETRY_AFTER_SECONDS)


def test_a_fault_of_the_program_shows_neither_trace_nor_path(http: TestClient, tasks: StandIn) -> None:
    tasks.fault = FileNotFoundError(2, "no such file", "/var/lib/secret")
    answer = http.post(CREATE, json={"query": "source web"})
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "internal_error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "type_"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/_sme/async_requests", 404, "not_found"),
        ("DELETE", "/_sme/async_requests/delete/", 404, "not_found"),
        ("GET", CREATE, 405, "method_not_allowed"),
        ("PUT", "/_sme/async_requests/status/x", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_call(http: TestClient, method: str, path: str, status: int, type_: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, type_)
    assert ("allow" in answer.headers) == (status == 405)
