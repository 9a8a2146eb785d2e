"""The whole way over a socket: load, create, follow, page, export, stop, delete."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from events import DAY, events, write
from served import ENDLESS, MISSING
from trawl.api.answers import TaskAnswer
from trawl.api.requests import CreateTask, ExportFile
from trawl.assembly import open_sources
from trawl.client import Client
from trawl.errors import Code, Span, TrawlError
from trawl.server.serving import private_socket
from trawl.settings.process import Settings
from trawl.tasks import service
from trawl.tasks.task import Status


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("served")
    settings = Settings.load(folder / "data", threads=1)
    with open_sources(settings) as store:
        store.load("web", [str(write(folder / "web.ndjson"))])
    with private_socket(settings, runs=True) as socket, Client("http://localhost", socket) as found:
        yield found


def create(query: str, **more: Any) -> CreateTask:
    return CreateTask.model_validate({"query": query, **DAY, **more})


def ended(client: Client, id: str) -> TaskAnswer:
    *_, last = client.watch(id)
    return last


def run(client: Client, query: str, **more: Any) -> TaskAnswer:
    task = ended(client, client.submit(create(query, **more)).id)
    assert task.status is Status.COMPLETED, task.error
    return task


def test_an_aggregation_from_create_to_page(client: Client) -> None:
    task = run(client, "source web | search status=500 | aggs count by host")
    page = client.answer(task.id)
    expected = Counter(event["host"] for event in events() if event["status"] == 500)
    assert page.rows == [{"host": host, "count": count} for host, count in sorted(expected.items())]
    assert (task.rows, task.progress.percent, task.is_partial) == (3, 100, False)


def test_events_come_back_newest_first_as_they_were_loaded(client: Client) -> None:
    task = run(client, "source web")
    assert client.answer(task.id).rows == events()[::-1]
    assert client.answer(task.id, 100, 103).rows == events()[::-1][100:103]
    lines = b"".join(client.rows(task.id, 118)).splitlines()
    assert [json.loads(line) for line in lines] == events()[1::-1]


def test_statistics_are_true_to_the_last_count(client: Client) -> None:
    task = run(client, "source web | search status=500 | aggs count by host", calculateStats=True)
    page = client.answer(task.id)
    wanted = [event for event in events() if event["status"] == 500]
    assert page.sidebar is not None
    assert page.timeline is not None
    assert page.sidebar.events == len(wanted)
    hosts = next(field for field in page.sidebar.fields if field.name == "host")
    assert {top.value: top.count for top in hosts.top} == Counter(event["host"] for event in wanted)
    assert sum(bucket.count for bucket in page.timeline.fields) == len(wanted)
    assert page.timeline.span == "30m"
    edges = [(bucket.model_extra or {})["@timestamp"] for bucket in page.timeline.fields]
    assert edges[0] == "2026-01-01T00:00:00.000Z"
    assert edges == sorted(edges)


@pytest.mark.parametrize("query", ["source web", "source web | aggs count by host"])
def test_progress_is_that_of_the_search_whatever_else_reads_its_events(client: Client, query: str) -> None:
    told = run(client, query, calculateStats=True, calculateExecutionCost="DEBUG").progress
    plain = run(client, query).progress
    assert (told.scanned_rows, told.total_rows) == (120, 120)
    assert (told.scanned_bytes, told.total_bytes) == (plain.scanned_bytes, plain.total_bytes)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_cost_is_told_if_asked_for(client: Client, level: str) -> None:
    task = run(client, "source web | head 3", calculateExecutionCost=level)
    cost = client.answer(task.id).execution_cost
    assert cost is not None
    assert (cost.rows_read, cost.files_read, cost.files_skipped) == (120, 1, 0)
    assert (cost.row_groups_read, cost.row_groups_skipped) == (1, 0)
    assert (cost.rows_written, cost.bytes_written) == (3, task.result_bytes)
    phases = ["queue", "plan", "search", "write"]
    if level == "INFO":
        assert [row.phase for row in cost.phases] == phases
        assert (cost.commands, cost.statements, cost.profile) == (None, None, None)
        return
    assert [row.phase for row in cost.phases] == [*phases, "cost"]
    assert cost.commands is not None
    told = [(command.text, command.where, command.rows_in, command.rows_out) for command in cost.commands]
    assert told == [("source web", "pushed", 0, 120), ("head 3", "pushed", 120, 3)]
    assert cost.statements
    assert all("SELECT" in statement for statement in cost.statements)
    assert cost.profile is not None
    assert [one["statement"] for one in cost.profile] == list(range(len(cost.statements)))


def test_cost_is_not_told_if_not_asked_for(client: Client) -> None:
    assert client.answer(run(client, "source web | head 3").id).execution_cost is None


def test_every_pass_over_the_events_counts_as_cost(client: Client) -> None:
    task = run(client, "source web | aggs count by host", calculateStats=True, calculateExecutionCost="INFO")
    cost = client.answer(task.id).execution_cost
    assert cost is not None
    assert (cost.rows_read, cost.files_read) == (3 * 120, 3), "the search, the sidebar, the timeline"


def test_a_log_tells_what_happened(client: Client) -> None:
    task = run(client, "source web | head 3")
    logs = client.logs(task.id)
    assert "accepted" in logs.logs[0].message
    assert [line.seq for line in logs.logs] == sorted(line.seq for line in logs.logs)
    assert client.logs(task.id, logs.next).logs == []


def test_a_log_of_several_answers_is_read_to_its_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    task = run(client, "source web | head 3")
    whole = client.logs(task.id)
    monkeypatch.setattr(service, "LINES", 2)
    assert len(whole.logs) > 2
    assert client.logs(task.id) == whole


def test_exports_hold_the_rows(client: Client) -> None:
    task = run(client, "source web")

    def exported(**more: Any) -> bytes:
        wanted = ExportFile.model_validate({"file_name": "f", **more})
        return b"".join(client.export(task.id, wanted))

    assert json.loads(exported(file_type="json")) == events()[::-1]
    rows = list(csv.DictReader(io.StringIO(exported(file_type="csv", download_results_size=5).decode())))
    assert [row["message"] for row in rows] == [f"request {number}" for number in range(119, 114, -1)]
    archive = zipfile.ZipFile(io.BytesIO(exported(file_type="json", compress_results=True, download_all_results=True)))
    assert archive.namelist() == ["f.json"]
    assert json.loads(archive.read("f.json")) == events()[::-1]
    assert exported(file_type="xlsx")[:2] == b"PK"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", "a\nb", "\0", ".."])
def test_an_export_has_a_name_that_is_one(client: Client, name: str) -> None:
    task = run(client, "source web | head 1")
    with pytest.raises(TrawlError) as caught:
        b"".join(client.export(task.id, ExportFile(file_name=name, file_type="csv")))
    assert caught.value.code is Code.MALFORMED_REQUEST


def test_a_search_that_runs_is_stopped_and_then_deleted(client: Client) -> None:
    id = client.submit(create(ENDLESS)).id
    next(task for task in client.watch(id) if task.status is Status.RUNNING)
    with pytest.raises(TrawlError, match="RUNNING"):
        client.delete(id)
    assert client.stop(id).status is Status.STOPPED
    with pytest.raises(TrawlError) as caught:
        client.stop(id)
    assert caught.value.code is Code.WRONG_STATE
    assert client.delete(id).id == id
    with pytest.raises(TrawlError) as caught:
        client.get(id)
    assert caught.value.code is Code.TASK_GONE
    assert caught.value.facts["request"] == create(ENDLESS).model_dump(by_alias=True, exclude_defaults=True)


def test_stopping_all_leaves_nothing_unfinished(client: Client) -> None:
    ids = {client.submit(create(ENDLESS)).id for _ in range(3)}
    assert set(client.stop_all().stopped) == ids
    assert client.stop_all().stopped == []
    assert {ended(client, id).status for id in ids} == {Status.STOPPED}


def test_a_budget_of_rows_ends_a_task_as_partial(client: Client) -> None:
    task = run(client, "source web", maxRows=7)
    assert (task.rows, task.is_partial) == (7, True)


def test_a_key_makes_one_task(client: Client) -> None:
    first = client.submit(create("source web | head 1"), "key-1")
    assert client.submit(create("source web | head 1"), "key-1").id == first.id
    with pytest.raises(TrawlError) as caught:
        client.submit(create("source web | head 2"), "key-1")
    assert caught.value.code is Code.IDEMPOTENCY_CONFLICT


def test_a_dry_run_reads_nothing_and_makes_nothing(client: Client) -> None:
    before = client.list({}).total
    found = client.dry_run(create("source web | head 3"))
    assert (found.sources, found.rows) == (["web"], 120)
    assert client.list({}).total == before


def test_a_search_of_nothing_says_why(client: Client) -> None:
    task = run(client, "source web", dtStart="2020-01-01", dtEnd="2020-01-02")
    assert task.rows == 0
    assert any("2026-01-01" in warning.message for warning in task.warnings)
    assert run(client, "source nothing-*").rows == 0


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [
        ("", Code.SYNTAX_ERROR, None),
        ("source web | agg count", Code.UNKNOWN_COMMAND, "agg"),
        ("source wbe", Code.UNKNOWN_SOURCE, "wbe"),
        ("source web | where (((", Code.SYNTAX_ERROR, None),
        ("source web" + " | head 1" * 10_000, Code.QUERY_TOO_LARGE, None),
        ("source web | where " + "(" * 5000 + "1" + ")" * 5000, Code.QUERY_TOO_DEEP, None),
        ("source web | search " + "x" * (1 << 20), Code.BODY_TOO_LARGE, None),
    ],
    ids=["empty", "command", "source", "brackets", "pipes", "depth", "size"],
)
def test_a_query_that_cannot_run_makes_no_task(client: Client, query: str, code: Code, place: str | None) -> None:
    before = client.list({}).total
    with pytest.raises(TrawlError) as caught:
        client.submit(create(query))
    assert caught.value.code is code
    if place is not None:
        start = query.index(place)
        assert caught.value.span == Span(start, start + len(place))
    assert client.list({}).total == before


@pytest.mark.parametrize(
    ("body", "code"),
    [({"dtStart": "yesterdayish"}, Code.INVALID_TIME), ({"dtStart": "2026-01-03"}, Code.INVALID_TIME)],
)
def test_a_range_that_is_none_makes_no_task(client: Client, body: dict[str, str], code: Code) -> None:
    with pytest.raises(TrawlError) as caught:
        client.submit(create("source web", **body))
    assert caught.value.code is code


def test_settings_hold_for_the_next_task(client: Client) -> None:
    client.change_settings({"sme.core.global_dt_params.dt_start": "2026-01-01T01:00:00Z"})
    try:
        task = client.submit(CreateTask(query="source web"))
        assert task.dt_start == "2026-01-01T01:00:00.000Z"
    finally:
        client.change_settings({"sme.core.global_dt_params.dt_start": None})


def test_an_unknown_id_is_no_task_of_any_call(client: Client) -> None:
    calls = (client.get, client.answer, client.logs, client.stop, client.delete)
    for call in calls:
        with pytest.raises(TrawlError) as caught:
            call(MISSING)
        assert caught.value.code is Code.TASK_NOT_FOUND


def test_where_no_server_answers() -> None:
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(TrawlError) as caught:
        nobody.get(MISSING)
    assert caught.value.code is Code.UNAVAILABLE
