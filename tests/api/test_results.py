"""Pages of a result in each of their forms, and files made of it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any, get_args

import httpx
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from api.conftest import HERE
from api.standin import StandIn
from stored import batch, plain, store
from trawl import formats
from trawl.api.requests import ExportFile
from trawl.errors import Code, TrawlError
from trawl.results.reader import Result
from trawl.schema import INTEGER, STRING, TIME, array_of
from trawl.tasks.export import Export, ExportStream
from trawl.tasks.task import Status, Task
from trawl.values import Instant

API = "/_sme/async_requests"
TOLD = {
    "@timestamp": (TIME, [Instant(1_767_225_600_123_456_700), None]),
    "Id": (INTEGER, [2**53, 2**53 + 1]),
    "ID": (STRING, ["a.b", None]),
    "tags": (array_of(STRING), [["x"], []]),
}


@pytest.fixture
def task(tasks: StandIn, tmp_path: Path) -> Task:
    """A task that found two events."""
    made = tasks.task()
    store(tmp_path / "result", batch(TOLD))
    tasks.results[made.id] = tmp_path / "result"
    return made


@pytest.fixture
def many(tasks: StandIn, tmp_path: Path) -> Task:
    """A task that found 40,000 events."""
    made = tasks.task()
    store(tmp_path / "many", *(plain(range(start, start + 8000)) for start in range(0, 40_000, 8000)))
    tasks.results[made.id] = tmp_path / "many"
    return made


class TestPage:
    def test_holds_values_as_they_are(self, http: TestClient, task: Task) -> None:
        answer = http.get(f"{API}/response/{task.id}")
        assert answer.json() == {
            "id": task.id,
            "status": "COMPLETED",
            "isPartial": False,
            "from": 0,
            "to": 2,
            "total": 2,
            "fields": [
                {"name": "@timestamp", "type": "time", "multivalue": False},
                {"name": "Id", "type": "integer", "multivalue": False},
                {"name": "ID", "type": "string", "multivalue": False},
                {"name": "tags", "type": "string", "multivalue": True},
            ],
            "rows": [
                {"@timestamp": "2026-01-01T00:00:00.1234567Z", "Id": 2**53, "ID": "a.b", "tags": ["x"]},
                {"Id": str(2**53 + 1), "tags": []},
            ],
            "warnings": [],
        }
        keys = list(json.loads(answer.text))
        assert keys.index("total") < keys.index("rows") < keys.index("warnings")

    @pytest.mark.parametrize(
        ("query", "first", "last"),
        [
            ("", 0, 39_999),
            ("from=100&to=200", 100, 199),
            ("from=39990", 39_990, 39_999),
            ("to=3", 0, 2),
            ("from=7999&to=8001", 7999, 8000),
        ],
    )
    def test_starts_at_from_and_ends_before_to(
        self, http: TestClient, many: Task, query: str, first: int, last: int
    ) -> None:
        found = http.get(f"{API}/response/{many.id}?{query}").json()
        assert [row["n"] for row in found["rows"]] == list(range(first, last + 1))
        assert (found["from"], found["to"], found["total"]) == (first, last + 1, 40_000)

    @pytest.mark.parametrize("query", ["from=40000", "from=40000&to=50000", "from=5&to=5", f"from={10**30}"])
    def test_past_the_end_is_empty(self, http: TestClient, many: Task, query: str) -> None:
        answer = http.get(f"{API}/response/{many.id}?{query}")
        assert (answer.status_code, answer.json()["rows"]) == (200, [])

    @pytest.mark.parametrize(
        "query",
        [
            "from=-1",
            "to=-1",
            "from=x",
            "from=1.5",
            "from=",
            "from=2&to=1",
            "from=%2B1",
            "from=٣",
            "from=1_0",
            "form=1",
            "format=xml",
            "stats=perhaps",
            f"from={'9' * 5000}",
        ],
    )
    def test_refuses_what_is_no_range(self, http: TestClient, task: Task, query: str) -> None:
        answer = http.get(f"{API}/response/{task.id}?{query}")
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "malformed_request")

    def test_of_a_queued_task_is_empty(self, http: TestClient, tasks: StandIn) -> None:
        found = http.get(f"{API}/response/{tasks.task(Status.QUEUED).id}").json()
        assert (found["rows"], found["fields"], found["total"], found["status"]) == ([], [], 0, "QUEUED")

    def test_of_an_aggregation_over_nothing_keeps_its_fields(
        self, http: TestClient, tasks: StandIn, tmp_path: Path
    ) -> None:
        made = tasks.task()
        store(tmp_path / "none", plain([]))
        tasks.results[made.id] = tmp_path / "none"
        found = http.get(f"{API}/response/{made.id}").json()
        assert [field["name"] for field in found["fields"]] == ["n", "text"]
        assert found["rows"] == []


class TestForms:
    def test_fields_come_in_the_order_asked_for(self, http: TestClient, task: Task) -> None:
        found = http.get(f"{API}/response/{task.id}", params={"fields": "ID, Id,ID"}).json()
        assert [field["name"] for field in found["fields"]] == ["ID", "Id"]
        assert found["rows"][0] == {"ID": "a.b", "Id": 2**53}

    @pytest.mark.parametrize("form", ["rows", "columns", "ndjson"])
    def test_a_field_that_no_column_has_is_refused_with_the_nearest(
        self, http: TestClient, task: Task, form: str
    ) -> None:
        answer = http.get(f"{API}/response/{task.id}", params={"fields": "ID,id,nothing", "format": form})
        error = answer.json()["error"]
        assert (answer.status_code, error["type"]) == (400, "malformed_request")
        assert (error["reason"], error["hint"]) == ("the result has no field `id`", "perhaps `Id` or `ID` was meant")

    def test_of_a_task_without_rows_yet_no_field_is_missed(self, http: TestClient, tasks: StandIn) -> None:
        answer = http.get(f"{API}/response/{tasks.task(Status.RUNNING).id}", params={"fields": "any"})
        assert (answer.status_code, answer.json()["fields"]) == (200, [])

    def test_columns(self, http: TestClient, task: Task) -> None:
        found = http.get(f"{API}/response/{task.id}", params={"format": "columns", "fields": "ID,tags"}).json()
        assert found["columns"] == [["a.b", None], [["x"], []]]
        assert "rows" not in found
        assert found["warnings"] == []

    def test_columns_of_many_rows(self, http: TestClient, many: Task) -> None:
        found = http.get(f"{API}/response/{many.id}?format=columns&from=7000&to=30000").json()
        assert found["columns"][0] == list(range(7000, 30_000))

    @pytest.mark.parametrize(
        ("query", "headers"), [("?format=ndjson", {}), ("", {"accept": "application/x-ndjson, application/json;q=0.5"})]
    )
    def test_lines(self, http: TestClient, task: Task, query: str, headers: dict[str, str]) -> None:
        answer = http.get(f"{API}/response/{task.id}{query}", headers=headers)
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        assert [json.loads(line)["Id"] for line in answer.text.splitlines()] == [2**53, str(2**53 + 1)]
        assert answer.headers["x-trawl-total"] == "2"
        assert answer.headers["x-trawl-partial"] == "false"


class TestStatistics:
    def test_come_along_unless_left_out(self, http: TestClient, tasks: StandIn, task: Task) -> None:
        tasks.stats[task.id] = {"sidebar": {"events": 2, "fields": []}, "timeline": None}
        tasks.costs[task.id] = {"phases": []}
        whole = http.get(f"{API}/response/{task.id}").json()
        assert whole["sidebar"] == {"events": 2, "fields": []}
        assert whole["timeline"] is None
        assert whole["executionCost"] == {"phases": []}
        lean = http.get(f"{API}/response/{task.id}?stats=false").json()
        assert not lean.keys() & {"sidebar", "timeline"}


class TestFaults:
    def test_after_the_first_byte_cut_the_connection(
        self, app: Any, many: Task, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = Result.batches

        def broken(self: Result, *arguments: Any) -> Any:
            for number, one in enumerate(whole(self, *arguments)):
                if number == 4:
                    raise pa.ArrowInvalid("the file is damaged")
                yield one

        monkeypatch.setattr(Result, "batches", broken)
        http = TestClient(app, base_url=HERE)
        with pytest.raises(pa.ArrowInvalid):  # what uvicorn sees; it closes the connection
            http.get(f"{API}/response/{many.id}")

    def test_before_the_first_byte_are_an_answer(
        self, http: TestClient, many: Task, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(self: Result, *arguments: Any) -> Any:
            raise pa.ArrowInvalid("the file is damaged")

        monkeypatch.setattr(Result, "batches", broken)
        assert http.get(f"{API}/response/{many.id}").status_code == 500


class TestExport:
    def test_sends_the_file_under_its_name(self, http: TestClient, tasks: StandIn, task: Task) -> None:
        answer = http.post(f"{API}/file_download/{task.id}", json={"file_name": "größe", "file_type": "csv"})
        assert answer.text == "n\r\n1\r\n2\r\n"
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"gr__e.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv"
        )
        assert (answer.headers["x-trawl-rows"], answer.headers["x-trawl-partial"]) == ("2", "false")
        assert tasks.exported == [Export("größe", "csv")]

    def test_that_is_long_in_beginning_leaves_the_threads_to_other_calls(
        self, app: Any, tasks: StandIn, task: Task, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built = threading.Event()

        def build(*_: object) -> ExportStream:
            built.wait()
            raise TrawlError(Code.NO_ROOM, "the disk is full")

        async def scenario() -> tuple[int, set[int]]:
            body = {"file_name": "book", "file_type": "xlsx"}
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as caller:
                books = [
                    asyncio.create_task(caller.post(f"{API}/file_download/{task.id}", json=body)) for _ in "x" * 99
                ]
                await asyncio.sleep(1)  # all that may begin has begun by then
                try:
                    other = await asyncio.wait_for(caller.get(f"{API}/status/{task.id}"), timeout=60)
                finally:
                    built.set()
                return other.status_code, {(await book).status_code for book in books}

        monkeypatch.setattr(tasks, "export", build)
        assert asyncio.run(scenario()) == (200, {507})

    def test_takes_the_published_body(self, http: TestClient, tasks: StandIn, task: Task) -> None:
        body = {
            "file_name": "my_file",
            "file_type": "json",
            "compress_results": False,
            "download_all_results": False,
            "download_results_size": 1000,
        }
        assert http.post(f"{API}/file_download/{task.id}", json=body).status_code == 200
        body |= {"download_all_results": True, "compress_results": True}
        assert http.post(f"{API}/file_download/{task.id}", json=body).status_code == 200
        assert tasks.exported == [Export("my_file", "json", rows=1000), Export("my_file", "json", True, rows=None)]

    @pytest.mark.parametrize(
        "change",
        [{"file_type": "pdf"}, {"file_name": 5}, {"fileName": "x"}, {"download_results_size": -1},
         {"download_all_results": "yes"}, {"fields": "a"}, {"file_type": None}],
    )  # fmt: skip
    def test_refuses_what_is_no_export(self, http: TestClient, task: Task, change: dict[str, Any]) -> None:
        body = {"file_name": "x", "file_type": "csv", **change}
        assert http.post(f"{API}/file_download/{task.id}", json=body).status_code == 400

    def test_takes_every_format_there_is(self) -> None:
        assert set(get_args(ExportFile.model_fields["file_type"].annotation)) == set(formats.every())

    def test_wants_a_finished_task(self, http: TestClient, tasks: StandIn) -> None:
        body = {"file_name": "x", "file_type": "csv"}
        assert http.post(f"{API}/file_download/{tasks.task(Status.RUNNING).id}", json=body).status_code == 409
