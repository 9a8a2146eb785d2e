"""Loading: order, what is put aside, formats and packings, all or nothing."""

from __future__ import annotations

import errno
import gzip
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from loaded import events_of, in_load_order, load, open_store, segments, write_lines
from trawl.arrow import schema_of
from trawl.errors import Code, TrawlError
from trawl.store import Store, cutting, workers
from trawl.store.inputs import Format
from trawl.store.inputs import lines as line_inputs
from trawl.store.loading import Progress
from trawl.store.merging import Size
from trawl.values import Instant


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in (folder / "indices").rglob("*") if path.is_file()}


def test_events_lie_newest_first_ties_in_load_order(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, *({"ts": ts, "n": n} for n, ts in enumerate([2, 5, 2, 5, 1])))
    (segment,) = segments(store)
    assert [event["n"] for event in events_of(segment)] == [1, 3, 0, 2, 4]
    assert (segment.rows, segment.first, segment.last) == (5, Instant(10**9), Instant(5 * 10**9))
    assert [event["n"] for event in in_load_order(store)] == [0, 1, 2, 3, 4]


def test_a_second_load_goes_on_counting(store: Store, tmp_path: Path) -> None:
    for n in range(3):
        load(store, tmp_path, {"ts": 1, "n": n})
    assert [event["n"] for event in in_load_order(store)] == [0, 1, 2]
    assert [segment.ordinal for segment in segments(store)] == [0, 1, 2]


def test_loading_the_same_file_twice_doubles_it(store: Store, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    store.load("web", [file, file])
    source = store.source("web")
    assert source is not None
    assert source.rows == 2


def test_the_source_says_what_is_in_it(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"ts": 1, "b": 1, "B": "x"})
    load(store, tmp_path, {"ts": 3, "b": "x", "a": [1.5]})
    source = store.source("web")
    assert source is not None
    assert {column.name: column.type.encode() for column in source.schema} == {
        "@timestamp": "time",
        "B": "string",
        "a": "float[]",
        "b": "integer|string",
        "ts": "integer",
    }
    assert source.schema.names == ("@timestamp", "B", "a", "b", "ts")
    assert (source.rows, source.first, source.last) == (2, Instant(10**9), Instant(3 * 10**9))
    assert source.bytes == sum(path.stat().st_size for path in (tmp_path / "indices" / "segments").iterdir())
    assert store.names() == ["web"]
    assert store.source("WEB") is None


def test_a_file_names_its_columns_alike_without_regard_to_case_and_carries_the_fields(
    store: Store, tmp_path: Path
) -> None:
    load(store, tmp_path, {"ts": 1, "LogonId": "a", "LogonID": "b"})
    physical = pq.read_schema(segments(store)[0].path)
    assert physical.names == ["@timestamp:time", "LogonID:string:61", "LogonId:string:21", "ts:integer", "seq"]
    own = schema_of(physical.remove(4))
    assert [(column.name, column.type.encode()) for column in own] == [
        ("@timestamp", "time"),
        ("LogonID", "string"),
        ("LogonId", "string"),
        ("ts", "integer"),
    ]


