"""All 126,579 real events through the HTTP API: statistics, cost, pages and files are those of plain Python."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from trawl.assembly import open_sources
from trawl.server.serving import private_socket
from trawl.settings.process import Settings
from waiting import until
from workbooks import cells, sheets

pytestmark = pytest.mark.real

Event = dict[str, Any]

EVENTS = Path("windows-events-2020") / "events.jsonl.gz"
API = "/_sme/async_requests"
ALL = {"dtStart": "2020-08-01", "dtEnd": "2020-11-01"}
"""A range that all events lie in."""
ENDS = ("COMPLETED", "STOPPED", "FAILED")
PATIENCE = 120.0
"""Seconds after which what is waited for is taken to come no more."""
EXACT = 2**53
KINDS = {str: "string", int: "integer", bool: "boolean"}


@pytest.fixture(scope="module")
def events(real_data: Path) -> list[Event]:
    """The events, newest first and those of one time as they were loaded."""
    with gzip.open(real_data / EVENTS) as lines:
        loaded = [orjson.loads(line) for line in lines]
    assert {len(event["@timestamp"]) for event in loaded} == {24}, "times of one form sort as texts"
    return sorted(loaded, key=lambda event: str(event["@timestamp"]), reverse=True)


@pytest.fixture(scope="module")
def http(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings.load(tmp_path_factory.mktemp("real") / "data", threads=2)
    with open_sources(settings) as store:
        assert store.load("windows", [real_data / EVENTS]).events == 126_579
    with (
        private_socket(settings, runs=True) as socket,
        httpx.Client(base_url="http://localhost", transport=httpx.HTTPTransport(uds=str(socket)), timeout=60) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def everything(http: httpx.Client) -> str:
    """A task that found all events, with all that it has to say of them."""
    return run(http, "source windows", calculateStats=True, calculateExecutionCost="DEBUG")


def create(http: httpx.Client, query: str, **more: Any) -> str:
    made = http.post(f"{API}/request", json={"query": query, **ALL, **more})
    assert made.status_code == 202, made.text
    return str(made.json()["id"])


def waited(http: httpx.Client, id: str, condition: Callable[[Any], bool]) -> Any:
    """The status of a task once a condition holds for it."""

    def found() -> Any:
        task = http.get(f"{API}/status/{id}").json()
        return task if condition(task) else None

    return until(found, f"the status of task {id} that is waited for", PATIENCE)


def run(http: httpx.Client, query: str, **more: Any) -> str:
    id = create(http, query, **more)
    done = waited(http, id, lambda task: task["status"] in ENDS)
    assert done["status"] == "COMPLETED", done["error"]
    return id


def page(http: httpx.Client, id: str, start: int, stop: int | None = None, **more: str) -> Any:
    parameters = {"from": str(start), **more} | ({} if stop is None else {"to": str(stop)})
    return http.get(f"{API}/response/{id}", params=parameters).json()


def export(http: httpx.Client, id: str, kind: str, **more: Any) -> httpx.Response:
    return http.post(f"{API}/file_download/{id}", json={"file_name": "f", "file_type": kind, **more})


def wire(value: Any) -> Any:
    """A value as answers have it: integers that a float could not hold are texts."""
    return str(value) if type(value) is int and abs(value) > EXACT else value


def row(event: Event) -> Event:
    """An event as answers have it."""
    return {name: wire(value) if type(value) is int else value for name, value in event.items()}


# --- statistics -------------------------------------------------------------------------------------------


def sidebar(events: list[Event]) -> dict[str, Any]:
    """What the sidebar should say of the events."""
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    for event in events:
        for name, value in event.items():
            columns[name].append(value)
    ranked = sorted(columns.items(), key=lambda column: (-len(column[1]), column[0]))
    return {"events": len(events), "fields": [field(name, values, len(events)) for name, values in ranked]}


def field(name: str, values: list[Any], events: int) -> dict[str, Any]:
    multivalue = {type(value) for value in values} == {list}
    each = list(chain.from_iterable(values)) if multivalue else values
    (kind,) = {type(value) for value in each}
    counts = Counter(each)
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    told = {
        "name": name,
        "type": "time" if name == "@timestamp" else KINDS[kind],
        "multivalue": multivalue,
        "count": len(values),
        "coverage": round(len(values) / events, 4),
        "distinct": len(counts),
        "distinctIsExact": True,
        "top": [
            {"value": wire(value), "count": count, "percent": round(100 * count / len(values), 2)}
            for value, count in top
        ],
    }
    if told["type"] in ("time", "integer"):
        told |= {"min": wire(min(each)), "max": wire(max(each))}
    if told["type"] == "integer":
        told["avg"] = pytest.approx(sum(each) / len(each), rel=1e-12)
    return told


def edges(start: datetime, end: datetime, span: str) -> list[datetime]:
    """Where the buckets of a range begin."""
    if span == "1mon":
        return [datetime(2020, month, 1, tzinfo=UTC) for month in range(start.month, 13)]
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    step = timedelta(**{units[span[-1]]: int(span[:-1])})
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    found = [epoch + (start - epoch) // step * step]
    while found[-1] + step < end:
        found.append(found[-1] + step)
    return found


def timeline(events: list[Event], start: datetime, end: datetime, span: str) -> dict[str, Any]:
    """What the timeline should say of the events."""
    begins = [moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") for moment in edges(start, end, span)]
    counts = Counter(bisect(begins, event["@timestamp"]) - 1 for event in events)
    buckets = [{"@timestamp": begin, "count": counts[number]} for number, begin in enumerate(begins)]
    return {"field": "@timestamp", "span": span, "timeZone": "UTC", "fields": buckets}


def test_the_sidebar_of_all_events_is_right_in_every_number(
    http: httpx.Client, everything: str, events: list[Event]
) -> None:
    told, expected = page(http, everything, 0, 0)["sidebar"], sidebar(events)
    assert len(expected["fields"]) == 420
    assert [field["name"] for field in told["fields"]] == [field["name"] for field in expected["fields"]]
    for found, wanted in zip(told["fields"], expected["fields"], strict=True):
        assert found == wanted
    assert told["events"] == 126_579


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("2020-09-04T07:06:50.250", "2020-09-04T07:20:00", "10s"),
        ("2020-09-04T06:59:59.999", "2020-09-04T07:59:00", "1m"),
        ("2020-09-04T03:31:00", "2020-09-04T07:31:00", "5m"),
        ("2020-09-03T12:01:00", "2020-09-04T12:01:00", "30m"),
        ("2020-09-01T07:07:30", "2020-09-05T00:30:00", "1h"),
        ("2020-09-12T01:00:00", "2020-09-20T01:00:00", "2h"),
        ("2020-09-04T07:07:00", "2020-10-22T08:30:08.381", "1d"),
        ("2020-02-10T00:00:00", "2020-12-30T00:00:00", "1mon"),
    ],
)
def test_statistics_of_a_range_describe_the_events_behind_an_aggregation(
    http: httpx.Client, events: list[Event], start: str, end: str, span: str
) -> None:
    first, last = (f"{text[:19]}{text[19:] or '.000'}Z" for text in (start, end))
    wanted = [event for event in events if first <= event["@timestamp"] < last and event["EventID"] == 10]
    assert wanted
    id = run(
        http,
        "source windows | search EventID=10 | stats count by Hostname",
        dtStart=first,
        dtEnd=last,
        calculateStats=True,
    )
    told = page(http, id, 0)
    counted = Counter(event["Hostname"] for event in wanted)
    assert told["rows"] == [{"Hostname": host, "count": counted[host]} for host in sorted(counted)]
    assert told["sidebar"] == sidebar(wanted)
    assert told["timeline"] == timeline(wanted, datetime.fromisoformat(first), datetime.fromisoformat(last), span)


def test_the_timeline_of_all_events_counts_each_in_its_day(
    http: httpx.Client, everything: str, events: list[Event]
) -> None:
    whole = (datetime(2020, 8, 1, tzinfo=UTC), datetime(2020, 11, 1, tzinfo=UTC))
    told = page(http, everything, 0, 0)
    assert told["timeline"] == timeline(events, *whole, "1d")
    assert sum(bucket["count"] for bucket in told["timeline"]["fields"]) == told["sidebar"]["events"]


def test_the_cost_tells_the_true_rows_of_each_command(http: httpx.Client, everything: str, events: list[Event]) -> None:
    whole = page(http, everything, 0, 0)["executionCost"]
    assert [(one["command"], one["rowsIn"], one["rowsOut"]) for one in whole["commands"]] == [("source", 0, 126_579)]
    assert (whole["rowsWritten"], whole["filesSkipped"], whole["rowGroupsSkipped"]) == (126_579, 0, 0)
    assert [one["phase"] for one in whole["phases"]] == ["queue", "plan", "search", "write", "stats", "cost"]
    query = "source windows | search EventID=10 | dedup Hostname, SourceImage | stats count by Hostname | sort -count"
    cost = page(http, run(http, query, calculateExecutionCost="DEBUG"), 0)["executionCost"]
    found = [event for event in events if event["EventID"] == 10]
    pairs = {(event["Hostname"], event["SourceImage"]) for event in found if "SourceImage" in event}
    hosts = len({host for host, _ in pairs})
    rows = [len(events), len(found), len(pairs), hosts, hosts]
    assert [one["rowsOut"] for one in cost["commands"]] == rows
    assert [one["rowsIn"] for one in cost["commands"]] == [0, *rows[:-1]]


# --- rows -------------------------------------------------------------------------------------------------


def test_a_page_at_any_depth_holds_the_events_newest_first(
    http: httpx.Client, everything: str, events: list[Event]
) -> None:
    dice = random.Random(7)
    depths = [0, 1, 99, 8_192, 65_536, *(dice.randrange(len(events)) for _ in range(6)), len(events) - 100]
    for depth in depths:
        told = page(http, everything, depth, depth + 100, stats="false")
        assert told["rows"] == [row(event) for event in events[depth : depth + 100]], f"from {depth}"
        assert (told["total"], told["isPartial"]) == (126_579, False)
    assert page(http, everything, len(events) - 1)["rows"] == [row(events[-1])]
    assert page(http, everything, len(events))["rows"] == []


def test_a_json_file_holds_every_value_of_the_events(http: httpx.Client, everything: str, events: list[Event]) -> None:
    file = export(http, everything, "json", download_results_size=40_000)
    assert file.headers["X-Trawl-Rows"] == "40000"
    for number, (found, event) in enumerate(zip(orjson.loads(file.content), events[:40_000], strict=True)):
        assert found == row(event), f"row {number}"


COLUMNS = ("@timestamp", "EventID", "Keywords", "Channel", "LogonId", "LogonID", "tags", "Message")


@pytest.fixture(scope="module")
def table(http: httpx.Client) -> str:
    """A task that found a few columns of all events."""
    return run(http, f"source windows | table {', '.join(COLUMNS)}")


def test_a_csv_file_holds_a_line_for_each_event(http: httpx.Client, table: str, events: list[Event]) -> None:
    file = export(http, table, "csv", download_all_results=True, compress_results=True)
    assert file.headers["X-Trawl-Rows"] == "126579"
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == ["f.csv"]
        text = archive.read("f.csv").decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == list(COLUMNS)
    for number, (found, event) in enumerate(zip(rows, events, strict=True)):
        assert found == [cell(event.get(name, "")) for name in COLUMNS], f"row {number}"


def cell(value: Any) -> str:
    """A value as CSV has it."""
    return "\n".join(value) if isinstance(value, list) else str(value)


def test_an_xlsx_file_holds_ten_thousand_unless_more_are_wanted(
    http: httpx.Client, table: str, events: list[Event]
) -> None:
    (sheet,) = sheets(export(http, table, "xlsx").content)
    header, *rows = cells(sheet)
    assert tuple(header.values()) == COLUMNS
    for number, (cells_of_row, event) in enumerate(zip(rows, events[:10_000], strict=True)):
        found = {header[letters]: value for letters, value in cells_of_row.items()}
        moment = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=found.pop("@timestamp"))
        assert abs(moment - datetime.fromisoformat(event["@timestamp"])) < timedelta(milliseconds=1), f"row {number}"
        assert found == {name: typed(event[name]) for name in COLUMNS[1:] if name in event}, f"row {number}"


def typed(value: Any) -> Any:
    """A value as a spreadsheet has it: no number of more than 15 digits."""
    if isinstance(value, list):
        return "\n".join(value)
    return str(value) if type(value) is int and abs(value) >= 10**15 else value


# --- the end of a task ------------------------------------------------------------------------------------


def test_a_search_that_is_stopped_keeps_its_newest_rows_and_a_deleted_one_is_gone(
    http: httpx.Client, events: list[Event]
) -> None:
    made = [f"made{number}" for number in range(40)]
    slowly = ", ".join(rf'{name}=replace(Message, "(\w+)\W+(\w+)", "\2 \1{name}")' for name in made)
    id = create(http, f"source windows | eval {slowly}")
    running = waited(http, id, lambda task: task["status"] != "QUEUED")
    assert running["status"] == "RUNNING"
    assert http.delete(f"{API}/delete/{id}").status_code == 409
    assert http.post(f"{API}/break/{id}").json()["status"] == "STOPPED"
    assert http.post(f"{API}/break/{id}").status_code == 409
    kept = page(http, id, 0)
    assert (kept["status"], kept["isPartial"]) == ("STOPPED", True)
    assert len(kept["rows"]) == kept["total"] < len(events)
    for found, event in zip(kept["rows"], events, strict=False):
        assert {name: value for name, value in found.items() if name not in made} == row(event)
    assert http.delete(f"{API}/delete/{id}").json()["deleted"] is True
    calls = [("GET", "status"), ("GET", "response"), ("GET", "logs"), ("POST", "break"), ("DELETE", "delete")]
    assert {http.request(method, f"{API}/{call}/{id}").status_code for method, call in calls} == {410}
    assert export(http, id, "csv").status_code == 410
