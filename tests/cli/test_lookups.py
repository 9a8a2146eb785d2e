"""`trawl lookups` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from loaded import write_lines
from trawl.cli import build
from trawl.errors import Code, TrawlError


def run(data: Path, *arguments: object) -> Result:
    return CliRunner().invoke(build(), ["lookups", *map(str, arguments), "--data", str(data)], catch_exceptions=False)


def refused(data: Path, *arguments: object) -> TrawlError:
    with pytest.raises(TrawlError) as caught:
        run(data, *arguments)
    return caught.value


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "of hosts.csv", ["host,owner", "a,ann", "b,bob", "c,"])


def test_a_file_is_put_shown_listed_and_deleted(data: Path, hosts: Path) -> None:
    assert run(data, "list").stdout == ""
    placed = data / "lookups" / "hosts.csv"
    assert run(data, "put", "hosts", hosts).stdout == f"3 rows of 2 fields in {placed}\n"
    assert run(data, "show", "hosts").stdout.split() == ["host", "owner", "────", "─────", "a", "ann", "b", "bob", "c"]
    assert run(data, "list").stdout.split("\n")[2].split()[:2] == ["hosts", "3"]
    assert run(data, "delete", "hosts").stdout == f"{placed} is deleted\n"
    assert json.loads(run(data, "list", "--json").stdout) == []


def test_as_json(data: Path, hosts: Path) -> None:
    fields = [{"name": "host", "type": "string"}, {"name": "owner", "type": "string"}]
    put = json.loads(run(data, "put", "hosts", hosts, "--json").stdout)
    assert (put.pop("bytes") > 0, put) == (True, {"name": "hosts", "rows": 3, "fields": fields})
    assert [told["name"] for told in json.loads(run(data, "list", "--json").stdout)] == ["hosts"]
    rows = [{"host": "a", "owner": "ann"}, {"host": "b", "owner": "bob"}]
    assert json.loads(run(data, "show", "hosts", "--rows", "2", "--json").stdout) == rows
    assert len(json.loads(run(data, "show", "hosts.csv", "--rows", "0", "--json").stdout)) == 3


def test_what_is_left_out_of_a_show_is_told(data: Path, hosts: Path) -> None:
    run(data, "put", "hosts", hosts)
    assert "1 of 3 rows" in run(data, "show", "hosts", "--rows", "1").stderr


def test_another_file_takes_the_place_of_one_of_any_ending(data: Path, hosts: Path, tmp_path: Path) -> None:
    run(data, "put", "hosts", hosts)
    run(data, "put", "hosts", write_lines(tmp_path / "new.NDJSON", [{"host": "z"}]))
    assert json.loads(run(data, "show", "hosts", "--json").stdout) == [{"host": "z"}]
    assert [path.name for path in (data / "lookups").iterdir() if path.name[0] != "."] == ["hosts.ndjson"]


def test_a_name_with_an_ending_leaves_others_alone(data: Path, hosts: Path, tmp_path: Path) -> None:
    run(data, "put", "hosts.csv", hosts)
    run(data, "put", "hosts.ndjson", write_lines(tmp_path / "new.ndjson", [{"host": "z"}]))
    assert [told["name"] for told in json.loads(run(data, "list", "--json").stdout)] == ["hosts.csv", "hosts.ndjson"]
    assert refused(data, "show", "hosts").code is Code.INVALID_ARGUMENT


def test_a_file_that_cannot_be_read_takes_no_place(data: Path, hosts: Path, tmp_path: Path) -> None:
    run(data, "put", "hosts", hosts)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    assert refused(data, "put", "hosts", broken).code is Code.UNREADABLE_FILE
    assert refused(data, "put", "hosts", tmp_path / "none.csv").code is Code.UNREADABLE_FILE
    assert len(json.loads(run(data, "show", "hosts", "--json").stdout)) == 3
    assert [path for path in (data / "lookups").iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("name", ["../hosts", "", ".hosts", "a b", "hosts.json", "x" * 300])
def test_what_is_no_name_is_refused(data: Path, hosts: Path, name: str) -> None:
    error = refused(data, "put", name, hosts)
    assert (error.code, bool(error.hint)) == (Code.INVALID_ARGUMENT, True)
    assert not (data / "lookups" / "hosts.csv").exists()


def test_a_file_of_another_kind_is_refused(data: Path, tmp_path: Path) -> None:
    error = refused(data, "put", "hosts", write_lines(tmp_path / "hosts.txt", ["a"]))
    assert error.hint == "the endings of lookups are .csv, .parquet, .json, .ndjson, .jsonl"


@pytest.mark.parametrize("command", ["show", "delete"])
def test_what_is_not_there_is_told_with_what_is_called_alike(data: Path, hosts: Path, command: str) -> None:
    error = refused(data, command, "hosts")
    assert (error.code, error.hint) == (
        Code.UNKNOWN_SOURCE,
        "`trawl lookups list` tells what there is, `trawl lookups put` makes one of a file",
    )
    run(data, "put", "hosts", hosts)
    assert refused(data, command, "host").hint == "did the query mean `hosts`?"


def test_a_file_in_the_folder_that_cannot_be_read_is_listed_with_the_reason(data: Path, hosts: Path) -> None:
    run(data, "put", "hosts", hosts)
    (data / "lookups" / "bad.parquet").write_bytes(b"PAR1 no")
    bad, good = json.loads(run(data, "list", "--json").stdout)
    assert (bad["name"], "cannot be read" in bad["error"], good["name"]) == ("bad", True, "hosts")
