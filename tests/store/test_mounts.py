"""Files that are a source without being loaded."""

from __future__ import annotations

import gc
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaded import Event, events_of, load, open_store, segments, write_lines
from trawl.catalog.base import Segment
from trawl.errors import Code, TrawlError
from trawl.settings.process import Mount
from trawl.store.conversions import Conversions, MountedFile
from trawl.values import Instant

TIMES = [datetime(2020, 1, 1, 0, 0, second, tzinfo=UTC) for second in (3, 2, 2, 1)]


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def mounted(tmp_path: Path, **options: Any) -> list[Event]:
    """The events of a mount, in the order of its segments."""
    with open_store(tmp_path, logs=Mount(**options)) as store:
        return [event for segment in segments(store, "logs") for event in events_of(segment)]


def test_a_parquet_file_of_our_types_is_read_where_it_is(tmp_path: Path) -> None:
    structs = pa.array([{"b": 1, "c": {"d": "x"}}, {"b": 2}, None, {"c": {}}])
    file = parquet(tmp_path / "a.parquet", time=TIMES, a=structs, tags=[["x"], [], None, ["y", "z"]])
    with open_store(tmp_path, logs=Mount(files="*.parquet")) as store:
        (segment,) = segments(store, "logs")
        source = store.source("logs")
    assert (segment.path, segment.bytes, segment.modified) == (str(file), file.stat().st_size, file.stat().st_mtime_ns)
    assert (segment.order_column, segment.is_sorted, segment.rows) == (None, True, 4)
    assert {name: part.column for name, (part,) in segment.fields.items()} == {
        "@timestamp": ("time",),
        "time": ("time",),
        "a.b": ("a", "b"),
        "a.c.d": ("a", "c", "d"),
        "tags": ("tags",),
    }
    assert source is not None
    assert {column.name: column.type.encode() for column in source.schema} == {
        "@timestamp": "time",
        "a.b": "integer",
        "a.c.d": "string",
        "tags": "string[]",
        "time": "time",
    }
    assert (str(source.first), str(source.last)) == ("2020-01-01T00:00:01.000Z", "2020-01-01T00:00:03.000Z")


