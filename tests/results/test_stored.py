"""What is written comes back: rows, order, types, any slice, complete or growing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stored import FACTS, batch, plain, rows_of, store
from trawl.results import writer as writing
from trawl.results.manifest import GROUP_OF_FORM_1, NAME, Manifest
from trawl.results.pages import page
from trawl.results.reader import Result
from trawl.results.writer import Writer
from trawl.schema import ANY, BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, array_of
from trawl.values import Instant, Value

EVERY_TYPE: dict[str, tuple[object, list[Value]]] = {
    "@timestamp": (TIME, [Instant(1_600_000_000_123_456_789), Instant(-1), Instant(0), None]),
    "text": (STRING, ['a "quote" \\ and\r\na line', "", "ü\u2028𝄞", None]),
    "LogonId": (INTEGER, [2**53, 2**53 + 1, -(2**63), None]),
    "LogonID": (INTEGER, [2**64, -(10**37), 7, None]),
    "ratio": (FLOAT, [0.1, 1e300, -5.0, None]),
    "flag": (BOOLEAN, [True, False, None, None]),
    "tags": (array_of(STRING), [["a", "b"], [], ["one"], None]),
    "sizes": (array_of(INTEGER), [[1, 2**70], [], [3], None]),
    "times": (array_of(TIME), [[Instant(1), Instant(10**18)], [], [Instant(-1)], None]),
    "mixed": (ANY, ["x", 2**70, [1, "a", Instant(5), True, 0.5], Instant(9)]),
    "never": (NULL, [None, None, None, None]),
}


def test_values_of_every_type_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [{name: values[at] for name, (_, values) in EVERY_TYPE.items()} for at in range(4)]
    store(tmp_path, batch(EVERY_TYPE))
    result = Result(tmp_path)
    assert rows_of(result.batches()) == rows
    assert [(c.name, c.type) for c in result.schema] == [(name, type_) for name, (type_, _) in EVERY_TYPE.items()]


def test_a_page_spells_values_as_the_api_says(tmp_path: Path) -> None:
    store(tmp_path, batch(EVERY_TYPE))
    body = orjson.loads(b"".join(page({"id": "x"}, Result(tmp_path).batches(), {"warnings": []})))
    assert list(body) == ["id", "rows", "warnings"]
    assert body["rows"][0] == {
        "@timestamp": "2020-09-13T12:26:40.123456789Z",
        "text": 'a "quote" \\ and\r\na line',
        "LogonId": 2**53,
        "LogonID": str(2**64),
        "ratio": 0.1,
        "flag": True,
        "tags": ["a", "b"],
        "sizes": [1, str(2**70)],
        "times": ["1970-01-01T00:00:00.000000001Z", "2001-09-09T01:46:40.000Z"],
        "mixed": "x",
    }
    assert body["rows"][1]["tags"] == []
    assert body["rows"][1]["LogonId"] == str(2**53 + 1)
    assert body["rows"][2]["mixed"] == [1, "a", "1970-01-01T00:00:00.000000005Z", True, 0.5]
    assert body["rows"][3] == {"mixed": "1970-01-01T00:00:00.000000009Z"}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_slice_is_the_slice_of_the_whole(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    sizes = data.draw(st.lists(st.integers(0, 9_000), min_size=1, max_size=6))
    folder = tmp_path_factory.mktemp("result")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PART_BYTES", data.draw(st.sampled_from([1, 200_000, 1 << 30])))
        first = 0
        with Writer(folder, FACTS, threads=2) as writer:
            for size in sizes:
                writer.write(plain(range(first, first + size)))
                first += size
    start = data.draw(st.integers(0, first + 5))
    stop = data.draw(st.one_of(st.none(), st.integers(start, first + 5)))
    found = [row["n"] for row in rows_of(Result(folder).batches(start, stop, ["n"]))]
    assert found == list(range(first))[start:stop]


def test_columns_come_in_the_order_asked_for_and_unknown_ones_are_left_out(tmp_path: Path) -> None:
    store(tmp_path, plain(range(3)))
    assert [list(row) for row in rows_of(Result(tmp_path).batches(1, 2, ["text", "gone", "n"]))] == [["text", "n"]]
    assert sum(b.num_rows for b in Result(tmp_path).batches(columns=[])) == 3


def test_integers_too_wide_for_64_bits_may_come_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 1)
    small, large = batch({"n": (INTEGER, [1, None])}), batch({"n": (INTEGER, [2**70])})
    assert small.schema.field(0).type != large.schema.field(0).type
    assert len(store(tmp_path, small, large, small).parts) == 3
    batches = list(Result(tmp_path).batches())
    assert [row["n"] for row in rows_of(batches)] == [1, None, 2**70, 1, None]
    assert len({one.schema for one in batches}) == 1
    assert Result(tmp_path).reader().read_all().num_rows == 5


def test_a_result_without_rows_has_columns_and_one_without_a_writer_has_none(tmp_path: Path) -> None:
    store(tmp_path / "empty", plain(range(0)))
    empty, none = Result(tmp_path / "empty"), Result(tmp_path / "none")
    assert (empty.rows, empty.complete, empty.schema.names) == (0, True, ("n", "text"))
    assert (none.rows, none.complete, none.schema.names, none.facts) == (0, False, (), None)
    assert [b.num_rows for b in empty.batches()] == [0]
    assert [b.num_rows for b in none.batches()] == [0]


def test_rows_without_columns_are_counted(tmp_path: Path) -> None:
    store(tmp_path, plain(range(5)).select([]))
    assert Result(tmp_path).rows == 5
    assert sum(b.num_rows for b in Result(tmp_path).batches()) == 5


def test_reading_while_writing_never_shows_a_changed_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 1)
    seen = 0
    with Writer(tmp_path, FACTS, threads=2) as writer:
        for at in range(0, 2_000, 50):
            writer.write(plain(range(at, at + 50)))
            growing = Result(tmp_path)
            assert growing.rows >= seen
            assert not growing.complete
            assert [row["n"] for row in rows_of(growing.batches())] == list(range(growing.rows))
            seen = growing.rows
    assert Result(tmp_path).rows == 2_000
    assert Result(tmp_path).complete


@pytest.mark.parametrize(("length", "group"), [(1, 8192), (500, 4200), (5000, 2048)])
def test_the_wider_the_rows_the_fewer_are_decoded_for_a_page(tmp_path: Path, length: int, group: int) -> None:
    texts: list[Value] = [f"{number:0{length}}" for number in range(9000)]
    store(tmp_path, batch({"text": (STRING, texts)}))
    (part,) = Result(tmp_path).segments()
    stored = pq.read_metadata(part.path)
    assert group * 0.9 <= stored.row_group(0).num_rows <= group
    last = [row["text"] for row in rows_of(Result(tmp_path).batches(8190, 8210))]
    assert last == texts[8190:8210]


def test_a_result_whose_parts_do_not_tell_their_row_groups_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "rows_of_group", lambda _: GROUP_OF_FORM_1)
    numbers: list[Value] = list(range(20_000))
    store(tmp_path, batch({"number": (INTEGER, numbers)}))
    manifest = orjson.loads((tmp_path / NAME).read_bytes()) | {"format": 1}
    for part in manifest["parts"]:
        del part["group"]
    (tmp_path / NAME).write_bytes(orjson.dumps(manifest))
    assert [row["number"] for row in rows_of(Result(tmp_path).batches(16_000, 17_000))] == numbers[16_000:17_000]


def test_the_manifest_keeps_what_it_is_told(tmp_path: Path) -> None:
    written = store(tmp_path, plain(range(10)))
    assert Manifest.load(tmp_path) == written
    assert written.facts == FACTS
    for part in written.parts:
        content = (tmp_path / part.file).read_bytes()
        assert (part.bytes, part.sha256) == (len(content), hashlib.sha256(content).hexdigest())
