"""What reaches a route: requests of this host, JSON bodies, and one spelling of each address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.standin import StandIn
from trawl.server.app import create_app
from trawl.server.guard import one_spelling
from trawl.server.strict import LARGEST_BODY
from trawl.tasks.task import Status

API = "/_sme/async_requests"
CREATE = f"{API}/request"


class TestOpenMode:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "127.0.0.1:7717", "localhost:80", "LOCALHOST", "[::1]", "[::1]:7717"]
    )
    def test_answers_to_this_host(self, http: TestClient, host: str) -> None:
        assert http.get("/health/live", headers={"host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["trawl.example", "127.0.0.1.trawl.example", "127.0.0.2", "localhost:x", ""])
    def test_refuses_names_that_a_page_elsewhere_may_have_bound_to_this_host(self, http: TestClient, host: str) -> None:
        answer = http.get("/health/live", headers={"host": host})
        assert (answer.status_code, answer.json()["error"]["type"]) == (403, "foreign_origin")

    @pytest.mark.parametrize(
        "origin",
        ["http://web.example", "null", "http://127.0.0.1:8000", "file://", "http://[bad", "http://localhost:7717"],
    )
    def test_refuses_what_a_page_elsewhere_sends(self, http: TestClient, origin: str) -> None:
        assert http.post(f"{API}/break", headers={"origin": origin}).status_code == 403

    def test_takes_what_its_own_page_sends(self, http: TestClient) -> None:
        assert http.post(f"{API}/break", headers={"origin": "http://127.0.0.1:7717"}).status_code == 200

    def test_with_authentication_any_host_will_do(self) -> None:
        http = TestClient(create_app(None, is_open=False), base_url="http://trawl.example")  # type: ignore[arg-type]  # no service is called
        assert http.get("/health/live", headers={"origin": "http://web.example"}).status_code == 200


class TestBodies:
    @pytest.mark.parametrize(
        "media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
    )
    def test_of_another_type_are_told_which_header_to_add(self, http: TestClient, media_type: str | None) -> None:
        headers = {} if media_type is None else {"content-type": media_type}
        answer = http.post(CREATE, content=b'{"query": "source web"}', headers=headers)
        assert answer.status_code == 415
        assert answer.json()["error"]["hint"] == "add the header `Content-Type: application/json`"

    @pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8"])
    def test_of_json_pass(self, http: TestClient, media_type: str) -> None:
        answer = http.post(CREATE, content=b'{"query": "source web"}', headers={"content-type": media_type})
        assert answer.status_code == 202

    @pytest.mark.parametrize("declared", [True, False])
    def test_end_somewhere(self, http: TestClient, declared: bool) -> None:
        body = b'{"query": "' + b"x" * LARGEST_BODY + b'"}'

        def pieces() -> Iterator[bytes]:
            for start in range(0, len(body), 1 << 20):
                yield body[start : start + (1 << 20)]

        content: Any = body if declared else pieces()
        answer = http.post(CREATE, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["type"]) == (413, "body_too_large")


class TestAddresses:
    @pytest.mark.parametrize("path", [f"{API}/status", f"{API}/status/", f"/trawl{API}/status", f"/trawl{API}/status/"])
    def test_are_one_with_and_without_slash_and_base_path(self, http: TestClient, path: str) -> None:
        assert http.get(path).json() == {"tasks": [], "total": 0}

    def test_keep_a_second_slash(self) -> None:
        assert one_spelling("/a//", "") == "/a/"
        assert one_spelling("/", "") == "/"
        assert one_spelling("/trawlers/a", "/trawl") == "/trawlers/a"
        assert one_spelling("/trawl/a/", "/trawl") == "/a"

    @pytest.mark.parametrize(
        "id",
        [
            "..",
            "%2e%2e",
            "%2E",
            "%00",
            "a%00b",
            "x" * 10_000,
            "..%2f..%2fetc%2fpasswd",
            "12345",
            "%ff",
            "ä",
            "%20",
            "0199C2A4-5A00-7000-8000-000000000000",
            "{0199c2a4-5a00-7000-8000-000000000000}",
        ],
    )
    @pytest.mark.parametrize(
        ("method", "call"),
        [
            ("GET", "status"),
            ("GET", "response"),
            ("GET", "logs"),
            ("GET", "events"),
            ("POST", "break"),
            ("DELETE", "delete"),
        ],
    )
    def test_that_hold_no_id_name_no_task(self, app: Any, tasks: StandIn, method: str, call: str, id: str) -> None:
        tasks.task()
        status, body = raw(app, method, f"{API}/{call}/{id}")
        assert status == 404
        assert b'"status":404' in body

    @pytest.mark.parametrize("path", [f"{API}/break//", f"{API}/break/%2f", f"{API}/break/x/y"])
    def test_that_are_broken_do_not_stop_everything(self, app: Any, tasks: StandIn, path: str) -> None:
        task = tasks.task(Status.RUNNING)
        assert raw(app, "POST", path)[0] == 404
        assert not tasks.made[task.id].status.is_end


def raw(app: Any, method: str, path: str) -> tuple[int, bytes]:
    """Calls the app with a path exactly as a socket would bring it: no client cleans it up."""
    import asyncio
    from urllib.parse import quote, unquote

    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": quote(path, safe="/%{}").encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
