"""Parquet in and out: what others wrote is loaded, an index is dumped, and a dump loads as what it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaded import in_load_order, load, open_store
from trawl.errors import Code, TrawlError
from trawl.store import Store
from trawl.values import Instant

EVENTS = [
    {"ts": 1, "a": 1, "A": "x", "tags": ["x", "y"], "when": "2020-01-01T00:00:00Z", "flag": True},
    {"ts": 2, "a": "one", "big": 2**64, "bigs": [1, 2**70], "float": 0.5},
    {"ts": 2, "a": [1, "one", None], "tags": []},
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_a_dump_names_its_columns_as_the_fields_are(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, *EVENTS[:2])
    load(store, tmp_path, EVENTS[2], index="web")
    assert store.dump("web", tmp_path / "dump.parquet") == 3
    table = pq.read_table(tmp_path / "dump.parquet")
    assert table.column_names == ["@timestamp", "A", "a", "big", "bigs", "flag", "float", "tags", "ts", "when"]
    assert table.schema.field("big").type == pa.decimal128(38, 0)
    assert table.column("tags").to_pylist() == [None, ["x", "y"], []]
    assert table.column("a").to_pylist() == ['"one"', "1", '[1,"one",null]']
    assert [path.name for path in tmp_path.glob("dump*")] == ["dump.parquet"]


def test_a_dump_loads_as_what_it_was(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, *EVENTS)
    store.dump("web", tmp_path / "dump.parquet")
    store.load("again", [tmp_path / "dump.parquet"])
    before, after = (
        sorted((repr(sorted(event.items())) for event in in_load_order(store, index)), key=str)
        for index in ("web", "again")
    )
    assert before == after


def test_dumping_what_is_not_there_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(TrawlError) as caught:
        store.dump("web", tmp_path / "dump.parquet")
    assert caught.value.code is Code.UNKNOWN_SOURCE


def test_structs_are_dotted_and_rows_without_a_time_are_put_aside(store: Store, tmp_path: Path) -> None:
    rows = pa.table(
        {
            "ts": [1, None, 3],
            "a": [{"b": 1, "c": [{"d": 1}]}, {"b": 2, "c": None}, None],
            "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
            "word": pa.array(["x", "y", "x"]).dictionary_encode(),
            "nothing": pa.nulls(3),
        }
    )
    pq.write_table(rows, tmp_path / "a.parquet")
    loaded = store.load("web", [tmp_path / "a.parquet"])
    assert in_load_order(store) == [
        {"@timestamp": Instant(10**9), "ts": 1, "a.b": 1, "a.c": ['{"d":1}'], "map.k": 1, "word": "x"},
        {"@timestamp": Instant(3 * 10**9), "ts": 3, "word": "x"},
    ]
    assert [aside.line for aside in loaded.rejects] == [2]


def test_a_column_dotted_beside_a_struct_becomes_a_multivalue(store: Store, tmp_path: Path) -> None:
    pq.write_table(pa.table({"ts": [1, 2], "a.b": [1, None], "a": [{"b": 2}, {"b": 3}]}), tmp_path / "a.parquet")
    loaded = store.load("web", [tmp_path / "a.parquet"])
    assert [event["a.b"] for event in in_load_order(store)] == [[1, 2], 3]
    assert loaded.merged == {"a.b": 1}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_an_error(store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(TrawlError) as caught:
        store.load("web", [tmp_path / "a.parquet"])
    assert caught.value.code is Code.UNREADABLE_FILE
