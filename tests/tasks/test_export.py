"""Exports are made of the stored result, by a process of their own."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import gc
import hashlib
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tasks.opened import OWNER, asked, messages, opened, run
from tasks.scripted import add_source
from trawl import formats
from trawl.errors import Code, TrawlError
from trawl.tasks.export import Export
from trawl.tasks.exported import Exported
from trawl.tasks.order import Part, Whole
from trawl.tasks.service import Tasks
from trawl.tasks.task import Status


def content(tasks: Tasks, id: str, wanted: Export) -> bytes:
    return b"".join(tasks.export(id, OWNER, wanted).chunks)


def test_a_file_has_the_rows_asked_for(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    stream = tasks.export(done.id, OWNER, Export("mine", "csv", rows=30))
    assert (stream.name, stream.rows, stream.is_partial) == ("mine.csv", 30, False)
    assert stream.media_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(stream.chunks).decode())))
    assert [row["n"] for row in rows] == [str(number) for number in range(30)]
    everything = json.loads(content(tasks, done.id, Export("mine.json", "json", rows=None, fields=("n", "n"))))
    assert everything == [{"n": number} for number in range(250)]


def test_a_zip_holds_the_file(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    stream = tasks.export(done.id, OWNER, Export("mine", "csv", compress=True, bom=True))
    assert (stream.name, stream.media_type) == ("mine.csv.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(stream.chunks))) as archive:
        (name,) = archive.namelist()
        assert name == "mine.csv"
        assert archive.read(name) == content(tasks, done.id, Export("mine", "csv", bom=True))
    for name in ("mine.csv", "mine.zip", "mine.csv.ZIP"):
        stream = tasks.export(done.id, OWNER, Export(name, "csv", compress=True))
        stream.chunks.close()
        assert stream.name == "mine.csv.zip"


def test_a_field_that_no_column_has_is_refused_with_the_nearest(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    with pytest.raises(TrawlError, match="no field `N`") as raised:
        tasks.export(done.id, OWNER, Export("mine", "csv", fields=("n", "N")))
    assert (raised.value.code, raised.value.hint) == (Code.MALFORMED_REQUEST, "perhaps `n` was meant")


FILES = [Export("mine", name, rows=None) for name in sorted(formats.every())]
FILES.append(Export("mine", "ndjson", rows=None, compress=True))
PARTS = (Part(100), Part(-7), Part(3, 40), Part(0, 0), Part(50, 10**9))
NAMES = [*sorted(formats.every()), "ndjson.zip"]


@pytest.mark.parametrize("wanted", FILES, ids=NAMES)
@pytest.mark.parametrize("is_known", [True, False], ids=["made before", "never made"])
def test_the_rest_of_a_file_is_made_when_it_is_asked_for(tasks: Tasks, wanted: Export, is_known: bool) -> None:
    """Whether or not it was once made to its end; and it is the rest of that very file."""
    done = run(tasks, "source quick")
    made = content(tasks, done.id, wanted) if is_known else b""
    parts = {part: tasks.export(done.id, OWNER, dataclasses.replace(wanted, part=part)) for part in PARTS}
    bytes_of = {part: b"".join(stream.chunks) for part, stream in parts.items()}
    made = made or content(tasks, done.id, wanted)
    for part, stream in parts.items():
        assert stream.whole == whole_of(made)
        assert stream.part == part.within(whole_of(made))
        assert bytes_of[part] == made[stream.part.start : stream.part.stop]


def whole_of(found: bytes) -> Whole:
    return Whole(len(found), hashlib.sha256(found).hexdigest())


def test_what_a_file_is_is_known_once_it_was_made(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    wanted = Export("mine", "json")
    first = tasks.export(done.id, OWNER, wanted)
    assert first.whole is None
    found = b"".join(first.chunks)
    again = tasks.export(done.id, OWNER, wanted)
    assert again.whole == whole_of(found)
    assert again.tag == first.tag
    again.chunks.close()
    book = tasks.export(done.id, OWNER, Export("mine", "xlsx"))
    assert book.whole is not None  # it lies on disk before it is sent
    assert book.whole == whole_of(b"".join(book.chunks))


@pytest.mark.parametrize("damaged", [b"", b'{"length": 12', b"[]", b"{}"])
def test_what_was_noted_of_a_file_and_is_damaged_is_noted_anew(tasks: Tasks, data: Path, damaged: bytes) -> None:
    done = run(tasks, "source quick")
    wanted = Export("mine", "json")
    found = content(tasks, done.id, wanted)
    (noted,) = (data / "results" / done.id).rglob("exported/*.json")
    noted.write_bytes(damaged)
    assert content(tasks, done.id, dataclasses.replace(wanted, part=Part(10))) == found[10:]
    with contextlib.closing(tasks.export(done.id, OWNER, wanted).chunks) as chunks:
        assert chunks.whole == whole_of(found)


def test_two_threads_that_note_the_same_file_do_not_write_into_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported, together, written = Exported(tmp_path), threading.Barrier(2), set()
    honest = Path.replace

    def replace(file: Path, target: Path) -> Path:
        written.add(file)
        together.wait(10)
        return honest(file, target)

    monkeypatch.setattr(Path, "replace", replace)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(exported.keep, ("tag", "tag"), (Whole(1, "a"), Whole(1, "a"))))
    assert len(written) == 2
    assert exported.recall("tag") == Whole(1, "a")
    assert len(list((tmp_path / "exported").iterdir())) == 1


def test_a_part_past_the_end_is_refused(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    for name in ("json", "json", "xlsx"):
        with pytest.raises(TrawlError) as raised:
            tasks.export(done.id, OWNER, Export("mine", name, part=Part(10**9)))
        assert raised.value.code is Code.RANGE_NOT_SATISFIABLE
        assert list(raised.value.facts) == ["length"]


def test_a_part_of_another_file_is_all_of_this_one(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    wanted = Export("mine", "json")
    tags = {
        tasks.export(done.id, OWNER, other).tag
        for other in (
            wanted,
            dataclasses.replace(wanted, rows=7),
            dataclasses.replace(wanted, fields=("n",)),
            dataclasses.replace(wanted, file_type="ndjson"),
            dataclasses.replace(wanted, compress=True),
        )
    }
    assert len(tags) == 5
    for tag, is_part in ((tasks.export(done.id, OWNER, wanted).tag, True), ("another", False)):
        stream = tasks.export(done.id, OWNER, dataclasses.replace(wanted, part=Part(10), part_of=tag))
        assert (stream.part is not None) is is_part
        assert b"".join(stream.chunks) == content(tasks, done.id, wanted)[10 if is_part else 0 :]


def test_what_cannot_be_exported_is_refused(tasks: Tasks) -> None:
    done = run(tasks, "source quick")
    for wanted in (Export("a/b", "csv"), Export("mine", "docx"), Export("\0", "csv")):
        with pytest.raises(TrawlError) as raised:
            tasks.export(done.id, OWNER, wanted)
        assert raised.value.code is Code.MALFORMED_REQUEST


def test_an_unfinished_task_is_exported_only_as_partial(tasks: Tasks) -> None:
    made = tasks.submit(asked("source slow"), OWNER)
    running = next(task for task in tasks.watch(made.id, OWNER) if task.rows)
    with pytest.raises(TrawlError) as raised:
        tasks.export(made.id, OWNER, Export("mine", "json"))
    assert raised.value.code is Code.WRONG_STATE
    stream = tasks.export(made.id, OWNER, Export("mine", "json", partial=True))
    assert (stream.name, stream.is_partial) == ("mine.partial.json", True)
    assert len(json.loads(b"".join(stream.chunks))) == stream.rows >= running.rows
    tasks.stop(made.id, OWNER, by=OWNER)


def test_what_a_stopped_or_failed_task_found_is_marked_as_partial(tasks: Tasks) -> None:
    made = tasks.submit(asked("source slow"), OWNER)
    next(task for task in tasks.watch(made.id, OWNER) if task.rows)
    tasks.stop(made.id, OWNER, by=OWNER)
    failed = run(tasks, "source bug")
    assert failed.status is Status.FAILED
    for id in (made.id, failed.id):
        stream = tasks.export(id, OWNER, Export("mine", "csv"))
        assert (stream.name, stream.is_partial) == ("mine.partial.csv", True)
        assert len(b"".join(stream.chunks).splitlines()) == stream.rows + 1


def test_giving_up_ends_the_process_and_leaves_no_file(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 200_000)
    with opened(tmp_path) as tasks:
        done = run(tasks, "source quick")
        for give_up in ("close", "forget"):
            before = set(psutil.Process().children())
            stream = tasks.export(done.id, OWNER, Export("mine", "csv", rows=None))
            next(stream.chunks)
            (process,) = set(psutil.Process().children()) - before
            if give_up == "close":
                stream.chunks.close()
            del stream
            gc.collect()
            psutil.wait_procs([process], timeout=5)
            assert not process.is_running()
            assert not list((tmp_path / "results").rglob("export-*"))


def test_more_exports_than_may_be_made_at_once_are_refused(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 500_000)
    wanted = Export("mine", "csv", rows=None)
    with opened(tmp_path, max_exports=2) as tasks:
        done = run(tasks, "source quick")
        for part in (Part(10**9), Part(10**9)):  # one that fails frees its place
            with pytest.raises(TrawlError, match="bytes"):
                tasks.export(done.id, OWNER, Export("mine", "csv", rows=1, part=part))
        streams = [tasks.export(done.id, OWNER, wanted) for _ in range(2)]
        with pytest.raises(TrawlError, match="2 exports") as raised:
            tasks.export(done.id, OWNER, wanted)
        assert raised.value.code is Code.TOO_MANY_TASKS
        streams.pop().chunks.close()
        assert len(content(tasks, done.id, Export("mine", "csv", rows=1)).splitlines()) == 2
        assert len(b"".join(streams.pop().chunks).splitlines()) == 500_001


def test_a_process_that_ends_too_soon_cuts_the_file(tmp_path: Path) -> None:
    add_source(tmp_path, "quick", 500_000)
    with opened(tmp_path) as tasks:
        done = run(tasks, "source quick")
        before = set(psutil.Process().children())
        stream = tasks.export(done.id, OWNER, Export("mine", "csv", rows=None))
        (process,) = set(psutil.Process().children()) - before
        process.kill()
        with pytest.raises(TrawlError, match="ended before the file did"):
            b"".join(stream.chunks)


def test_workbooks_are_whole_and_their_cut_cells_are_logged(tasks: Tasks) -> None:
    doubled = " | eval text=text . text" * 7
    done = run(tasks, f'source quick | head 3 | eval text=printf("%512d", n){doubled}')
    with zipfile.ZipFile(io.BytesIO(content(tasks, done.id, Export("book", "xlsx")))) as book:
        assert "xl/workbook.xml" in book.namelist()
    assert "book.xlsx: cells were cut to the 32,767 characters that a sheet takes, 3 times" in messages(tasks, done.id)
