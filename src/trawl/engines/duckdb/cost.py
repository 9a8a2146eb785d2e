"""What an execution reads and how far it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from trawl.algebra import Given, Scan, post_order
from trawl.catalog.base import Segment
from trawl.engines.base import Cost, Progress, Work
from trawl.engines.duckdb.scan import may_hold


class Meter:
    """Counts what is read, by segments.

    Bytes are those of whole files: which pages of them DuckDB touched it does not say.
    """

    def __init__(self, work: Work) -> None:
        found: dict[str, Segment] = {}
        skipped: set[str] = set()
        leaves = list(post_order(work.relation))
        for result in (leaf for leaf in leaves if isinstance(leaf, Given)):
            found |= {segment.path: segment for segment in work.snapshot.segments.get(result.name, ())}
        for scan in (leaf for leaf in leaves if isinstance(leaf, Scan)):
            for source in scan.sources:
                for segment in work.snapshot.segments.get(source, ()):
                    if may_hold(segment, scan):
                        found[segment.path] = segment
                    else:
                        skipped.add(segment.path)
        self._segments = found
        self._skipped = len(skipped - found.keys())
        self._read: dict[str, Segment] = {}
        self._reading: dict[str, Segment] = dict(found)
        self._statements: list[str] = []
        self._profiles: list[Mapping[str, Any]] = []
        self._spilled = 0
        self._furthest = Progress()

    def statement(self, query: str) -> None:
        """Notes a statement that is about to run."""
        self._statements.append(query)

    def reading(self, segments: list[Segment]) -> None:
        """Notes that only these segments are read by what runs now."""
        self._reading = {segment.path: segment for segment in segments}

    def read(self) -> None:
        """Notes that what runs now has come to its end."""
        self._read |= self._reading
        self._reading = {}

    def all_read(self) -> None:
        """Notes that everything was read."""
        self._read, self._reading = dict(self._segments), {}

    def finish(self, scratch: Path) -> None:
        """Notes what was spilled, before it is deleted."""
        if scratch.is_dir():
            self._spilled = sum(file.stat().st_size for file in scratch.rglob("*.tmp"))

    def profiled(self, text: str) -> None:
        """Notes DuckDB's own profile of a statement."""
        self._profiles.append(json.loads(text))

    def progress(self, connection: duckdb.DuckDBPyConnection | None) -> Progress:
        """How far it is; never less than before."""
        share = max(0.0, connection.query_progress()) / 100 if connection is not None else 0.0
        rows = sum(segment.rows for segment in self._read.values())
        size = sum(segment.bytes for segment in self._read.values())
        rows += int(share * sum(segment.rows for segment in self._reading.values()))
        size += int(share * sum(segment.bytes for segment in self._reading.values()))
        before = self._furthest
        self._furthest = Progress(
            max(before.scanned_rows, rows),
            sum(segment.rows for segment in self._segments.values()),
            max(before.scanned_bytes, size),
            sum(segment.bytes for segment in self._segments.values()),
        )
        return self._furthest

    def cost(self) -> Cost:
        """What it took so far."""
        return Cost(
            rows_read=sum(segment.rows for segment in self._read.values()),
            bytes_read=sum(segment.bytes for segment in self._read.values()),
            files_read=len(self._read),
            files_skipped=self._skipped + len(self._segments) - len(self._read),
            bytes_spilled=self._spilled,
            statements=tuple(self._statements),
            profile=tuple(self._profiles),
        )
