"""A snapshot is taken once; later attempts read the same, whatever was loaded meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from tasks.scripted import NOON, ScriptedCatalog, add_source
from trawl.catalog.base import FileFormat, LiveCatalog, Part, Reading, Segment, Snapshot, Source
from trawl.errors import Code, TrawlError
from trawl.planning import Request, plan
from trawl.schema import ANY, INTEGER, STRING, TIME, Column, Schema, array_of
from trawl.tasks import snapshot
from trawl.tasks.snapshot import Frozen
from trawl.values import Instant, TimeRange

UNUSUAL = Segment(
    path="/data/ü.parquet",
    rows=1,
    bytes=2,
    first=Instant(-5),
    last=Instant(7),
    fields={
        "a.b": (Part(("c0",), INTEGER, -(2**70), 2**63), Part(("s", "x"), STRING), Part(("c2",), ANY)),
        "A.b": (Part(("c3",), array_of(TIME), 0.1, 1e300),),
        "two\u2028lines\n": (Part(("c4",), STRING),),
    },
    order_column=None,
    ordinal=3,
    is_sorted=False,
    format=FileFormat.PARQUET,
    modified=12345678901234567,
)


class Fixed:
    """A catalog of one source."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment

    def names(self) -> list[str]:
        return ["x"]

    def source(self, name: str) -> Source | None:
        schema = Schema((Column("@timestamp", TIME), Column("a.b", ANY), Column("A.b", array_of(TIME))))
        return Source("x", schema, "@timestamp", 1, 2, Instant(-5), None) if name == "x" else None

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        return Snapshot(dict.fromkeys(names, (self.segment,)))

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        found = [source for name in names if (source := self.source(name)) is not None]
        return found, self.snapshot(tuple(names))


def request(text: str) -> Request:
    day = TimeRange(Instant(NOON.nanoseconds - 10**9), Instant(NOON.nanoseconds + 10**9))
    limits = {"sme.core.sort_limit": 10_000}
    return Request(text, "@timestamp", day, NOON, "UTC", limits)


def freeze(file: Path, request: Request, catalog: LiveCatalog) -> Frozen:
    return snapshot.freeze(file, request, catalog, lambda read, total: None)


@pytest.mark.parametrize("text", ["source x, -x", "source x, -*", "source *, -x"])
def test_what_is_left_out_may_be_missing_from_what_was_frozen(text: str, tmp_path: Path) -> None:
    catalog = Fixed(UNUSUAL)
    first = plan(request(text), catalog)
    again = plan(request(text), freeze(tmp_path / "snapshot.ndjson", request(text), catalog))
    assert again.sources == first.sources == ()
    assert again.notices == first.notices
    assert [notice.code for notice in again.notices] == ["no_source_matches"]


def test_every_attribute_of_a_segment_survives_the_disk(tmp_path: Path) -> None:
    file, catalog = tmp_path / "snapshot.ndjson", Fixed(UNUSUAL)
    taken = freeze(file, request("source x"), catalog)
    again = freeze(file, request("source x"), catalog)
    assert again == taken
    assert again.segments == Snapshot({"x": (UNUSUAL,)})
    assert again.sources == {"x": catalog.source("x")}
    plain = Segment("", 0, 0, Instant(0), Instant(0), {}, "", 0)
    same = {field.name for field in fields(Segment) if getattr(plain, field.name) == getattr(UNUSUAL, field.name)}
    assert same <= {"format"}, "the unusual segment differs wherever it can"


def test_what_is_loaded_later_is_not_seen(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 10)
    catalog, file = ScriptedCatalog(tmp_path / "scripted"), tmp_path / "snapshot.ndjson"
    wanted = request("source q*")
    first = freeze(file, wanted, catalog)
    add_source(tmp_path, "quick", 20)
    add_source(tmp_path, "quick-too", 5)
    second = freeze(file, wanted, catalog)
    assert second == first
    assert plan(wanted, second).sources == ("quick",)
    assert second.snapshot(("quick", "gone")).segments["gone"] == ()


def test_a_snapshot_that_was_taken_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, wanted = tmp_path / "snapshot.ndjson", request("source x")
    rival = freeze(tmp_path / "rival.json", wanted, Fixed(replace(UNUSUAL, rows=77)))
    honest = snapshot._encoded

    def beaten(*arguments: object) -> object:
        os.link(tmp_path / "rival.json", file)
        return honest(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(snapshot, "_encoded", beaten)
    assert freeze(file, wanted, Fixed(UNUSUAL)) == rival
    assert {path.name for path in tmp_path.iterdir()} == {"snapshot.ndjson", "rival.json"}


@pytest.mark.parametrize(
    "content", [b"", b'{"sources": [], "segments": {}}', b"[]\n[]", b"[{}]\n{}\n", b"\xff\n\n", b"{}\n1\n"]
)
def test_a_snapshot_in_another_form_is_refused_and_not_taken_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "snapshot.ndjson"
    file.write_bytes(content)
    with pytest.raises(TrawlError, match="cannot be read") as raised:
        freeze(file, request("source x"), Fixed(UNUSUAL))
    assert (raised.value.code, raised.value.hint) == (Code.INTERNAL_ERROR, "run the search again")
    assert file.read_bytes() == content


def test_a_mounted_file_that_changed_voids_the_snapshot(tmp_path: Path) -> None:
    mounted = tmp_path / "events.parquet"
    mounted.write_bytes(b"12345")
    segment = replace(UNUSUAL, path=str(mounted), bytes=5, modified=mounted.stat().st_mtime_ns)
    frozen = freeze(tmp_path / "snapshot.ndjson", request("source x"), Fixed(segment))
    frozen.check()
    for spoil in (lambda: mounted.write_bytes(b"123456"), lambda: os.utime(mounted, ns=(1, 1)), mounted.unlink):
        spoil()
        with pytest.raises(TrawlError) as raised:
            frozen.check()
        assert raised.value.code is Code.SOURCE_CHANGED
        assert str(tmp_path) not in raised.value.reason, "no path of the server's disk"


def test_sources_that_lie_outside_the_range_are_named_with_their_times(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 10)
    add_source(tmp_path, "quick-empty", 0)
    wanted = request("source quick*")
    frozen = freeze(tmp_path / "s.json", wanted, ScriptedCatalog(tmp_path / "scripted"))
    assert frozen.outside(plan(wanted, frozen)) is None
    later = replace(wanted, range=TimeRange(Instant(NOON.nanoseconds + 1), Instant(NOON.nanoseconds + 2)))
    warning = frozen.outside(plan(later, frozen))
    assert warning is not None
    assert f"`quick` from {NOON} to {NOON}" in warning.message
    assert "quick-empty" not in warning.message
