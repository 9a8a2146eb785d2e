"""`/_sme/language`: what an editor asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.standin import StandIn
from trawl import commands, functions
from trawl.testing import Events

URL = "/_sme/language"


@pytest.fixture
def catalog(tasks: StandIn, tmp_path: Path) -> Events:
    tasks.catalog = Events(tmp_path)
    tasks.catalog.add("web", [{"host": "a", "status": 200, "odd name": ["x"]}])
    tasks.catalog.add_lookup("hosts", [b"host,owner", b"a,ann"])
    return tasks.catalog


def parsed(http: TestClient, query: str, **more: Any) -> dict[str, Any]:
    answer = http.post(f"{URL}/parse", json={"query": query, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_language_is_told_whole(http: TestClient) -> None:
    told = http.get(URL).json()
    assert [command["name"] for command in told["commands"]] == list(commands.REGISTRY)
    assert sorted(function["name"] for function in told["functions"]) == functions.names()
    assert sorted(function["name"] for function in told["aggregations"]) == functions.aggregation_names()
    dedup = next(command for command in told["commands"] if command["name"] == "dedup")
    assert dedup["summary"] == "Keep the first event, or the first so many, of each combination of values."
    assert dedup["synopsis"].startswith("dedup [N] FIELD")
    assert dedup["examples"][0]["query"] == "source web | dedup host | fields host, status"
    length = next(function for function in told["functions"] if function["name"] == "len")
    assert (length["family"], length["parameters"]) == ("text", ["text"])
    assert length["examples"][0] == {"call": 'len("häuser")', "result": 6}


@pytest.mark.usefixtures("catalog")
def test_a_query_is_taken_apart(http: TestClient) -> None:
    query = "source web // all\n|STATS COUNT by host | append [ source web | head 1 ]"
    told = parsed(http, query)
    assert told["query"] == "source web | stats count by host | append [ source web | head 1 ]"
    assert told["formatted"].startswith("source web // all\n| stats count by host\n| append [\n    source web\n")
    assert [command["text"] for command in told["commands"]][1] == "stats count by host"
    assert told["commands"][1]["position"] == {"start": 19, "end": 38, "line": 2, "column": 2}
    assert [command["name"] for command in told["commands"][2]["subqueries"][0]] == ["source", "head"]
    assert told["sources"] == ["web"]
    assert {"name": "host", "type": "string", "multivalue": False} in told["fields"]
    assert (told["errors"], told["warnings"], told["fieldsAreOpen"]) == ([], [], False)
    assert "completion" not in told


@pytest.mark.usefixtures("catalog")
def test_what_is_wrong_is_part_of_the_answer(http: TestClient) -> None:
    told = parsed(http, "source web | stats cuont by host | wehre a")
    assert (told["query"], told["fields"]) == (None, None)
    assert [(error["type"], error["hint"]) for error in told["errors"]] == [
        ("unknown_command", "did the query mean `where`?")
    ]
    told = parsed(http, "source web | stats cuont by host")
    assert told["query"] == "source web | stats cuont by host"
    assert told["errors"][0]["position"]["start"] == 19
    told = parsed(http, "source web | where hsot == 1")
    assert [warning["code"] for warning in told["warnings"]] == ["unknown_field"]


@pytest.mark.usefixtures("catalog")
def test_columns_that_only_the_data_tells_are_open(http: TestClient) -> None:
    assert parsed(http, "source web | timechart count by host")["fieldsAreOpen"]


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("query", "kind", "text"),
    [
        ("so", "command", "source"),
        ("source web | sta", "command", "stats"),
        ("source we", "source", "web"),
        ("source web | where st", "field", "status"),
        ("source web | where odd", "field", "'odd name'"),
        ("source web | where le", "function", "len"),
        ("source web | stats av", "aggregation", "avg"),
        ("source web | stats count as n by host | where ", "field", "n"),
        ("source web | dedup host kee", "option", "keepempty="),
        ("source web | dedup host so", "word", "sortby"),
        ("source web | dedup host keepempty=t", "value", "true"),
        ("source web | where status ", "operator", "AND"),
        ("source web | lookup ho", "lookup", "hosts"),
        ("source web | append [ source web | eval x = 1 | sort -", "field", "x"),
        ('source web | search a="[ |" st', "field", "status"),
    ],
)
def test_suggestions_fit_the_place(http: TestClient, query: str, kind: str, text: str) -> None:
    found = parsed(http, query, position=len(query))["completion"]
    assert {"kind": kind, "text": text} in [{"kind": one["kind"], "text": one["text"]} for one in found["suggestions"]]
    replaced = found["position"]
    assert query[replaced["start"] : replaced["end"]].lower() in text.lower()


@pytest.mark.usefixtures("catalog")
def test_a_first_command_makes_events_and_later_ones_do_not(http: TestClient) -> None:
    def suggested(query: str) -> set[str]:
        found = parsed(http, query, position=len(query))["completion"]["suggestions"]
        return {one["text"] for one in found if one["kind"] == "command"}

    assert suggested("") == {"source", "makeresults", "inputlookup", "union"}
    assert "union" in suggested("source web | ")
    assert "source" not in suggested("source web | ")


@pytest.mark.parametrize("position", [0, 5, 10**6])
def test_any_position_is_answered(http: TestClient, position: int) -> None:
    assert parsed(http, 'nothing of " this [ | is', position=position)["completion"]["suggestions"] is not None


@pytest.mark.parametrize(
    "body", [{}, {"query": 1}, {"query": "source web", "position": -1}, {"query": "source web", "wher": 1}]
)
def test_bodies_that_are_none_are_refused(http: TestClient, body: dict[str, Any]) -> None:
    answer = http.post(f"{URL}/parse", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "malformed_request"