def test_a_large_load_is_cut_into_segments(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SEGMENT", Size(rows=100, bytes=1 << 20))
    monkeypatch.setattr(line_inputs, "BLOCK_BYTES", 500)
    load(store, tmp_path, *({"ts": n, "n": n} for n in range(1000)))
    found = segments(store)
    assert len(found) > 3
    assert [event["n"] for event in in_load_order(store)] == list(range(1000))
    assert all(earlier.last < later.first for earlier, later in pairwise(found))


def test_helper_processes_give_the_same_events_in_the_same_order(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 3)
    monkeypatch.setattr(line_inputs, "BLOCK_BYTES", 2000)
    lines = [f'{{"ts":{n},"n":{n}}}' if n % 97 else "broken" for n in range(2000)]
    loaded = load(store, tmp_path, *lines)
    assert [event["n"] for event in in_load_order(store)] == [n for n in range(2000) if n % 97]
    assert loaded.rejected == len(range(0, 2000, 97))
    assert [aside.line for aside in loaded.rejects] == [n + 1 for n in range(0, 2000, 97)][:10]


def test_broken_lines_are_counted_and_kept(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    nested = b'{"ts":1,"a":' + b"[" * 2000 + b"]" * 2000 + b"}"
    deep = b'{"a":' * 150 + b"1" + b"}" * 150
    digits = b'{"ts":1,"a":' + b"1" * 400 + b"}"
    lines = [
        b'{"ts":1}',
        b"{broken",
        b"",
        b"[1]",
        b'{"ts":2}\r',
        b'{"a":"\xff"}',
        b"17",
        deep,
        nested,
        digits,
        b'{"ts":3}',
    ]
    file.write_bytes(b"\n".join(lines))
    loaded = store.load("web", [file])
    assert [event["ts"] for event in in_load_order(store)] == [1, 2, 3]
    assert loaded.rejected_file is not None
    kept = [json.loads(line) for line in loaded.rejected_file.read_text(encoding="utf-8").splitlines()]
    assert {each["file"] for each in kept} == {str(file)}
    assert {each["line"]: each["text"] for each in kept} == {
        number: lines[number - 1].decode(errors="backslashreplace") for number in (2, 4, 6, 7, 8, 9, 10)
    }
    reasons = {each["line"]: each["reason"] for each in kept}
    assert reasons[4] == "a JSON object is expected, found an array"
    assert reasons[8] == "objects or arrays nest deeper than 100 levels"
    assert "infinity" in reasons[10]


def test_a_load_of_nothing_but_broken_lines_makes_no_source(store: Store, tmp_path: Path) -> None:
    loaded = load(store, tmp_path, "{broken")
    assert (loaded.events, loaded.rejected) == (0, 1)
    assert store.names() == []
    assert store.source("web") is None
    assert segments(store) == ()


@pytest.mark.parametrize("ending", [".ndjson", ".ndjson.gz", ".ndjson.zst", ""])
def test_packed_files_are_read_by_their_first_bytes(store: Store, tmp_path: Path, ending: str) -> None:
    text = b'\xef\xbb\xbf{"ts":1}\n{"ts":2}'
    half = len(text) // 2
    packed = {
        ".ndjson.gz": gzip.compress(text[:half]) + gzip.compress(text[half:]),
        ".ndjson.zst": zstandard.compress(text[:half]) + zstandard.compress(text[half:]),
    }
    file = tmp_path / f"events{ending}"
    file.write_bytes(packed.get(ending, text))
    assert store.load("web", [file]).events == 2


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_file_cut_short_loads_nothing(store: Store, tmp_path: Path, pack: object) -> None:
    lines = b"".join(b'{"ts":%d,"a":"%d"}\n' % (n, n * n) for n in range(5000))
    whole = write_lines(tmp_path / "whole.ndjson", [{"ts": 1}])
    file = tmp_path / "events"
    assert callable(pack)
    file.write_bytes(pack(lines)[:-20])
    before = files_of(tmp_path)
    with pytest.raises(TrawlError, match="cannot be unpacked") as caught:
        store.load("web", [whole, file])
    assert caught.value.code is Code.UNREADABLE_FILE
    assert store.names() == []
    assert files_of(tmp_path) - before == {"indices/staging/all.lock"}


def test_a_file_that_is_not_there_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(TrawlError, match="no such file") as caught:
        store.load("web", [tmp_path / "none"])
    assert caught.value.code is Code.UNREADABLE_FILE


def test_standard_input_is_a_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b'{"ts":1}\n'))))
    reports: list[Progress] = []
    assert store.load("web", ["-"], report=reports.append).events == 1
    assert reports[-1].bytes_total is None


def test_progress_ends_at_the_size_of_the_files(store: Store, tmp_path: Path) -> None:
    files = [write_lines(tmp_path / name, [{"ts": n} for n in range(100)]) for name in ("a.ndjson", "b.ndjson")]
    reports: list[Progress] = []
    store.load("web", files, report=reports.append)
    total = sum(file.stat().st_size for file in files)
    assert reports[-1] == Progress(events=200, rejected=0, bytes_read=total, bytes_total=total)


@pytest.mark.parametrize("name", ["", "-web", ".", "..", "a/b", "a b", "a,b", "a*", "x" * 201, "a\0", "a\n"])
def test_a_name_that_queries_could_not_name_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(TrawlError) as caught:
        load(store, tmp_path, {"ts": 1}, index=name)
    assert caught.value.code is Code.INVALID_INDEX_NAME


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        ("a.json", '[\n {"ts": 1},\n {"ts": 2}\n]', Format.JSON),
        ("a.json", '{\n "ts": 1\n}\n{\n "ts": 2\n}', Format.JSON),
        ("a.json", '{"ts": 1}\n{"ts": 2}', Format.NDJSON),
        ("a.csv", "ts,a\n1,x\n2,y\n", Format.CSV),
        ("a.log", '::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 -\n' * 2, Format.ACCESS),
        ("a.log", "Mar 27 13:06:56 host sshd[1]: hello\nMar 27 13:06:56 host kernel: hello\n", Format.SYSLOG),
    ],
)
def test_formats_are_recognised(store: Store, tmp_path: Path, name: str, text: str, format_: Format) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert store.load("auto", [file]).events == 2
    assert store.load("told", [file], format=format_).events == 2
    assert in_load_order(store, "auto") == in_load_order(store, "told")


def test_what_is_not_recognised_is_an_error_with_a_hint(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello world", encoding="utf-8")
    with pytest.raises(TrawlError, match="format") as caught:
        store.load("web", [file])
    assert caught.value.hint == "name it: --format"


def test_a_full_disk_loads_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    load(store, tmp_path, {"ts": 1})
    before = files_of(tmp_path)
    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(TrawlError) as caught:
        load(store, tmp_path, {"ts": 2})
    assert caught.value.code is Code.NO_ROOM
    assert files_of(tmp_path) == before
    assert len(segments(store)) == 1
