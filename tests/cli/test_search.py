"""`trawl search` and `trawl explain`, with a server and without one."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import TRAWL, Ended
from events import events
from waiting import until

DAY = ("--from", "2026-01-01", "--to", "2026-01-02")
BY_HOST = "source web | search status=500 | aggs count by host"
TABLE = """\
host  count
────  ─────
a        10
b        10
c        10
"""


def test_prints_a_table_without_a_server(trawl: Callable[..., Ended]) -> None:
    ended = trawl("search", BY_HOST, *DAY)
    assert (ended.status, ended.out) == (0, TABLE)
    assert "3 rows; task " in ended.err


def test_prints_the_same_of_a_server(trawl: Callable[..., Ended], url: str) -> None:
    assert trawl("search", BY_HOST, *DAY, "--url", url).out == TABLE


def test_prints_all_rows_into_a_pipe_as_json_or_csv(trawl: Callable[..., Ended], url: str) -> None:
    found = trawl("search", "source web", *DAY, "--url", url, "--format", "json")
    assert json.loads(found.out) == events()[::-1]
    found = trawl("search", "source web", *DAY, "--url", url, "--format", "csv", "--rows", "5")
    assert len(list(csv.DictReader(io.StringIO(found.out)))) == 5


def test_prints_what_the_api_answers(trawl: Callable[..., Ended], url: str) -> None:
    found = json.loads(trawl("search", BY_HOST, *DAY, "--url", url, "--json").out)
    assert found["rows"] == [{"host": host, "count": 10} for host in "abc"]
    assert found["status"] == "COMPLETED"


def test_draws_timeline_fields_and_cost_beside_the_rows(trawl: Callable[..., Ended], url: str) -> None:
    ended = trawl("search", BY_HOST, *DAY, "--url", url, "--stats", "--cost", "info")
    assert ended.out == TABLE
    assert "timeline: 30 events by 30m (UTC)" in ended.err
    assert "2026-01-01 00:30  7" in ended.err or "2026-01-01 00:30  8" in ended.err
    assert "█" in ended.err
    assert "fields of 30 events" in ended.err
    cost = json.loads(ended.err[ended.err.index("\n{") : ended.err.index("\n}") + 2])
    assert (cost["rowsRead"], cost["filesRead"], cost["rowsWritten"]) == (3 * 120, 3, 3)
    assert [row["phase"] for row in cost["phases"]] == ["queue", "plan", "search", "write", "stats"]


@pytest.mark.parametrize("where", ["server", "folder"])
def test_points_at_what_is_wrong_with_a_query(trawl: Callable[..., Ended], url: str, where: str) -> None:
    ended = trawl("search", "source web | agg count", *(("--url", url) if where == "server" else ()))
    assert ended.status == 2
    assert ended.out == ""
    assert ended.err.splitlines() == [
        "error: there is no command `agg`  [unknown_command]",
        "  source web | agg count",
        "               ^^^",
        "hint: did the query mean `aggs`?",
    ]


def test_says_where_no_server_answers(trawl: Callable[..., Ended]) -> None:
    ended = trawl("search", BY_HOST, "--url", "http://127.0.0.1:9")
    assert (ended.status, ended.out) == (5, "")
    assert "no server answers at http://127.0.0.1:9" in ended.err


def test_refuses_wrong_usage(trawl: Callable[..., Ended]) -> None:
    assert trawl("search").status == 2
    assert trawl("search", BY_HOST, "--format", "xml").status == 2
    assert trawl("search", BY_HOST, "--from", "yesterdayish").status == 2


def test_ctrl_c_stops_the_search_and_keeps_what_it_found(url: str) -> None:
    query = '| makeresults count=1000000000 shownumbers=true | eval text=number . "x" | where like(text, "%y%")'
    with subprocess.Popen([*TRAWL, "search", query, "--url", url], stderr=subprocess.PIPE, text=True) as search:
        running = [*TRAWL, "tasks", "list", "--status", "RUNNING", "--json", "--url", url]

        def seen() -> list[dict[str, str]]:
            assert search.poll() is None, "the search ended before it was seen to run"
            found: list[dict[str, str]] = json.loads(subprocess.check_output(running))["tasks"]
            return found

        try:
            found = until(seen, "the search runs")
            search.send_signal(signal.SIGINT)
            _, err = search.communicate(timeout=30)
        finally:
            search.kill()
    assert search.returncode == 130
    assert f"trawl tasks result {found[0]['id']}" in err
    shown = subprocess.run([*TRAWL, "tasks", "show", found[0]["id"], "--url", url], capture_output=True, text=True)
    assert "STOPPED" in shown.stdout


def test_a_reader_that_has_enough_is_no_error(data: Path, url: str) -> None:
    command = [*TRAWL, "search", "source web", *DAY, "--url", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as search:
        assert search.stdout is not None
        search.stdout.close()
        assert search.wait(timeout=60) in (0, 1)
        assert search.stderr is not None
        assert b"Traceback" not in search.stderr.read()


def test_explain_shows_steps_cut_and_sql(trawl: Callable[..., Ended]) -> None:
    ended = trawl("explain", BY_HOST, *DAY)
    assert ended.status == 0
    assert "pushed   | aggs count by host" in ended.out
    assert "SELECT" in ended.out
    told = json.loads(trawl("explain", BY_HOST, *DAY, "--json").out)
    assert [step["command"] for step in told["steps"]] == ["source", "search", "aggs"]
    assert told["becomes"].keys() == {"result"}
    assert trawl("explain", "source web | agg count").status == 2


def test_explain_looks_at_subqueries_and_macros(trawl: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAWL_MACROS", '{"failed": "search status=500", "wrong": "where nosuch(a)"}')
    query = "source web | `failed` | search [ source web | head 1 | fields host ] | append [ source web | stats count ]"
    ended = trawl("explain", query, *DAY)
    assert ended.status == 0, ended.err
    for step in (
        "search status=500",
        "search [ source web | head 1 | fields host ]",
        "append [ source web | stats count ]",
    ):
        assert f"pushed   | {step}" in ended.out
    assert "search status=500" in trawl("explain", "source web | timechart count by host | `failed`", *DAY).out
    refused = trawl("explain", "source web | `wrong`", *DAY)
    assert refused.status == 2
    assert "the macro `wrong` stands for `where nosuch(a)`" in refused.err
