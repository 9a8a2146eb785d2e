"""Queries in brackets as tasks, over a socket: rows, statistics, cost, dry run, limits, a stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from events import DAY, events, write
from served import ENDLESS
from trawl.api.answers import TaskAnswer
from trawl.api.requests import CreateTask
from trawl.assembly import open_sources
from trawl.client import Client
from trawl.errors import Code, TrawlError
from trawl.server.serving import private_socket
from trawl.settings.process import Settings
from trawl.tasks.task import Status

SERIES = "source web | timechart span=1h count by host | fields a, b, c"
HOSTS = Counter(event["host"] for event in events())
FAILED = Counter(event["host"] for event in events() if event["status"] == 500)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("served")
    macros = {"failed": {"definition": "search status=500"}, "wrong": {"definition": "where nosuch(host)"}}
    settings = Settings.load(folder / "data", threads=1, macros=macros)
    with open_sources(settings) as store:
        store.load("web", [str(write(folder / "web.ndjson"))])
    with private_socket(settings, runs=True) as socket, Client("http://localhost", socket) as found:
        yield found


def create(query: str, **more: Any) -> CreateTask:
    return CreateTask.model_validate({"query": query, **DAY, **more})


def run(client: Client, query: str, **more: Any) -> TaskAnswer:
    *_, task = client.watch(client.submit(create(query, **more)).id)
    assert task.status is Status.COMPLETED, task.error
    return task


def rows(client: Client, query: str) -> list[dict[str, Any]]:
    return list(client.answer(run(client, query).id).rows)


def test_rows_of_a_subquery_whose_columns_only_the_data_tells(client: Client) -> None:
    query = f"source web | stats count as a | append [ {SERIES} | head 2 ] | fillnull value=-1"
    assert rows(client, query) == [{"a": 120, "b": -1, "c": -1}, *[{"a": 20, "b": 20, "c": 20}] * 2]


def test_joined_and_searched(client: Client) -> None:
    joined = "source web | stats count by host | join host [ source web | `failed` | stats count as bad by host ]"
    assert rows(client, joined) == [{"host": host, "count": HOSTS[host], "bad": FAILED[host]} for host in "abc"]
    searched = "source web | search [ source web | head 2 | fields host, status | {} ] | stats count by host, status"
    plain = rows(client, searched.format("head 9"))
    assert plain == rows(client, searched.format("format")) == rows(client, searched.format("return 2 host status"))
    assert len(plain) == 2


def test_statistics_are_of_the_events_before_the_command_that_replaces_them(client: Client) -> None:
    query = "source web | search [ source web | head 1 | fields host ] | stats count | append [ source web | head 1 ]"
    page = client.answer(run(client, query, calculateStats=True, calculateExecutionCost="DEBUG").id)
    host = events()[-1]["host"]
    assert page.rows == [{"count": HOSTS[host]}, events()[-1]]
    assert page.sidebar is not None
    assert page.sidebar.events == HOSTS[host]
    assert page.timeline is not None
    assert sum(bucket.count for bucket in page.timeline.fields) == HOSTS[host]
    assert page.execution_cost is not None
    told = [(command.text, command.rows_in, command.rows_out) for command in page.execution_cost.commands or ()]
    assert told == [
        ("source web", 0, 120),
        ("search [ source web | head 1 | fields host ]", 120, HOSTS[host]),
        ("stats count", HOSTS[host], 1),
        ("append [ source web | head 1 ]", 1, 2),
    ]


def test_cost_of_commands_after_columns_that_only_the_data_tells(client: Client) -> None:
    query = f"{SERIES} | append [ {SERIES} ] | foreach a, b [ eval <<FIELD>> = 0 ] | stats count"
    page = client.answer(run(client, query, calculateStats=True, calculateExecutionCost="DEBUG").id)
    assert page.rows == [{"count": 48}]
    assert page.sidebar is not None
    assert page.sidebar.events == 120
    assert page.execution_cost is not None
    told = [(command.text.split()[0], command.rows_out) for command in page.execution_cost.commands or ()]
    assert told == [("source", 120), ("timechart", 24), ("fields", 24), ("append", 48), ("foreach", 48), ("stats", 1)]


@pytest.mark.parametrize(
    "query", [f"source web | search [ {ENDLESS} | fields number ]", f"source web | append [ {ENDLESS} ]"]
)
def test_a_stop_reaches_a_subquery(client: Client, query: str) -> None:
    id = client.submit(create(query)).id
    next(task for task in client.watch(id) if task.status is Status.RUNNING)
    assert client.stop(id).status is Status.STOPPED


def test_a_dry_run_looks_at_subqueries_without_running_them(client: Client) -> None:
    for nested in (f"search [ {ENDLESS} | fields number ]", f"append [ {SERIES} ]", f"append [ {ENDLESS} ]"):
        assert client.dry_run(create(f"source web | {nested} | stats count by host")).sources == ["web"]


def test_a_subquery_gives_as_many_rows_as_the_setting_says(client: Client) -> None:
    many = "| makeresults | fields number | append [ makeresults count=50001 shownumbers=true | fields number ]"
    task = run(client, f"{many} | stats count")
    assert client.answer(task.id).rows == [{"count": 50_001}]
    assert [warning.code for warning in task.warnings if "50,000" in warning.message] == ["subquery_limit_reached"]
    client.change_settings({"sme.core.max_subsearch_hits_count": 10})
    try:
        task = run(client, "source web | search [ source web | fields message ] | stats count")
        assert client.answer(task.id).rows == [{"count": 10}]
        assert [warning.code for warning in task.warnings] == ["subquery_limit_reached"]
        task = run(client, "source web | fields message | format")
        assert client.answer(task.id).rows[0]["search"].count("message=") == 10
        assert [warning.code for warning in task.warnings] == ["subquery_limit_reached"]
    finally:
        client.change_settings({"sme.core.max_subsearch_hits_count": None})


def nested(depth: int) -> str:
    return "source web | append [ " * depth + "source web" + " ]" * depth


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (nested(21), Code.QUERY_TOO_DEEP),
        (nested(5_000), Code.QUERY_TOO_DEEP),
        ("source web" + " | append [ source web | head 1 ]" * 400, Code.QUERY_TOO_LARGE),
        ("source web | append [ source wbe ]", Code.UNKNOWN_SOURCE),
        ("source web | `faild`", Code.UNKNOWN_MACRO),
        ("source web | append [ source web | `wrong` ]", Code.UNKNOWN_FUNCTION),
    ],
    ids=["deep", "very deep", "large", "source", "macro", "in a macro"],
)
def test_a_query_that_cannot_run_makes_no_task(client: Client, query: str, code: Code) -> None:
    before = client.list({}).total
    with pytest.raises(TrawlError) as caught:
        client.submit(create(query))
    assert caught.value.code is code
    assert caught.value.span is not None
    assert client.list({}).total == before


def test_subqueries_may_nest_deeply(client: Client) -> None:
    assert rows(client, f"{nested(20)} | stats count") == [{"count": 21 * 120}]


def test_a_status_shows_the_query_as_it_was_written(client: Client) -> None:
    task = run(client, "source web | `failed` | stats count")
    assert task.query == "source web | `failed` | stats count"
    assert client.answer(task.id).rows == [{"count": sum(FAILED.values())}]
    assert any("search status=500" in line.message for line in client.logs(task.id).logs)
