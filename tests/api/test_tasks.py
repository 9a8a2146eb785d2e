"""Making tasks, looking at them, stopping, keeping and deleting them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.standin import StandIn
from served import MISSING
from trawl.errors import Notice, Span
from trawl.tasks.task import Failure, Status
from trawl.tasks.wanted import CostLevel, Wanted
from trawl.values import Instant

API = "/_sme/async_requests"
CREATE = f"{API}/request"


class TestCreate:
    def test_answers_what_was_made_and_where_to_look(self, http: TestClient, tasks: StandIn) -> None:
        answer = http.post(CREATE, json={"query": "source web"})
        assert answer.status_code == 202
        (id,) = tasks.made
        assert answer.json() == {
            "id": id,
            "status": "QUEUED",
            "created": "2026-01-01T12:00:00.000Z",
            "dtStart": "2025-12-31T12:00:00.000Z",
            "dtEnd": "2026-01-01T12:00:00.000Z",
        }
        assert answer.headers["location"] == f"/trawl{API}/status/{id}"
        assert http.get(answer.headers["location"]).json()["id"] == id

    def test_takes_the_published_body(self, http: TestClient, tasks: StandIn) -> None:
        body = {
            "query": "source sysmon_operational-* qsize=5 ",
            "dtFieldName": "@timestamp",
            "dtStart": "now-1d",
            "dtEnd": "now",
            "calculateStats": True,
            "calculateExecutionCost": "DEBUG",
        }
        assert http.post(CREATE, json=body).status_code == 202
        (task,) = tasks.made.values()
        assert task.wanted == Wanted(
            body["query"],
            "@timestamp",
            "now-1d",
            "now",
            stats=True,
            cost=CostLevel.DEBUG,  # type: ignore[arg-type]  # a text
        )

    def test_takes_label_time_to_live_priority_and_budgets(self, http: TestClient, tasks: StandIn) -> None:
        more = {"name": "n", "ttl": 0, "priority": 10, "maxRunSeconds": 1, "maxRows": 5, "strict": True}
        assert http.post(CREATE, json={"query": "source web", "dtStart": None, **more}).status_code == 202
        (task,) = tasks.made.values()
        assert task.wanted == Wanted(
            "source web", name="n", ttl="0", priority=10, max_run_seconds=1, max_rows=5, strict=True
        )

    @pytest.mark.parametrize(
        ("body", "reason", "hint"),
        [
            (b"", "the body is missing", None),
            (b"{", "the body is not JSON", None),
            (b'{"query": "x",}', "the body is not JSON", None),
            (b'{"query": NaN}', "the body is not JSON", None),
            (b'{"query": "\xff"}', "the body is not JSON", None),
            (b'{"query": "\\ud800"}', "the body is not JSON", None),
            (b"[" * 100_000, "the body is not JSON", None),
            (b"[]", "the body is an array, expected a JSON object", None),
            (b'"x"', 'the body is "x", expected a JSON object', None),
            (b"null", "the body is null, expected a JSON object", None),
            (b"{}", "`query` is missing", None),
            (b'{"query": 5}', "`query` is 5, expected a string", None),
            (b'{"query": null}', "`query` is null, expected a string", None),
            (b'{"query": ["x"]}', "`query` is an array, expected a string", None),
            (b'{"query": "x", "calculateStats": "true"}', '`calculateStats` is "true", expected true or false', None),
            (b'{"query": "x", "calculateStats": 1}', "`calculateStats` is 1, expected true or false", None),
            (b'{"query": "x", "calculateExecutionCost": "all"}', "expected 'OFF', 'INFO' or 'DEBUG'", None),
            (b'{"query": "x", "priority": 11}', "`priority` is 11, expected at most 10", None),
            (b'{"query": "x", "priority": 1.5}', "`priority` is 1.5, expected a whole number", None),
            (b'{"query": "x", "maxRows": 0}', "`maxRows` is 0, expected at least 1", None),
            (b'{"query": "x", "maxRunSeconds": 0}', "`maxRunSeconds` is 0", None),
            (b'{"query": "x", "ttl": "soon"}', "`soon` is no time to live", "such as `12h`"),
            (b'{"query": "x", "ttl": false}', "`ttl` is false, expected a string", None),
            (b'{"query": "x", "dtStart": 1767225600}', "`dtStart` is 1767225600, expected a string", None),
            (b'{"query": "x", "dtStart": ""}', '`dtStart` is "", expected at least 1 character', None),
            (b'{"query": "x", "dtEnd": ""}', '`dtEnd` is "", expected at least 1 character', None),
            (b'{"qurey": "x"}', "there is no field `qurey`", "did the request mean `query`?"),
            (b'{"query": "x", "dtstart": "now"}', "there is no field `dtstart`", "did the request mean `dtStart`?"),
            (b'{"query": "x", "dt_start": "now"}', "there is no field `dt_start`", "did the request mean `dtStart`?"),
            (b'{"query": "x", "colour": 1}', "there is no field `colour`", None),
        ],
    )
    def test_refuses_what_is_no_create_body(
        self, http: TestClient, tasks: StandIn, body: bytes, reason: str, hint: str | None
    ) -> None:
        answer = http.post(CREATE, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["type"] == "malformed_request"
        assert reason in error["reason"]
        assert (hint or "") in error.get("hint", "")
        assert (hint is None) == ("hint" not in error)
        assert not tasks.made

    def test_makes_no_task_of_a_query_that_cannot_be_planned(self, http: TestClient, tasks: StandIn) -> None:
        assert http.post(CREATE, json={"query": "wrong"}).status_code == 422
        assert not tasks.made

    def test_dry_run_makes_no_task(self, http: TestClient, tasks: StandIn) -> None:
        answer = http.post(CREATE + "?dryRun=true", json={"query": "source web"})
        assert answer.status_code == 200
        assert answer.json() == {
            "query": "source web",
            "plan": "#1 scan",
            "sources": ["web"],
            "files": 1,
            "rows": 10,
            "bytes": 1000,
            "outputs": [
                {"kind": "lookup", "name": "all", "action": "append", "keepsIfEmpty": True},
                {"kind": "index", "name": "some", "action": "append", "keepsIfEmpty": True},
            ],
            "warnings": [
                {
                    "code": "unknown_field",
                    "message": "no source has the field `x`",
                    "position": {"start": 0, "end": 6, "line": 1, "column": 1},
                    "count": 3,
                }
            ],
        }
        assert not tasks.made

    def test_the_same_key_answers_the_same_task(self, http: TestClient, tasks: StandIn) -> None:
        key = {"Idempotency-Key": "k1"}
        first = http.post(CREATE, json={"query": "source web"}, headers=key)
        assert http.post(CREATE, json={"query": "source web"}, headers=key).json() == first.json()
        assert http.post(CREATE, json={"query": "source dns"}, headers=key).status_code == 409
        assert len(tasks.made) == 1


class TestStatus:
    def test_tells_everything_with_null_for_what_is_not_yet(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task(Status.QUEUED)
        assert http.get(f"{API}/status/{task.id}").json() == {
            "id": task.id,
            "name": None,
            "query": "source web",
            "owner": "admin",
            "status": "QUEUED",
            "isPartial": False,
            "created": "2026-01-01T12:00:00.000Z",
            "started": None,
            "finished": None,
            "expires": None,
            "dtFieldName": "@timestamp",
            "dtStart": "2025-12-31T12:00:00.000Z",
            "dtEnd": "2026-01-01T12:00:00.000Z",
            "progress": {
                "percent": 0.0,
                "scannedRows": 0,
                "totalRows": 0,
                "scannedBytes": 0,
                "totalBytes": 0,
                "etaSeconds": None,
            },
            "rows": 0,
            "resultBytes": 0,
            "queuePosition": 1,
            "attempt": 0,
            "warnings": [],
            "error": None,
        }

    def test_of_a_failed_task_says_why_and_where(self, http: TestClient, tasks: StandIn) -> None:
        place = {"start": 0, "end": 6, "line": 1, "column": 1}
        task = tasks.task(
            Status.FAILED,
            warnings=(Notice("bad_cast", "2 values are no numbers", Span(7, 10), 2),),
            error=Failure("engine_error", "the disk broke", position=place, excerpt="source\n^^^^^^"),
        )
        found = http.get(f"{API}/status/{task.id}").json()
        assert found["error"] == {
            "type": "engine_error",
            "reason": "the disk broke",
            "position": place,
            "excerpt": "source\n^^^^^^",
        }
        assert found["warnings"][0]["position"] == {"start": 7, "end": 10, "line": 1, "column": 8}

    def test_of_all_comes_newest_first_and_page_by_page(self, http: TestClient, tasks: StandIn) -> None:
        ids = [tasks.task().id for _ in range(10)]
        whole = http.get(f"{API}/status/").json()
        assert [task["id"] for task in whole["tasks"]] == ids[::-1]
        assert whole["total"] == 10
        page = http.get(f"{API}/status", params={"limit": 3, "offset": 2}).json()
        assert [task["id"] for task in page["tasks"]] == ids[::-1][2:5]

    def test_filters_reach_the_tasks(self, http: TestClient, tasks: StandIn) -> None:
        parameters = {"status": "running,QUEUED", "owner": "ada", "q": "web", "createdFrom": "2026-01-01"}
        http.get(f"{API}/status", params=parameters)
        (wanted,) = tasks.listed
        assert wanted.statuses == (Status.RUNNING, Status.QUEUED)
        assert (wanted.owner, wanted.text) == ("ada", "web")
        assert wanted.created_from == Instant(1_767_225_600_000_000_000)

    @pytest.mark.parametrize(
        "query",
        ["status=DONE", "limit=-1", "limit=x", "limit=", "offset=1.0", "createdFrom=yesterdayish", "state=RUNNING"],
    )
    def test_refuses_filters_that_are_none(self, http: TestClient, query: str) -> None:
        assert http.get(f"{API}/status?{query}").status_code == 400


class TestEnds:
    def test_break_stops_one(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task(Status.RUNNING)
        stopped = http.post(f"{API}/break/{task.id}")
        assert (stopped.status_code, stopped.json()["status"], stopped.json()["isPartial"]) == (200, "STOPPED", True)
        again = http.post(f"{API}/break/{task.id}")
        assert (again.status_code, again.json()["error"]["type"]) == (409, "wrong_state")

    def test_break_stops_all(self, http: TestClient, tasks: StandIn) -> None:
        running, done = tasks.task(Status.RUNNING), tasks.task()
        assert http.post(f"{API}/break/").json() == {"stopped": [running.id], "failed": []}
        assert http.post(f"{API}/break?all=true").json() == {"stopped": [], "failed": []}
        assert tasks.made[done.id].status is Status.COMPLETED

    def test_break_of_all_names_those_that_have_not_ended(self, http: TestClient, tasks: StandIn) -> None:
        running, deaf = tasks.task(Status.RUNNING), tasks.task(Status.RUNNING)
        tasks.deaf.add(deaf.id)
        assert http.post(f"{API}/break/").json() == {"stopped": [running.id], "failed": [deaf.id]}

    def test_delete_frees_bytes_once(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task()
        gone = {"id": task.id, "deleted": True, "freedBytes": 4096}
        assert http.delete(f"{API}/delete/{task.id}").json() == gone
        assert http.delete(f"{API}/delete/{task.id}").status_code == 404

    def test_delete_wants_a_finished_task(self, http: TestClient, tasks: StandIn) -> None:
        answer = http.delete(f"{API}/delete/{tasks.task(Status.RUNNING).id}")
        assert (answer.status_code, answer.json()["error"]["hint"]) == (409, "break it first")

    @pytest.mark.parametrize(
        ("body", "status"), [({"ttl": "30d"}, 200), ({"ttl": 0}, 200), ({"ttl": "x"}, 400), ({}, 400)]
    )
    def test_keep_takes_a_time_to_live(
        self, http: TestClient, tasks: StandIn, body: dict[str, Any], status: int
    ) -> None:
        assert http.post(f"{API}/keep/{tasks.task().id}", json=body).status_code == status


class TestLogs:
    def test_come_oldest_first_and_go_on_from_next(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task()
        first = http.get(f"{API}/logs/{task.id}").json()
        assert first["logs"] == [
            {"seq": 1, "time": "2026-01-01T12:00:00.000Z", "level": "INFO", "phase": "queue", "message": "accepted"},
            {
                "seq": 2,
                "time": "2026-01-01T12:00:00.000Z",
                "level": "WARN",
                "phase": "plan",
                "command": "where",
                "message": "no source has the field `x`",
            },
        ]
        assert http.get(f"{API}/logs/{task.id}?from={first['next']}").json()["logs"] == []
        warned = http.get(f"{API}/logs/{task.id}?level=WARN").json()["logs"]
        assert [line["seq"] for line in warned] == [2]

    @pytest.mark.parametrize("query", ["from=-1", "level=LOUD", "form=1"])
    def test_refuse_what_is_no_place_or_level(self, http: TestClient, tasks: StandIn, query: str) -> None:
        assert http.get(f"{API}/logs/{tasks.task().id}?{query}").status_code == 400


class TestEvents:
    def test_stream_states_progress_and_log_lines(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task()
        answer = http.get(f"{API}/events/{task.id}")
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks(answer.text)]
        assert [(event["event"], event["id"]) for event in events] == [
            ("state", "1"), ("progress", "1"), ("log", "2"), ("state", "3"),
        ]  # fmt: skip
        assert '"message":"line\\nbreak"' in events[2]["data"]

    def test_go_on_from_the_last_one_seen(self, http: TestClient, tasks: StandIn) -> None:
        task = tasks.task()
        answer = http.get(f"{API}/events/{task.id}", headers={"Last-Event-ID": "2"})
        assert len(blocks(answer.text)) == 1
        assert http.get(f"{API}/events/{task.id}", headers={"Last-Event-ID": "x"}).status_code == 400

    def test_of_all_tasks(self, http: TestClient, tasks: StandIn) -> None:
        tasks.task(), tasks.task()
        assert len(blocks(http.get(f"{API}/events/").text)) == 8

    def test_of_no_task_are_an_ordinary_error(self, http: TestClient) -> None:
        answer = http.get(f"{API}/events/{MISSING}")
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "task_not_found")


def blocks(stream: str) -> list[str]:
    """The events of a stream, without its comments."""
    return [block for block in stream.split("\n\n") if block and not block.startswith(":")]
