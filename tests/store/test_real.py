"""All 126,579 real events come back value for value."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from loaded import in_load_order, open_store, segments
from trawl.store import Store

EVENTS = Path("windows-events-2020") / "events.jsonl.gz"

pytestmark = [pytest.mark.real, pytest.mark.slow]  # all real events are loaded first


@pytest.fixture(scope="module")
def store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("real")) as opened:
        loaded = opened.load("real", [real_data / EVENTS])
        assert (loaded.events, loaded.fields, loaded.rejected) == (126_579, 420, 0)
        yield opened


def test_every_event_equals_its_line(store: Store, real_data: Path) -> None:
    with gzip.open(real_data / EVENTS) as lines:
        for number, (line, event) in enumerate(zip(lines, in_load_order(store, "real"), strict=True), 1):
            written = orjson.loads(line)
            assert str(event.pop("@timestamp")) == written.pop("@timestamp"), f"line {number}"
            assert event == written, f"line {number}"
            assert [type(value) for value in event.values()] == [type(written[name]) for name in event], (
                f"line {number}"
            )


def test_names_that_differ_in_case_stay_apart(store: Store) -> None:
    names = Counter(name for event in in_load_order(store, "real") for name in event)
    counted = {name: names[name] for name in ("LogonId", "LogonID", "IpAddress", "Ipaddress")}
    assert counted == {"LogonId": 295, "LogonID": 3, "IpAddress": 426, "Ipaddress": 1}


def test_segments_take_four_fifths_of_the_gzipped_json_at_most(store: Store, real_data: Path) -> None:
    on_disk = sum(segment.bytes for segment in segments(store, "real"))
    assert on_disk <= 0.8 * (real_data / EVENTS).stat().st_size
