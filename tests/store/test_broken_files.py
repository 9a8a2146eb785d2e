"""Files that are odd, broken or not to be had: each fault is told in words, and nothing is lost uncounted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaded import in_load_order, open_store
from trawl.store import Store
from trawl.store.inputs import lines
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
