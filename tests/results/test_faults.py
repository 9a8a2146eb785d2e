"""What a result is after a write has failed: whole parts in order, or nothing new."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from disks import small_disk
from stored import FACTS, plain, rows_of, store
from trawl.errors import Code, TrawlError
from trawl.results import writer as writing
from trawl.results.manifest import NAME, Manifest
from trawl.results.reader import Result
from trawl.results.writer import Writer
from waiting import until

SIZE = 100


@pytest.fixture(autouse=True)
def _a_part_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 1)


BATCHES = 24
"""Parts of a result; each is a write at least, however many the manifest tells of at a time."""


def fill(folder: Path, batches: int = BATCHES) -> None:
    with Writer(folder, FACTS, threads=2) as writer:
        for number in range(batches):
            writer.write(plain(range(number * SIZE, (number + 1) * SIZE)))


def fail_after_a_batch(writer: Writer) -> None:
    with writer:
        writer.write(plain(range(SIZE)))
        raise ZeroDivisionError


def failing(nth: int, error: int, real: Callable[..., int]) -> Callable[..., int]:
    calls = itertools.count(1)

    def call(*arguments: object) -> int:
        if next(calls) >= nth:
            raise OSError(error, os.strerror(error))
        return real(*arguments)

    return call


@pytest.mark.parametrize("nth", range(1, BATCHES + 1, 3))
@pytest.mark.parametrize(("error", "code"), [(errno.ENOSPC, Code.NO_ROOM), (errno.EIO, Code.INTERNAL_ERROR)])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_the_nth_write_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int, error: int, code: Code, call: str
) -> None:
    with monkeypatch.context() as faulty:
        faulty.setattr(os, call, failing(nth, error, getattr(os, call)))
        with pytest.raises(TrawlError) as raised:
            fill(tmp_path)
    assert raised.value.code is code
    assert str(tmp_path) not in str(raised.value)
    result = Result(tmp_path)
    assert not result.complete or result.rows == BATCHES * SIZE
    assert [row["n"] for row in rows_of(result.batches())] == list(range(result.rows))
    manifest = Manifest.load(tmp_path)
    listed = {part.file for part in manifest.parts} | {NAME} if manifest else set()
    assert {path.name for path in tmp_path.iterdir()} == listed


def test_a_short_write_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    fill(tmp_path, batches=2)
    assert [row["n"] for row in rows_of(Result(tmp_path).batches())] == list(range(2 * SIZE))


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path, "64k"):
        with pytest.raises(TrawlError) as raised:
            fill(tmp_path, batches=200)
        assert raised.value.code is Code.NO_ROOM
        result = Result(tmp_path)
        assert 0 < result.rows < 200 * SIZE
        assert [row["n"] for row in rows_of(result.batches())] == list(range(result.rows))


def test_a_search_that_fails_leaves_the_rows_before(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_a_batch(Writer(tmp_path, FACTS))
    assert Result(tmp_path).rows == SIZE
    assert not Result(tmp_path).complete


def test_a_result_that_is_not_progressive_shows_nothing_before_its_end(tmp_path: Path) -> None:
    with Writer(tmp_path / "whole", FACTS, progressive=False) as writer:
        writer.write(plain(range(SIZE)))
        writer.write(plain(range(SIZE, 2 * SIZE)))
        assert Result(tmp_path / "whole").rows == 0
        assert Result(tmp_path / "whole").schema.names == ("n", "text")
    assert Result(tmp_path / "whole").rows == 2 * SIZE
    with pytest.raises(ZeroDivisionError):
        fail_after_a_batch(Writer(tmp_path / "cut", FACTS, progressive=False))
    assert Result(tmp_path / "cut").rows == 0
    assert [path.name for path in (tmp_path / "cut").iterdir()] == [NAME]


def test_over_the_quota_no_row_is_taken_but_those_taken_stay(tmp_path: Path) -> None:
    with Writer(tmp_path, FACTS, quota=5_000) as writer:
        writer.write(plain(range(SIZE)))
        writer.write(plain(range(SIZE, 1_000 * SIZE)))
        until(lambda: writer.manifest.rows == 1_000 * SIZE, "another thread has encoded the parts")
        with pytest.raises(TrawlError) as raised:
            writer.write(plain([0]))
        assert raised.value.code is Code.NO_ROOM
    assert Result(tmp_path).complete
    assert [row["n"] for row in rows_of(Result(tmp_path).batches())] == list(range(1_000 * SIZE))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrawlError) as raised:
        store(tmp_path, plain(range(3)), plain(range(3)).select(["n"]))
    assert raised.value.code is Code.INTERNAL_ERROR
    assert Result(tmp_path).rows == 3


def test_a_result_deleted_while_it_is_read(tmp_path: Path) -> None:
    fill(tmp_path, batches=2)
    result = Result(tmp_path)
    for path in tmp_path.glob("part-*"):
        path.unlink()
    with pytest.raises(TrawlError) as raised:
        list(result.batches())
    assert raised.value.code is Code.TASK_GONE


def test_a_part_closes_by_its_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_BYTES", 1 << 30)
    monkeypatch.setattr(writing, "PART_SECONDS", 0.01)
    with Writer(tmp_path, FACTS) as writer:
        writer.write(plain(range(SIZE)))
        until(lambda: Result(tmp_path).rows, "the timer's thread has put it there, without another row coming")
        assert Result(tmp_path).rows == SIZE
