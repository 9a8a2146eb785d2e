"""Real events as plain Python reads them, and the rows that a query over them gives."""

from __future__ import annotations

import gzip
import math
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from trawl.engines.duckdb import DuckDBEngine
from trawl.planning import Request
from trawl.store import Store
from trawl.testing import Outcome, plain, request, search

Event = dict[str, Any]
Row = dict[str, Any]

FILES = {
    "windows": "windows-events-2020/events.jsonl.gz",
    "winlogbeat": "winlogbeat-2019/events.jsonl.gz",
    "dns": "zeek-wrccdc-2018/dns.json.gz",
    "zeek": "zeek-apt29-day1/combined_zeek.jsonl.gz",
    "access": "web-access/apache_access.log.gz",
    "auth": "linux-auth/auth.log.gz",
}
"""Where the events of each index lie below the folder of real events."""

TIMES = {"windows": "@timestamp", "winlogbeat": "@timestamp", "dns": "ts", "zeek": "ts"}
"""The field that each index of JSON takes its times from."""


def read_lines(file: Path) -> list[str]:
    """The lines of a file, in their order."""
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as text:
        return [line.rstrip("\r\n") for line in text if line.strip()]


def read_events(file: Path, time: str) -> list[Event]:
    """The events of a file of JSON, newest first, as they are searched."""
    with gzip.open(file) as lines:
        loaded = [orjson.loads(line) for line in lines]
    if time != "@timestamp" and isinstance(loaded[0][time], str):
        loaded = [{"@timestamp": event[time], **event} for event in loaded]
    return sorted(loaded, key=lambda event: moment(event[time]), reverse=True)


@cache
def moment(time: str | float) -> datetime:
    """A time in ISO 8601, or in seconds since 1970."""
    return datetime.fromisoformat(time).replace(tzinfo=UTC) if isinstance(time, str) else instant(time)


def instant(seconds: float) -> datetime:
    """A time in seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def ask(store: Store, wanted: str | Request) -> Outcome:
    """What a query gives."""
    return search(DuckDBEngine(), request(wanted) if isinstance(wanted, str) else wanted, store)


def rows(store: Store, wanted: str | Request) -> list[Row]:
    """The rows that a query gives, times as texts."""
    return [{name: plain(value) for name, value in row.items()} for row in ask(store, wanted).rows]


def same(found: list[Row], expected: list[Row]) -> None:
    """The same rows in the same order; floats up to the order in which they were added."""
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert row.keys() == wanted.keys()
        for name, value in wanted.items():
            close = isinstance(value, float) and math.isclose(row[name], value, rel_tol=1e-9, abs_tol=1e-9)
            assert close or row[name] == value, (name, row, wanted)
