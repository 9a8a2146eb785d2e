"""Segments of one load do not touch in time, in whatever order its events come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from loaded import Event, events_of, in_load_order, load, open_store, segments
from trawl.catalog.terms import path_beside
from trawl.store import Store, cutting, merging
from trawl.store.inputs import lines
from trawl.store.merging import Size


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with segments of about 100 events, merged 3 at a time by batches of 16."""
    monkeypatch.setattr(cutting, "SEGMENT", Size(rows=100, bytes=1 << 20))
    monkeypatch.setattr(merging, "BATCH_ROWS", 16)
    monkeypatch.setattr(merging, "FAN_IN", 3)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 600)
    with open_store(tmp_path) as opened:
        yield opened


def shuffled(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return random.Random(1).sample(events, len(events))


TIMES = {
    "rising": list(range(2000)),
    "falling": list(range(2000, 0, -1)),
    "in no order": [random.Random(1).randrange(1000) for _ in range(2000)],
    "rising, some late": [max(0, n - random.Random(n).choice([0, 0, 0, 30])) for n in range(2000)],
    "rising by steps": [n // 70 for n in range(2000)],
    "falling by steps": [50 - n // 70 for n in range(2000)],
    "all the same": [7] * 1000,
    "one day, then the day before": [*range(1000, 2000), *range(1000)],
}


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES)
def test_segments_of_one_load_do_not_touch(store: Store, tmp_path: Path, times: list[int]) -> None:
    events = [{"ts": ts, "n": n, **({f"only{n % 7}": str(n)} if n % 3 else {})} for n, ts in enumerate(times)]
    load(store, tmp_path, *events)
    found = sorted(segments(store), key=lambda segment: segment.first)
    assert all(earlier.last < later.first for earlier, later in pairwise(found))
    assert len(found) >= (5 if len(set(times)) > 10 else 1)
    newest_first: list[Event] = [event for segment in reversed(found) for event in events_of(segment)]
    for event in newest_first:
        del event["@timestamp"]
    assert newest_first == sorted(events, key=lambda event: -event["ts"])
    known = {Path(segment.path) for segment in found}
    assert set((tmp_path / "indices" / "segments").iterdir()) == known | set(map(path_beside, known))


def test_a_field_of_several_types_stays_so(store: Store, tmp_path: Path) -> None:
    values = [2**70, 1, "x", 1.5, [1], ["x", 2], None, True, []]
    events = shuffled([{"ts": n, "f": values[n % 9]} for n in range(900)])
    load(store, tmp_path, *events)
    assert [event.get("f") for event in sorted(in_load_order(store), key=lambda event: event["ts"])] == [
        values[n % 9] for n in range(900)
    ]
