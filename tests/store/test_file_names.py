"""Files whose names are no UTF-8: they are read as others are, and what is told of them can be written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaded import events_of, open_store, segments
from trawl.errors import TrawlError, printable
from trawl.settings.process import Mount

ODD = os.fsdecode(b"a\xff\xc3\xbc")
TOLD = r"a\xffü"


def test_bytes_that_are_no_text_are_told_by_their_numbers() -> None:
    assert printable(ODD) == TOLD
    assert printable("ü\\xff\n") == "ü\\xff\n"


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".nothing", b"of no format"),
        (".csv", b"ts,a,a\n"),
        (".json", b'{"ts":\n'),
        (".json", b'[{"ts":1}'),
        (".gz", b"\x1f\x8b\x08"),
        (".parquet", b"PAR1"),
        (".missing", None),
    ],
)
def test_an_error_about_such_a_file_can_be_written(tmp_path: Path, ending: str, content: bytes | None) -> None:
    file = tmp_path / f"{ODD}{ending}"
    if content is not None:
        file.write_bytes(content)
    with open_store(tmp_path) as store, pytest.raises(TrawlError) as caught:
        store.load("web", [file])
    assert f"/{TOLD}{ending}`" in caught.value.reason


def test_what_is_put_aside_of_such_a_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / ODD
    file.write_bytes(b'{"ts":1}\nbroken\n')
    with open_store(tmp_path) as store:
        loaded = store.load("web", [file])
    assert (loaded.events, loaded.rejected) == (1, 1)
    assert loaded.rejects[0].file == str(tmp_path / TOLD)
    assert loaded.rejected_file is not None
    assert '"line": 2' in loaded.rejected_file.read_text(encoding="utf-8")


def test_such_a_file_can_be_mounted(tmp_path: Path) -> None:
    table = pa.table({"ts": [datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)], "n": [2]})
    with (tmp_path / f"{ODD}.parquet").open("wb") as written:
        pq.write_table(table, written)
    (tmp_path / f"{ODD}.ndjson").write_bytes(b'{"ts":1,"n":1}\nbroken\n')
    for _ in range(2):
        with open_store(tmp_path, logs=Mount(files="a*")) as store:
            found = segments(store, "logs")
        assert [event["n"] for segment in found for event in events_of(segment)] == [1, 2]
        assert all(segment.path.isascii() for segment in found), "engines are told paths as text"


def test_a_mounted_file_of_such_a_name_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{ODD}.parquet").write_bytes(b"PAR1 but not really")
    with open_store(tmp_path, logs=Mount(files="a*")) as store, pytest.raises(TrawlError) as caught:
        store.source("logs")
    assert f"`{TOLD}.parquet`" in caught.value.reason
