"""Snapshots and what belongs to them survive being written down."""

from __future__ import annotations

from pathlib import Path

from loaded import load, open_store
from trawl.catalog.base import Part, Segment, Snapshot
from trawl.catalog.encoding import decode_snapshot, decode_types, encode_snapshot, encode_types
from trawl.schema import ANY, INTEGER, STRING, TIME, Type, array_of
from trawl.values import Instant


def test_a_snapshot_comes_back_as_it_was() -> None:
    fields = {
        "@timestamp": (Part(("c0",), TIME, 1, 2),),
        "f": (Part(("c1",), INTEGER, -(10**37), 2**63), Part(("c2",), array_of(STRING), signs=' "\\az')),
        "a.b": (Part(("a", "b"), STRING),),
        "": (Part(("c3",), Type(ANY.kinds, single=True, multivalue=True)),),
    }
    loaded = Segment("/data/a.parquet", 5, 100, Instant(1), Instant(2), fields, "seq", 3)
    mounted = Segment("/logs/ä.parquet", 5, 100, Instant(1), Instant(2), {}, None, 0, is_sorted=False, modified=17)
    snapshot = Snapshot({"web": (loaded, mounted), "empty": ()})
    assert decode_snapshot(encode_snapshot(snapshot)) == snapshot


def test_types_come_back_as_they_were() -> None:
    types = {"a": STRING, "b": array_of(INTEGER), "c": ANY}
    assert decode_types(encode_types(types)) == types


def test_a_snapshot_of_the_store_comes_back_as_it_was(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        load(store, tmp_path, {"ts": 1, "f": [1, "x"]}, {"ts": 1.5, "f": "x"})
        load(store, tmp_path, {"ts": 2})
        snapshot = store.snapshot(("web", "gone"))
        assert [len(segments) for segments in snapshot.segments.values()] == [2, 0]
        assert decode_snapshot(encode_snapshot(snapshot)) == snapshot
