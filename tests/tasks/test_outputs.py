"""What searches write beside their results: whole, once, and only if they complete."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from loaded import load, write_lines
from tasks.opened import TESTS
from trawl.arrow import rows_of
from trawl.assembly import Service, open_service
from trawl.catalog.base import LOOKUP
from trawl.commands.base import ToIndex, ToLookup
from trawl.errors import Code, TrawlError
from trawl.settings.process import Mount, Settings
from trawl.store import Store
from trawl.tasks.service import Tasks
from trawl.tasks.task import Status, Task
from trawl.tasks.wanted import Wanted
from trawl.values import Instant

EVENTS = [{"@timestamp": f"2026-01-01T10:0{n}:00Z", "host": "ab"[n % 2], "n": n} for n in range(5)]
NOW = Instant(1_767_268_800_000_000_000)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def service(data: Path) -> Iterator[Service]:
    with opened(data) as service:
        service.tasks.start()
        yield service


def opened(data: Path) -> Service:
    os.environ["PYTHONPATH"] = os.pathsep.join((str(TESTS), str(TESTS.parent / "src")))  # for workers
    service = open_service(Settings.load(data, threads=1, mounts={"logs": Mount(files="*.none")}), adopts=True)
    load(service.store, data, *EVENTS)
    return service


def search(tasks: Tasks, query: str, **more: object) -> Task:
    wanted = Wanted(query, start="2026-01-01", end="2027-01-01", **more)  # type: ignore[arg-type]  # handed on
    return list(tasks.watch(tasks.submit(wanted, "ada").id, "ada"))[-1]


def completed(service: Service, query: str) -> list[dict[str, object]]:
    task = search(service.tasks, query)
    assert task.status is Status.COMPLETED, task.error
    result = service.tasks.answer(task.id, "ada").result
    assert result is not None
    return [row for batch in result.batches() for row in rows_of(batch)]


def lines(service: Service, task: Task) -> list[str]:
    return [line.message for line in service.tasks.logs(task.id, "ada")[0]]


@pytest.mark.parametrize("ending", ["", ".csv", ".json", ".ndjson", ".parquet"])
def test_rows_become_a_lookup_of_the_format_that_its_ending_says(service: Service, data: Path, ending: str) -> None:
    query = f"source web | stats count, list(n) as n by host | outputlookup hosts{ending}"
    found = completed(service, query)
    assert (data / "lookups" / f"hosts{ending or '.parquet'}").exists()
    kept = completed(service, "| inputlookup hosts")
    if ending == ".csv":
        assert kept == [{"host": "a", "count": "3", "n": "4\n2\n0"}, {"host": "b", "count": "2", "n": "3\n1"}]
    else:
        assert kept == found


def test_rows_go_behind_those_of_the_lookup(service: Service) -> None:
    completed(service, "source web | where n > 3 | table n, host | outputlookup few.json")
    completed(service, "source web | where n < 1 | table n | outputlookup append=true few")
    assert completed(service, "| inputlookup few") == [{"n": 4, "host": "a"}, {"n": 0}]


def test_no_rows_may_leave_the_lookup_as_it_is(service: Service) -> None:
    completed(service, "source web | where n > 3 | table n | outputlookup few")
    completed(service, "source web | where n > 9 | table n | outputlookup override_if_empty=false few")
    assert completed(service, "| inputlookup few") == [{"n": 4}]
    completed(service, "source web | where n > 9 | table n | outputlookup few")
    assert completed(service, "| inputlookup few") == []


def test_what_is_written_is_what_stands_before_the_command(service: Service) -> None:
    query = "source web | table n | outputlookup all | head 1 | collect index=one | stats count"
    assert completed(service, query) == [{"count": 1}]
    assert [row["n"] for row in completed(service, "| inputlookup all")] == [4, 3, 2, 1, 0]
    assert [row["n"] for row in completed(service, "source one")] == [4]


def test_columns_that_only_the_data_tells_are_written_too(service: Service) -> None:
    query = "source web | timechart span=1y count by host | outputlookup wide | eval a = a + 1 | outputlookup more"
    (row,) = completed(service, query)
    assert row["a"] == 4
    assert [(row["a"], row["b"]) for row in completed(service, "| inputlookup wide")] == [(3, 2)]
    assert [(row["a"], row["b"]) for row in completed(service, "| inputlookup more")] == [(4, 2)]


def test_rows_without_a_time_are_events_of_the_moment_of_the_search(service: Service) -> None:
    task = search(service.tasks, "source web | stats count by host | collect index=summary")
    assert "collect index=summary: events: 2" in lines(service, task)
    found = service.store.source("summary")
    assert found is not None
    assert (found.rows, found.first, found.last) == (2, task.created, task.created)


def test_a_search_that_was_ended_early_writes_nothing(service: Service) -> None:
    task = search(service.tasks, "source web | table n | outputlookup all | collect index=some", max_rows=2)
    assert (task.status, task.is_partial) == (Status.COMPLETED, True)
    assert "not_written" in {notice.code for notice in task.warnings}
    assert service.store.lookups() == []
    assert service.store.source("some") is None


def test_a_query_that_is_only_looked_at_writes_nothing(service: Service, data: Path) -> None:
    told = service.tasks.dry_run(Wanted("source web | outputlookup all | collect index=some"))
    assert told.query == "source web | outputlookup all | collect index=some"
    assert told.targets == (ToLookup("all"), ToIndex("some"))
    assert not (data / "lookups").exists()


def test_a_query_that_is_only_looked_at_tells_what_it_would_write_after_columns_that_only_the_data_tells(
    service: Service,
) -> None:
    told = service.tasks.dry_run(Wanted("source web | chart count over host by n | outputlookup append=true all"))
    assert told.targets == (ToLookup("all", appends=True),)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('source web | outputlookup "../x"', Code.INVALID_ARGUMENT),
        ("source web | outputlookup .hidden", Code.INVALID_ARGUMENT),
        ('source web | collect index="a/b"', Code.INVALID_ARGUMENT),
        ("source web | collect index=logs", Code.INVALID_INDEX_NAME),
        ("source web | append [ source web | outputlookup x ]", Code.WRONG_POSITION),
    ],
)
def test_what_cannot_be_written_is_refused_beforehand(service: Service, query: str, code: Code) -> None:
    with pytest.raises(TrawlError) as raised:
        service.tasks.submit(Wanted(query), "ada")
    assert raised.value.code is code


@pytest.mark.parametrize("command", ["collect index=kept", "outputlookup append=true kept"])
def test_a_worker_that_is_killed_has_written_once(data: Path, command: str) -> None:
    with opened(data) as service:
        settings = service.settings
        engine = service._database
        tasks = Tasks(settings, engine, service.store, "tasks.dying:tools", adopts=True)
        tasks.start()
        try:
            task = search(tasks, f"source web | table n | {command}")
        finally:
            tasks.close()
        assert (data / "died").exists()
        assert (task.status, task.attempt) == (Status.COMPLETED, 2)
        name = "kept" if command.startswith("collect") else f"{LOOKUP}kept"
        found = service.store.source(name)
        assert found is not None
        assert found.rows == 5
        assert any(line.endswith(" before") for line in lines(service, task))


# --- the store ---------------------------------------------------------------------------------------


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with opened(data) as service:
        yield service.store


def batches(*numbers: int) -> Iterator[pa.RecordBatch]:
    yield pa.RecordBatch.from_pydict({"n": list(numbers)})


def full() -> Iterator[pa.RecordBatch]:
    yield from batches(1)
    raise OSError(errno.ENOSPC, "no space left on device")


def test_an_origin_loads_once(store: Store) -> None:
    assert store.collect("kept", "task/0", batches(1, 2), NOW) == 2
    assert store.collect("kept", "task/0", batches(1, 2), NOW) is None
    assert store.collect("kept", "task/1", batches(3), NOW) == 1
    found = store.source("kept")
    assert found is not None
    assert found.rows == 3


def test_of_two_at_once_one_loads(store: Store) -> None:
    def while_another_loads() -> Iterator[pa.RecordBatch]:
        assert store.collect("kept", "task/0", batches(1, 2), NOW) == 2
        yield from batches(1, 2)

    store.collect("kept", "task/0", while_another_loads(), NOW)
    found = store.source("kept")
    assert found is not None
    assert found.rows == 2


def test_a_full_disk_leaves_an_index_as_it_was(store: Store) -> None:
    with pytest.raises(TrawlError) as raised:
        store.collect("kept", "task/0", full(), NOW)
    assert raised.value.code is Code.NO_ROOM
    assert store.source("kept") is None
    assert store.collect("kept", "task/0", batches(1), NOW) == 1


def replace_by(store: Store, mark: Path, text: str) -> bool:
    with store.replacing("kept.csv", mark) as path:
        if path is not None:
            path.write_text(text)
        return path is not None


def test_a_mark_replaces_once(store: Store, data: Path) -> None:
    mark = data / "results" / "task" / "0"
    assert replace_by(store, mark, "a\n1\n")
    write_lines(data / "lookups" / "kept.csv", ["a", "2"])
    assert not replace_by(store, mark, "a\n1\n")
    assert (data / "lookups" / "kept.csv").read_text() == "a\n2\n"


def replace_on_a_full_disk(store: Store, mark: Path) -> None:
    with store.replacing("kept.csv", mark) as path:
        assert path is not None
        path.write_text("a\n")
        raise OSError(errno.ENOSPC, "no space left on device")


def test_a_full_disk_leaves_a_lookup_as_it_was(store: Store, data: Path) -> None:
    replace_by(store, data / "first", "a\n1\n")
    with pytest.raises(TrawlError) as raised:
        replace_on_a_full_disk(store, data / "second")
    assert raised.value.code is Code.NO_ROOM
    assert (data / "lookups" / "kept.csv").read_text() == "a\n1\n"
    assert {path.name for path in (data / "lookups").iterdir()} == {"kept.csv", ".lock"}
    assert replace_by(store, data / "second", "a\n3\n")
    assert (data / "lookups" / "kept.csv").read_text() == "a\n3\n"


@pytest.mark.parametrize("step", [0, 1, 2])
def test_whenever_the_writer_is_killed_the_next_one_goes_on(
    store: Store, data: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the file is ready, before it is marked, before it takes its place."""
    honest, renames = Path.rename, 0

    class Killed(BaseException):
        pass

    def rename(path: Path, target: Path) -> Path:
        nonlocal renames
        renames += 1
        if renames == step + 1:
            raise Killed
        return honest(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(Killed):
        replace_by(store, data / "mark", "a\n1\n")
    assert not (data / "lookups" / "kept.csv").exists()
    replace_by(store, data / "mark", "a\n1\n")
    assert (data / "lookups" / "kept.csv").read_text() == "a\n1\n"
    assert not replace_by(store, data / "mark", "a\n2\n")