def test_rows_out_of_order_are_noticed(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", ts=TIMES[::-1])
    with open_store(tmp_path, logs=Mount(files="*.parquet")) as store:
        (segment,) = segments(store, "logs")
    assert not segment.is_sorted


@pytest.mark.parametrize(
    "columns",
    [
        {"ts": ["2020-01-01T00:00:03Z", "2020-01-01T00:00:02Z", "2020-01-01T00:00:02Z", "2020-01-01T00:00:01Z"]},
        {"ts": TIMES, "a": pa.array([1, 2, 3, 4], pa.int32())},
        {"ts": TIMES, "a": [1.0, float("nan"), 2.0, 3.0]},
        {"ts": TIMES, "a": [[{"b": 1}], [], None, None]},
        {"ts": TIMES, "a": [datetime(9999, 1, 1)] * 4},
        {"ts": TIMES, "a.b": [1, 2, 3, 4], "a": [{"b": 1}] * 4},
        {"ts": [TIMES[0], None, TIMES[1], TIMES[2]]},
    ],
    ids=["text for time", "short integers", "NaN", "arrays of structs", "far times", "one name twice", "no time"],
)
def test_another_parquet_file_is_converted(tmp_path: Path, columns: dict[str, Any]) -> None:
    parquet(tmp_path / "a.parquet", **columns)
    with open_store(tmp_path, logs=Mount(files="*.parquet")) as store:
        (segment,) = segments(store, "logs")
        assert Path(segment.path).is_relative_to(tmp_path / "indices" / "mounted")
        assert (segment.modified, segment.order_column, segment.is_sorted) == (None, None, True)
        events = events_of(segment)
    assert [event["@timestamp"] for event in events] == sorted((event["@timestamp"] for event in events), reverse=True)
    assert len(events) == 4 - (None in columns["ts"])


def test_values_of_a_converted_parquet_file_follow_the_rules(tmp_path: Path) -> None:
    parquet(
        tmp_path / "a.parquet",
        ts=[4, 3, 2, 1],
        big=pa.array([2**64 - 1, 1, 2, 3], pa.uint64()),
        nan=[1.5, float("nan"), float("inf"), None],
        objects=[[{"b": 1}], [], None, None],
        day=[TIMES[0].date(), None, None, None],
        raw=[b"text", b"\xff", None, None],
        far=[datetime(9999, 1, 1), TIMES[0].replace(tzinfo=None), None, None],
    )
    assert mounted(tmp_path, files="a.parquet") == [
        {
            "@timestamp": Instant(4 * 10**9),
            "ts": 4,
            "big": 2**64 - 1,
            "nan": 1.5,
            "objects": ['{"b":1}'],
            "day": Instant(1577836800 * 10**9),
            "raw": "text",
            "far": "9999-01-01T00:00:00",
        },
        {
            "@timestamp": Instant(3 * 10**9),
            "ts": 3,
            "big": 1,
            "objects": [],
            "raw": "/w==",
            "far": Instant(1577836803 * 10**9),
        },
        {"@timestamp": Instant(2 * 10**9), "ts": 2, "big": 2},
        {"@timestamp": Instant(10**9), "ts": 1, "big": 3},
    ]


def test_the_time_field_is_named_in_the_settings(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", **{"@timestamp": TIMES, "seen": TIMES[::-1]})
    with open_store(tmp_path, logs=Mount(files="a.parquet", time_field="seen")) as store:
        (segment,) = segments(store, "logs")
    assert {name: part.column for name, (part,) in segment.fields.items()} == {
        "@timestamp": ("seen",),
        "@timestamp.original": ("@timestamp",),
        "seen": ("seen",),
    }


@pytest.mark.parametrize("format_", ["auto", "ndjson"])
def test_lines_are_converted_and_a_file_that_grows_is_converted_anew(tmp_path: Path, format_: str) -> None:
    file = write_lines(tmp_path / "a.ndjson", [{"ts": 1, "n": 1}])
    with open_store(tmp_path, logs=Mount(files="*.ndjson", format=format_)) as store:
        before = segments(store, "logs")
        assert [event["n"] for event in events_of(before[0])] == [1]
        write_lines(file, [{"ts": 1, "n": 1}, {"ts": 2, "n": 2}])
        os.utime(file, ns=(0, 10**18))
        (after,) = segments(store, "logs")
        assert [event["n"] for event in events_of(after)] == [2, 1]
        assert [event["n"] for event in events_of(before[0])] == [1], "a search that began before goes on"


def test_a_conversion_is_used_again(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    found = []
    for _ in range(2):
        with open_store(tmp_path, logs=Mount(files="a.ndjson")) as store:
            found.append(segments(store, "logs"))
    assert found[0] == found[1]


def test_a_file_is_looked_up_once_for_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / f"{name}.ndjson", [{"ts": 1}])
    looked: list[str] = []
    look = Conversions.of

    def counted(conversions: Conversions, file: MountedFile) -> tuple[Segment, ...] | None:
        looked.append(Path(file.path).name)
        return look(conversions, file)

    with open_store(tmp_path, 0, logs=Mount(files="*.ndjson")) as store:
        monkeypatch.setattr(Conversions, "of", counted)
        assert store.source("logs").schema.open  # type: ignore[union-attr]  # it is there
        assert looked == ["a.ndjson", "b.ndjson"]
        store.take(["logs"], lambda *how_far: None)
        looked.clear()
        assert store.source("logs").rows == 2  # type: ignore[union-attr]  # as above
        assert looked == [], "what was read is kept in memory"


def test_former_states_of_a_file_are_not_kept_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    with open_store(tmp_path, logs=Mount(files="*.ndjson")) as store:
        for lines in range(1, 4):
            write_lines(file, [{"ts": 1}] * lines)
            assert [segment.rows for segment in segments(store, "logs")] == [lines]
        held = [each.rows for each in gc.get_objects() if isinstance(each, Segment) and str(tmp_path) in each.path]
        assert held == [3]


def test_a_conversion_stays_for_a_day_after_it_was_followed_by_another(tmp_path: Path) -> None:
    file, converted = tmp_path / "a.ndjson", tmp_path / "indices" / "mounted"

    def days_go_by(days: int) -> None:
        for place in converted.iterdir():
            made = place.stat().st_mtime - days * 86_400 - 1
            os.utime(place, (made, made))

    found: list[Path] = []
    with open_store(tmp_path, logs=Mount(files="*.ndjson"), named=Mount(files="a.ndjson", time_field="n")) as store:
        for lines, days in ((1, 0), (2, 5), (3, 0), (4, 1)):
            write_lines(file, [{"ts": 1, "n": 1}] * lines)
            if converted.exists():
                days_go_by(days)
            (segment,) = segments(store, "logs")
            found.append(Path(segment.path))
            if lines == 1:
                (otherwise,) = segments(store, "named")
            if lines == 2:
                assert found[0].exists(), "a search of a file that was quiet for long goes on when it changes"
        assert [path.exists() for path in found] == [False, False, True, True]
        assert Path(otherwise.path).exists(), "the same file, but as another source reads it"


def test_a_catalog_is_on_disk_before_its_folder_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append(f"rename {path.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    with open_store(tmp_path, logs=Mount(files="a.ndjson")) as store:
        (segment,) = segments(store, "logs")
    half = f"half-{Path(segment.path).parent.name}"
    assert done == ["0.parquet", "0.terms", "segments.json", half, f"rename {half}", "mounted"]


@pytest.mark.parametrize("left", [b"", b'{"cut sh', b"\0" * 64, b"\xff"])
def test_a_catalog_that_cannot_be_decoded_is_written_anew(tmp_path: Path, left: bytes) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    with open_store(tmp_path, logs=Mount(files="a.ndjson")) as store:
        (before,) = segments(store, "logs")
    catalog = Path(before.path).with_name("segments.json")
    catalog.write_bytes(left)
    with open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as store:
        assert segments(store, "logs") == (), "as if nobody had read the file"
        assert store.take(["logs"], lambda *how_far: None)[1].segments["logs"] == (before,)
    with open_store(tmp_path, logs=Mount(files="a.ndjson")) as store:
        assert segments(store, "logs") == (before,)


def test_what_another_process_has_just_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    with (
        open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as one,
        open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as two,
    ):
        make = Path.mkdir

        def make_late(path: Path, **options: bool) -> None:
            monkeypatch.setattr(Path, "mkdir", make)
            one.take(["logs"], lambda *how_far: None)
            make(path, **options)

        monkeypatch.setattr(Path, "mkdir", make_late)
        read: list[int] = []
        assert two.take(["logs"], lambda so_far, total: read.append(so_far))[0][0].rows == 1
        assert set(read) == {0}
    assert [place.name[:5] for place in (tmp_path / "indices" / "mounted").glob("half-*")] == []


def test_csv_values_are_texts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('time,a,b.c\n2020-01-01,1,"x, y"\n2020-01-02,,""\n', encoding="utf-8")
    assert [event | {"@timestamp": 0} for event in mounted(tmp_path, files="a.csv")] == [
        {"@timestamp": 0, "time": "2020-01-02"},
        {"@timestamp": 0, "time": "2020-01-01", "a": "1", "b.c": "x, y"},
    ]


def test_files_are_ordered_by_path_and_none_is_an_empty_source(tmp_path: Path) -> None:
    for name in ("b", "a"):
        parquet(tmp_path / f"{name}.parquet", ts=TIMES)
    with open_store(tmp_path, logs=Mount(files=str(tmp_path / "*.parquet")), none=Mount(files="*.nothing")) as store:
        assert [(Path(segment.path).name, segment.ordinal) for segment in segments(store, "logs")] == [
            ("a.parquet", 0),
            ("b.parquet", 1),
        ]
        assert store.names() == ["logs", "none"]
        empty = store.source("none")
    assert empty is not None
    assert (empty.rows, empty.first, empty.schema.names) == (0, None, ("@timestamp",))


def test_nothing_is_loaded_into_a_mounted_source(tmp_path: Path) -> None:
    with (
        open_store(tmp_path, web=Mount(files="*.nothing")) as store,
        pytest.raises(TrawlError, match="mounted") as caught,
    ):
        load(store, tmp_path, {"ts": 1})
    assert caught.value.code is Code.INVALID_INDEX_NAME


def test_a_file_that_is_no_parquet_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(TrawlError) as caught:
        mounted(tmp_path, files="a.parquet")
    assert caught.value.code is Code.UNREADABLE_FILE
    assert caught.value.reason.startswith("`a.parquet` cannot be read")
    assert str(tmp_path) not in caught.value.reason


def test_a_link_to_nothing_is_no_file_and_one_in_a_circle_is_an_error(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    (tmp_path / "b.ndjson").symlink_to("nothing")
    assert len(mounted(tmp_path, files="*.ndjson")) == 1
    (tmp_path / "c.ndjson").symlink_to("c.ndjson")
    with pytest.raises(TrawlError, match=r"^`c\.ndjson` cannot be read: too many levels") as caught:
        mounted(tmp_path, files="*.ndjson")
    assert caught.value.code is Code.UNREADABLE_FILE


def test_nobody_waits_for_a_large_file_until_a_search_takes_it(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "a.ndjson", [{"ts": second, "n": second} for second in range(5000)])
    table = parquet(tmp_path / "b.parquet", ts=TIMES, n=[0, 1, 2, 3])
    size = lines.stat().st_size + table.stat().st_size
    mount, read = Mount(files="?.*"), []
    with open_store(tmp_path, at_once=size - 1, logs=mount) as store, open_store(tmp_path, 0, logs=mount) as other:
        unread = store.source("logs")
        assert unread is not None
        assert (unread.schema.open, unread.schema.names, unread.bytes) == (True, ("@timestamp",), size)
        assert (unread.rows, unread.first, segments(store, "logs")) == (0, None, ())
        (source,), snapshot = store.take(["logs"], lambda *how_far: read.append(how_far))
        assert (source.schema.open, source.schema.names, source.rows) == (False, ("@timestamp", "n", "ts"), 5004)
        assert [segment.rows for segment in snapshot.segments["logs"]] == [5000, 4]
        assert read == sorted(read)
        assert {total for _, total in read} == {size}
        assert read[-1][0] >= lines.stat().st_size
        assert other.source("logs") == store.source("logs") == source, "another process finds it read"
        assert other.take(["logs"], lambda *how_far: pytest.fail("it is read"))[1] == snapshot
    with open_store(tmp_path / "b", at_once=size, logs=Mount(files=str(tmp_path / "?.*"))) as store:
        assert store.source("logs").schema.names == source.schema.names  # type: ignore[union-attr]  # it is there


def test_reading_can_be_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])

    def give_up(read: int, total: int) -> None:
        if read:
            raise TrawlError(Code.STOPPED, "enough")

    with open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as store:
        with pytest.raises(TrawlError, match="enough"):
            store.take(["logs"], give_up)
        assert list((tmp_path / "indices" / "mounted").iterdir()) == []
        assert store.take(["logs"], lambda *how_far: None)[0][0].rows == 1


def test_what_a_killed_process_left_half_read_is_in_nobodys_way(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    child = os.fork()
    if child == 0:
        with open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as store:
            store.take(["logs"], lambda read, total: os.kill(os.getpid(), signal.SIGKILL) if read else None)
    os.waitpid(child, 0)
    (half,) = (tmp_path / "indices" / "mounted").iterdir()
    (half / "0.parquet").write_bytes(b"half a segment")
    with open_store(tmp_path, logs=Mount(files="a.ndjson")) as store:
        assert [segment.rows for segment in segments(store, "logs")] == [1]
    assert not half.exists()


def test_two_that_want_one_file_read_it_once(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.ndjson", [{"ts": 1}])
    first_reads, second_waits = threading.Event(), threading.Event()
    told: list[int] = []

    def slowly(read: int, total: int) -> None:
        if read:
            first_reads.set()
            assert second_waits.wait(60)

    def patiently(read: int, total: int) -> None:
        told.append(read)
        if len(told) > 2:  # it looked, and looked again
            second_waits.set()

    with (
        open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as one,
        open_store(tmp_path, 0, logs=Mount(files="a.ndjson")) as two,
        ThreadPoolExecutor() as threads,
    ):
        first = threads.submit(one.take, ["logs"], slowly)
        assert first_reads.wait(60)
        second = two.take(["logs"], patiently)
        assert second == first.result()
    assert set(told) == {0}, "it read nothing itself"
