"""Sources out of a few events, each a segment in a folder: a catalog to plan and run against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from trawl.catalog.base import LOOKUP, PLACES, Rules, Segment, Snapshot, Source
from trawl.store.chunk import SEQ_TYPE
from trawl.store.conversions import MountedFile
from trawl.store.events import chunk_of
from trawl.store.index import schema_of, union
from trawl.store.inputs import Format
from trawl.store.lookups import lookup_of
from trawl.store.places import read_places
from trawl.store.rows import as_rows
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
    _lookups: dict[str, Source] = field(default_factory=dict)

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

    def add_lookup(self, name: str, rows: Iterable[bytes], rules: Rules | None = None) -> None:
        """Adds a lookup: lines of JSON, or of CSV with a header."""
        lines = list(rows)
        is_json = not lines or lines[0].startswith(b"{")
        file = self.folder / f"{name}.{'ndjson' if is_json else 'csv'}"
        file.write_bytes(b"\n".join(lines))
        folder = self.folder / f"lookup-{name}"
        folder.mkdir()
        mounted = MountedFile(str(file), 0, 0, None, Format.NDJSON if is_json else Format.CSV)
        written = as_rows(mounted, folder, lambda read: None)
        segments = tuple(
            Segment(str(each.path), each.rows, each.bytes, each.first, each.last, each.fields, None, ordinal)
            for ordinal, each in enumerate(written)
        )
        self._lookups[LOOKUP + name] = lookup_of(name, segments, rules or Rules())
        self._segments[LOOKUP + name] = segments

    def add_places(self, database: Path) -> None:
        """Adds the database of places."""
        self._lookups[PLACES], self._segments[PLACES] = read_places(database)

    def names(self) -> list[str]:
        """The names of all sources of events, sorted."""
        return sorted(name for name in self._segments if name not in self._lookups)

    def lookups(self) -> list[str]:
        """The names of all lookups, sorted."""
        return sorted(name.removeprefix(LOOKUP) for name in self._lookups if name != PLACES)

    def source(self, name: str) -> Source | None:
        """The source, or the lookup, of exactly this name."""
        if name in self._lookups:
            return self._lookups[name]
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
