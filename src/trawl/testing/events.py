"""Sources out of a few events, each a segment in a folder: a catalog to plan and run against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from trawl.catalog.base import Segment, Snapshot, Source
from trawl.store.chunk import SEQ_TYPE
from trawl.store.events import chunk_of
from trawl.store.index import schema_of, union
from trawl.store.segments import SEQ, write_segment
from trawl.store.times import TIME_FIELD
from trawl.store.timing import TimeRule
from trawl.values import Instant

UNTIMED = Instant(1_704_067_200_000_000_000)
"""The time of events that bring none, 2024-01-01T00:00:00Z: they stay in the order in which they are given."""


@dataclass
class Events:
    """A catalog of sources that `add` fills. Events are loaded as the store loads NDJSON.

    Attributes:
        folder: where the segments go.
    """

    folder: Path
    _segments: dict[str, tuple[Segment, ...]] = field(default_factory=dict)

    def add(self, name: str, events: Iterable[Mapping[str, Any] | bytes]) -> None:
        """Adds events to a source, as a segment of their own: JSON objects, or lines of JSON."""
        lines = [event if isinstance(event, bytes) else orjson.dumps(event) for event in events]
        known = self._segments.setdefault(name, ())
        if not lines:
            return
        rule = TimeRule(None, UNTIMED, UNTIMED)
        chunk = chunk_of([orjson.loads(line) for line in lines], range(1, len(lines) + 1), lines, rule)
        assert not chunk.rejects, chunk.rejects
        path = self.folder / f"{name}-{len(known)}.parquet"
        first = sum(segment.rows for segment in known)
        written = write_segment(path, [chunk], pa.array(range(first, first + chunk.rows), SEQ_TYPE))
        segment = Segment(
            str(path),
            written.rows,
            written.bytes,
            written.first,
            written.last,
            written.fields,
            order_column=SEQ,
            ordinal=len(known),
        )
        self._segments[name] = (*known, segment)

    def names(self) -> list[str]:
        """The names of all sources, sorted."""
        return sorted(self._segments)

    def source(self, name: str) -> Source | None:
        """The source of exactly this name."""
        if name not in self._segments:
            return None
        segments = self._segments[name]
        parts: dict[str, Any] = {}
        for segment in segments:
            for field_name, found in segment.fields.items():
                parts[field_name] = union(found, parts.get(field_name))
        return Source(
            name,
            schema_of(parts),
            TIME_FIELD,
            sum(segment.rows for segment in segments),
            sum(segment.bytes for segment in segments),
            min((segment.first for segment in segments), default=None),
            max((segment.last for segment in segments), default=None),
        )

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources."""
        return Snapshot({name: self._segments.get(name, ()) for name in names})
