"""A load that is killed at any moment leaves nothing half visible, and nothing behind once another one ran."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaded import events_of, load, open_store, segments, write_lines
from trawl.store.staging import REJECTED, SEGMENTS, STAGING

EVENTS = 2000

LOADER = """
import sys, pathlib
from loaded import open_store
from trawl.store import cutting
from trawl.store.inputs import lines
cutting.SEGMENT = cutting.Size(100, 1 << 20)
lines.BLOCK_BYTES = 2000
folder, file = map(pathlib.Path, sys.argv[1:])
with open_store(folder) as store:
    print("open", flush=True)
    store.load("web", [file])
    print("acknowledged", flush=True)
"""


def files_in(folder: Path) -> set[str]:
    """What lies in the store but for the lock that stays."""
    names = (SEGMENTS, REJECTED, STAGING)
    paths = (path for name in names for path in (folder / "indices" / name).rglob("*"))
    return {path.name for path in paths if path.name != "all.lock"}


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, marks=[pytest.mark.slow] if seed > 5 else []) for seed in range(40)],  # a process each
)
def test_a_killed_load_is_there_whole_or_not_at_all(tmp_path: Path, seed: int) -> None:
    file = write_lines(tmp_path / "a.ndjson", [{"ts": n, "n": n} for n in range(EVENTS)] + ["broken"])
    with open_store(tmp_path) as store:
        child = subprocess.Popen(
            [sys.executable, "-c", LOADER, str(tmp_path), str(file)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        time.sleep(random.Random(seed).uniform(0, 0.6))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()

        source = store.source("web")
        found = sorted(event["n"] for segment in segments(store) for event in events_of(segment))
        if "acknowledged" in rest:
            assert source is not None
        assert found == (list(range(EVENTS)) if source else [])
        assert (source.rows if source else 0) == len(found)

        load(store, tmp_path, {"ts": 1}, index="other")
        known = {Path(segment.path).name for name in store.names() for segment in segments(store, name)}
        left = files_in(tmp_path)
        assert {name for name in left if name.endswith(".parquet")} == known
        filters = {str(Path(name).with_suffix(".terms")) for name in known}
        assert {name for name in left if name.endswith(".terms")} == filters
        assert len(left - known - filters) == (1 if source else 0)  # what was put aside


def test_a_running_load_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        events = [{"ts": n} for n in range(10)]

        def load_another(_: object) -> None:
            load(store, tmp_path / "..", {"ts": 1}, index="other")

        store.load("web", [write_lines(tmp_path / "a.ndjson", events)], report=load_another)
        assert store.names() == ["other", "web"]
        assert sum(len(events_of(segment)) for segment in segments(store)) == 10
    assert {Path(name).suffix for name in files_in(tmp_path)} == {".parquet", ".terms"}
