"""`trawl load`, `trawl sources`, `trawl dump` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from loaded import write_lines
from trawl.cli import build
from trawl.errors import TrawlError

LINES = [{"ts": 1, "a": "x"}, "broken", {"ts": 2, "a": 1}, {"a": 2}]


def run(data: Path, *arguments: object) -> Result:
    return CliRunner().invoke(build(), [*map(str, arguments), "--data", str(data)], catch_exceptions=False)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "events.ndjson", LINES)


def test_load_says_what_it_did_and_what_it_put_aside(tmp_path: Path, events: Path) -> None:
    done = run(tmp_path / "data", "load", "web", events)
    assert done.exit_code == 0
    assert done.stdout.startswith("2 events into web, 3 fields, ")
    assert f"{events}:2: the line is no JSON" in done.stderr
    assert f"{events}:4: there is no field to take the time from" in done.stderr


def test_load_as_json(tmp_path: Path, events: Path) -> None:
    done = run(tmp_path / "data", "load", "web", events, "--time-missing", "now", "--json")
    told = json.loads(done.stdout)
    assert (told["events"], told["fields"], told["rejected"], told["segments"]) == (3, 3, 1, 1)
    assert json.loads(Path(told["rejectedFile"]).read_text(encoding="utf-8"))["text"] == "broken"


def test_load_takes_the_format_and_the_time_field(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "events", ["seen,a", "2020-01-01,1"])
    run(tmp_path / "data", "load", "web", file, "--format", "csv", "--time-field", "seen")
    (source,) = json.loads(run(tmp_path / "data", "sources", "--json").stdout)
    assert source["first"] == "2020-01-01T00:00:00.000Z"


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrawlError, match="cannot be read"):
        run(tmp_path / "data", "load", "web", tmp_path / "none")


def test_sources_lists_what_there_is(tmp_path: Path, events: Path) -> None:
    assert json.loads(run(tmp_path / "data", "sources", "--json").stdout) == []
    run(tmp_path / "data", "load", "web", events)
    (source,) = json.loads(run(tmp_path / "data", "sources", "--json").stdout)
    assert source.pop("bytes") > 0
    assert source == {
        "name": "web",
        "rows": 2,
        "first": "1970-01-01T00:00:01.000Z",
        "last": "1970-01-01T00:00:02.000Z",
        "timeField": "@timestamp",
        "fields": [
            {"name": "@timestamp", "type": "time"},
            {"name": "a", "type": "mixed"},
            {"name": "ts", "type": "integer"},
        ],
    }
    table = run(tmp_path / "data", "sources").stdout
    assert all(text in table for text in ("web", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z"))


def test_dump_writes_a_file_that_names_its_fields(tmp_path: Path, events: Path) -> None:
    run(tmp_path / "data", "load", "web", events)
    done = run(tmp_path / "data", "dump", "web", "-o", tmp_path / "web.parquet")
    assert done.stdout.startswith("2 events of web in ")
    assert pq.read_schema(tmp_path / "web.parquet").names == ["@timestamp", "a", "ts"]
