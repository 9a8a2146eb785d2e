"""`trawl tasks`, `trawl settings`, `trawl serve`, and the line itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Ended
from events import DAY, events
from served import ENDLESS, MISSING
from trawl.api.answers import StoppedAll
from trawl.api.requests import CreateTask
from trawl.cli import build
from trawl.cli.terminal.faults import STATUS_OF
from trawl.client import Client
from trawl.errors import Code


@pytest.fixture
def done(url: str) -> str:
    """The id of a task that found all events."""
    return made(url, "source web")


def made(url: str, query: str) -> str:
    with Client(url) as client:
        id = client.submit(CreateTask.model_validate({"query": query, **DAY})).id
        if query != ENDLESS:
            list(client.watch(id))
    return id


def test_list_and_show(trawl: Callable[..., Ended], url: str, done: str) -> None:
    lines = trawl("tasks", "list", "--url", url).out.splitlines()
    assert lines[0].split() == ["id", "status", "%", "rows", "created", "query"]
    assert any(line.split()[:4] == [done, "COMPLETED", "100", "120"] for line in lines[1:])
    shown = trawl("tasks", "show", done, "--url", url).out
    assert "status         COMPLETED" in shown
    assert json.loads(trawl("tasks", "show", done, "--url", url, "--json").out)["rows"] == 120


def test_the_folder_itself_has_the_same_tasks(trawl: Callable[..., Ended], url: str, done: str) -> None:
    assert trawl("tasks", "show", done, "--json").out == trawl("tasks", "show", done, "--json", "--url", url).out


def test_logs(trawl: Callable[..., Ended], url: str, done: str) -> None:
    assert "accepted: source web" in trawl("tasks", "logs", done, "--url", url).out
    assert json.loads(trawl("tasks", "logs", done, "--url", url, "--json").out)["logs"]


def test_result(trawl: Callable[..., Ended], url: str, done: str) -> None:
    table = trawl("tasks", "result", done, "--url", url)
    assert len(table.out.splitlines()) == 122
    assert json.loads(trawl("tasks", "result", done, "--url", url, "--format", "json").out) == events()[::-1]
    few = trawl("tasks", "result", done, "--url", url, "--rows", "3")
    assert len(few.out.splitlines()) == 5
    assert "3 of 120 rows" in few.err


def test_export_appears_whole(trawl: Callable[..., Ended], url: str, done: str, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    assert trawl("tasks", "export", done, str(file), "--url", url).status == 0
    assert json.loads(file.read_text()) == events()[::-1]
    zipped = tmp_path / "events.csv.zip"
    assert trawl("tasks", "export", done, str(zipped), "--zip", "--url", url).status == 0
    assert zipped.read_bytes()[:2] == b"PK"
    assert trawl("tasks", "export", done, str(tmp_path / "events.doc"), "--url", url).status == 2
    assert trawl("tasks", "export", MISSING, str(tmp_path / "none.csv"), "--url", url).status == 3
    assert {found.name for found in tmp_path.iterdir()} == {"events.json", "events.csv.zip"}


def test_stop_keep_and_delete(trawl: Callable[..., Ended], url: str) -> None:
    id = made(url, ENDLESS)
    assert trawl("tasks", "delete", id, "--url", url).status == 4
    assert "STOPPED" in trawl("tasks", "stop", id, "--url", url).out
    assert trawl("tasks", "stop", id, "--url", url).status == 4
    assert "until it is deleted" in trawl("tasks", "keep", id, "0", "--url", url).out
    assert json.loads(trawl("tasks", "delete", id, "--json", "--url", url).out)["deleted"] is True
    assert trawl("tasks", "show", id, "--url", url).status == 3
    assert trawl("tasks", "stop", "--all", "--url", url).out == "nothing to stop\n"
    assert trawl("tasks", "stop", "--url", url).status == 2


def test_stop_names_the_tasks_that_have_not_ended(
    trawl: Callable[..., Ended], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "stop_all", lambda _: StoppedAll(stopped=[], failed=[MISSING]))
    ended = trawl("tasks", "stop", "--all", "--url", url)
    assert (ended.out, ended.err) == ("", f"{MISSING} has not ended yet\n")


def test_no_task_of_an_id(trawl: Callable[..., Ended], url: str) -> None:
    for command in ("show", "logs", "result", "stop", "delete"):
        ended = trawl("tasks", command, MISSING, "--url", url)
        assert (ended.status, ended.out) == (3, "")
    assert trawl("tasks", "show", "../x", "--url", url).status == 3


def test_settings(trawl: Callable[..., Ended], url: str) -> None:
    assert "sme.core.list_limit" in trawl("settings", "--url", url).out
    assert trawl("settings", "sme.core.list_limit", "7", "--url", url).status == 0
    changed = json.loads(trawl("settings", "--json", "--url", url).out)
    assert changed["persistent"] == {"sme.core.list_limit": "7"}
    trawl("settings", "sme.core.list_limit", "--reset", "--url", url)
    assert json.loads(trawl("settings", "--json", "--url", url).out)["persistent"] == {}
    assert trawl("settings", "sme.core.list_limt", "7", "--url", url).status == 2
    assert trawl("settings", "sme.core.list_limit", "--url", url).status == 2


def test_serve_listens_to_this_host_alone(trawl: Callable[..., Ended]) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "server.example"):
        ended = trawl("serve", "--host", host)
        assert (ended.status, ended.out) == (2, "")
        assert "no authentication" in ended.err


def test_serve_says_where_the_port_is_taken(trawl: Callable[..., Ended], url: str) -> None:
    ended = trawl("serve", "--port", url.rpartition(":")[2])
    assert ended.status == 2
    assert "`--port 0` picks a free port" in ended.err


def test_every_command_has_help(trawl: Callable[..., Ended]) -> None:
    top = trawl("--help")
    app = build()
    names = {found.name or getattr(found.callback, "__name__", "") for found in app.registered_commands}
    names |= {str(group.name) for group in app.registered_groups}
    assert names == {"serve", "search", "tasks", "explain", "format", "settings", "load", "sources", "dump", "lookups"}
    for command in sorted(names):
        assert command in top.out
        assert trawl(command, "--help").status == 0


def test_every_error_of_a_query_is_wrong_usage() -> None:
    assert STATUS_OF[Code.SYNTAX_ERROR] == STATUS_OF[Code.UNKNOWN_SOURCE] == 2
    assert STATUS_OF[Code.TASK_GONE] == 3
