"""Files that are odd, broken or not to be had: each fault is told in words, and nothing is lost uncounted."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from loaded import in_load_order, open_store
from trawl.errors import Code, TrawlError
from trawl.store import Store
from trawl.store.inputs import delimited, lines
from trawl.store.inputs.lines import blocks
from trawl.store.loading import Loaded

LINES = b"".join(b'{"ts":%d,"a":"%d"}\n' % (n, n * 7919 % 1000) for n in range(5000))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def loaded(store: Store, folder: Path, name: str, content: bytes) -> Loaded:
    (folder / name).write_bytes(content)
    return store.load("web", [folder / name])


def reasons(loaded: Loaded) -> dict[int, str]:
    """Why what was put aside was, by line."""
    return {aside.line: aside.reason for aside in loaded.rejects}


def refused(store: Store, *files: object) -> TrawlError:
    """The error of a load, which has loaded nothing."""
    with pytest.raises(TrawlError) as caught:
        store.load("web", [str(file) for file in files])
    assert caught.value.code is Code.UNREADABLE_FILE
    assert store.source("web") is None
    return caught.value


class TestLongLines:
    """A line beyond the limit was once glued together from its start and its end."""

    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lines, "BLOCK_BYTES", 100)
        monkeypatch.setattr(lines, "LONGEST_LINE", 1000)

    @pytest.mark.parametrize("length", [1200, 1300, 5000, 5003])
    def test_one_is_put_aside_and_those_around_it_are_read(self, store: Store, tmp_path: Path, length: int) -> None:
        middle = b'{"ts":2,"a":"' + b"x" * length + b'"}'
        done = loaded(store, tmp_path, "a.ndjson", b'{"ts":1}\n%s\n{"ts":3}\n\nbroken\n{"ts":4}' % middle)
        assert [event["ts"] for event in in_load_order(store)] == [1, 3, 4]
        assert reasons(done).keys() == {2, 5}
        assert reasons(done)[2].startswith("the line is longer than ")

    @pytest.mark.parametrize("end", [b"", b"\n"])
    def test_one_may_be_the_last(self, end: bytes) -> None:
        first, last = blocks(io.BytesIO(b"{}\n" + b"x" * 5000 + end))
        assert first.lines == [b"{}"]
        assert (last.lines, [aside.line for aside in last.rejects]) == ((), [2])

    def test_one_within_the_limit_is_whole(self, store: Store, tmp_path: Path) -> None:
        loaded(store, tmp_path, "a.ndjson", b'{"ts":1,"a":"' + b"x" * 900 + b'"}\n')
        assert in_load_order(store)[0]["a"] == "x" * 900


def test_a_line_that_is_no_utf8_is_told_as_such(store: Store, tmp_path: Path) -> None:
    done = loaded(store, tmp_path, "a.ndjson", b'{"ts":1,"a":"\xff"}\n{"ts":2,"a":"\\ud800"}\n{"ts":3,"a":"x\0"}\n')
    assert reasons(done) == {
        1: "the line is no UTF-8, at byte 14",
        2: "the line is no JSON: no low surrogate in string, at character 14",
        3: "the line is no JSON: unexpected control character in string, at character 15",
    }


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[" * 2000 + b"]" * 2000, b"9" * 5000])
@pytest.mark.parametrize(("name", "form"), [("a.ndjson", b"%s\n%s\n%s"), ("a.json", b"[%s,\n%s,\n%s]")])
def test_a_value_that_no_event_holds_is_put_aside(
    store: Store, tmp_path: Path, name: str, form: bytes, value: bytes
) -> None:
    content = form % (b'{"ts":1}', b'{"ts":2,"a":%s}' % value, b'{"ts":3}')
    if name == "a.json" and value.startswith(b"["):
        (tmp_path / name).write_bytes(content)
        assert refused(store, tmp_path / name).reason.endswith("is no JSON at line 2: it nests too deep")
        return
    assert reasons(loaded(store, tmp_path, name, content)).keys() == {2}
    assert [event["ts"] for event in in_load_order(store)] == [1, 3]


def test_a_time_that_is_too_large_is_told_as_it_was_written(store: Store, tmp_path: Path) -> None:
    done = loaded(store, tmp_path, "a.ndjson", b'{"ts":99999999999999999999999}\n{"ts":[1]}\n')
    assert reasons(done) == {
        1: "the time 99999999999999999999999 of `ts` cannot be read",
        2: "the time [1] of `ts` cannot be read",
    }


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (b"ts,a\xff", "is no UTF-8"),
        (b'ts,"a"b', "is no CSV: ',' expected after '\"'"),
        (b"ts," + b"x" * 2000, "is no CSV: field larger than field limit (1000)"),
    ],
)
def test_a_csv_header_that_cannot_be_read_is_an_error(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: bytes, fault: str
) -> None:
    monkeypatch.setattr(delimited, "LONGEST_CELL", 1000)
    (tmp_path / "a.csv").write_bytes(header + b"\n1,x\n")
    assert refused(store, tmp_path / "a.csv").reason == f"the header of `{tmp_path / 'a.csv'}` {fault}"


def test_blank_lines_before_a_csv_header_are_passed_over(store: Store, tmp_path: Path) -> None:
    done = loaded(store, tmp_path, "a.csv", b"\r\n\nts,a\n1,x\n2\n")
    assert [event["a"] for event in in_load_order(store)] == ["x"]
    assert reasons(done) == {5: "the record has 1 cells, the header 2"}


def damaged(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(byte ^ 255 for byte in content[middle : middle + 8]) + content[middle + 8 :]


@pytest.mark.parametrize(
    "content",
    [
        damaged(gzip.compress(LINES)),
        damaged(zstandard.ZstdCompressor(write_checksum=True).compress(LINES)),
        gzip.compress(LINES) + b"what follows",
        zstandard.compress(LINES) + b"what follows",
    ],
    ids=["gzip", "zstd", "gzip and more", "zstd and more"],
)
def test_a_damaged_file_loads_nothing(store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    error = refused(store, tmp_path / "a")
    assert f"`{tmp_path / 'a'}` cannot be unpacked: " in error.reason
    assert error.hint == "the file may be cut short or damaged"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_packed_parquet_is_told_as_such(store: Store, tmp_path: Path, pack: object) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"ts": [1]}), table)
    (tmp_path / "a").write_bytes(pack(table.getvalue()))  # type: ignore[operator]  # a function of either module
    assert "holds packed Parquet" in refused(store, tmp_path / "a").reason


def test_parquet_without_rows_or_times_is_counted(store: Store, tmp_path: Path) -> None:
    pq.write_table(pa.table({"ts": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "b.parquet")
    done = store.load("web", [tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert (done.events, done.rejected) == (0, 2)
    assert done.rejects[0].reason.startswith("there is no field to take the time from")


def test_what_may_not_be_looked_at_is_told_when_it_is_opened(store: Store, tmp_path: Path) -> None:
    assert refused(store, "x" * 300).reason.endswith("cannot be read: file name too long")
    assert refused(store, tmp_path).reason.endswith("cannot be read: is a directory")


def test_standard_input_may_be_closed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert refused(store, "-").reason == "standard input is closed"
