"""Where the columns of a relation are read from, a few at a time and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from trawl.algebra import Given, Project, Relation, Scan
from trawl.catalog.base import Segment
from trawl.engines.duckdb.frames import Frame, Names
from trawl.engines.duckdb.hosts import Host, Shared, kept
from trawl.engines.duckdb.scan import Reading
from trawl.schema import Column, Schema


class Columns(Protocol):
    """Where columns are read from."""

    def frame(self, columns: Sequence[Column]) -> Frame:
        """A frame of its own that has some of the columns."""

    def rows(self, column: Column) -> int:
        """How many rows have the column, at most."""


@dataclass(frozen=True)
class Stored:
    """Columns of a leaf: of each only the segments that have it are read."""

    leaf: Scan | Given
    segments: Mapping[str, tuple[Segment, ...]]
    names: Names

    def frame(self, columns: Sequence[Column]) -> Frame:
        """A frame in which nothing else is read."""
        having = {name: tuple(self._having(name, columns)) for name in self._read}
        reading = Reading.of(replace(self.leaf, schema=Schema(tuple(columns))), having, self.names)
        return reading.frame(reading.segments)

    def rows(self, column: Column) -> int:
        """As many as the segments have that have the column."""
        return sum(segment.rows for name in self._read for segment in self._having(name, [column]))

    @property
    def _read(self) -> tuple[str, ...]:
        return self.leaf.sources if isinstance(self.leaf, Scan) else (self.leaf.name,)

    def _having(self, name: str, columns: Sequence[Column]) -> Iterator[Segment]:
        for segment in self.segments.get(name, ()):
            if any(column.name in segment.fields for column in columns):
                yield segment


@dataclass(frozen=True)
class Computed:
    """Columns of a frame that is a table already, of so many rows."""

    table: Frame
    count: int

    @classmethod
    def of(cls, table: Frame, host: Host) -> Computed:
        """The columns of a table."""
        return cls(table, sum(count for (count,) in host.rows(table.copy().select(["count(*)"]))))

    def frame(self, columns: Sequence[Column]) -> Frame:
        """The table."""
        frame = self.table.copy()
        frame.settle({column.name: frame.columns.get(column.name, ()) for column in columns})
        return frame

    def rows(self, column: Column) -> int:
        """All rows."""
        return self.count


def columns_of(
    input_: Relation, frame: Frame, segments: Mapping[str, tuple[Segment, ...]], host: Host, shared: list[Shared]
) -> Columns:
    """Where the columns of a relation are read from that was compiled to a frame: its files, where it is no more."""
    match input_:
        case (Scan(newest=None) | Given()) as leaf if not isinstance(leaf, Given) or leaf.name in segments:
            return Stored(leaf, segments, frame.names)
        case Project(input=Scan(newest=None) as leaf, names=names) if all(new == old for new, old in names):
            return Stored(leaf, segments, frame.names)
        case other:
            if not isinstance(other, Given):
                kept(frame, host, shared)
            return Computed.of(frame, host)
