"""What an execution reads and how far it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import duckdb
import pyarrow.parquet as pq

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
        self._is_metered = work.metered or work.profile
        self._is_profiled = work.profile
        self._profiles: list[Mapping[str, Any]] = []
        self._row_groups: dict[str, int] = {}
        self._held = 0
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

    def finish(self) -> None:
        """Notes how many row groups the files read hold, as far as they are still there."""
        if not self._is_metered:
            return
        for path in self._read:
            with suppress(OSError):
                self._held += pq.read_metadata(path).num_row_groups

    def ran(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Notes what DuckDB measured of the statement noted last, which ran to its end."""
        if not self._is_metered:
            return
        told = json.loads(connection.get_profiling_information("json"))
        self._spilled = max(self._spilled, told.get("system", {}).get("peak_temp_dir_size", 0))
        for files, read in _scanned(told.get("operator", [])):
            self._row_groups[files] = max(read, self._row_groups.get(files, 0))
        if self._is_profiled:
            query = {name: value for name, value in told.get("query", {}).items() if name != "sql"}
            statement = len(self._statements) - 1
            self._profiles.append({"statement": statement, "query": query, "operators": told.get("operator", [])})

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
        """What it took so far; row groups skipped are known at the end."""
        row_groups = sum(self._row_groups.values())
        return Cost(
            rows_read=sum(segment.rows for segment in self._read.values()),
            bytes_read=sum(segment.bytes for segment in self._read.values()),
            files_read=len(self._read),
            files_skipped=self._skipped + len(self._segments) - len(self._read),
            row_groups_read=row_groups,
            row_groups_skipped=max(0, self._held - row_groups),
            bytes_spilled=self._spilled,
            statements=tuple(self._statements),
            profile=tuple(self._profiles),
        )


def _scanned(operators: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """How many row groups each scan of files among operators read, with the first of the files."""
    waiting = list(operators)
    while waiting:
        operator = waiting.pop()
        waiting.extend(operator.get("children", ()))
        told = operator.get("extra_info", {})
        if told.get("Function") == "READ_PARQUET":
            first = str(told.get("Filename(s)", "")).split(", ")[0]
            yield first, operator["row_groups_scanned"]
