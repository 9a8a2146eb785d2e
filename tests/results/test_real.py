"""Real events through a stored result and out of the JSON export, value for value."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from stored import FACTS, batch
from trawl import formats
from trawl.formats.base import Options
from trawl.results.reader import Result
from trawl.results.writer import Writer
from trawl.schema import NULL, type_of
from trawl.values import Instant

pytestmark = pytest.mark.real

EXACT = 2**53


@pytest.mark.parametrize("file", ["windows-events-2020/events.jsonl.gz", "zeek-wrccdc-2018/dns.json.gz"])
def test_what_is_stored_of_real_events_is_exported_unchanged(real_data: Path, tmp_path: Path, file: str) -> None:
    with gzip.open(real_data / file) as lines:
        events = [json.loads(line) for line in islice(lines, 20_000)]
    names = sorted({name for event in events for name in event})
    types = dict.fromkeys(names, NULL)
    for event in events:
        for name, value in event.items():
            types[name] = types[name].union(type_of(value))
    with Writer(tmp_path, FACTS, threads=2) as writer:
        for first in range(0, len(events), 3_000):
            several = events[first : first + 3_000]
            writer.write(batch({name: (types[name], [event.get(name) for event in several]) for name in names}))
    result = Result(tmp_path)
    written = formats.find("json").write(result.batches(), result.schema, Options(tmp_path, print, Instant(0)))
    assert orjson.loads(b"".join(written)) == list(_as_exported(events))


def _as_exported(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        yield {
            name: str(value) if isinstance(value, int) and abs(value) > EXACT else value
            for name, value in event.items()
            if value is not None
        }
