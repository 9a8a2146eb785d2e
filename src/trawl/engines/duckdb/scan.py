"""Segments as SQL: named columns of named files, each field's parts as alternatives, never united by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
import pyarrow.parquet as pq

from trawl.algebra import Scan
from trawl.catalog.base import Part, Segment
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame, Key, Names, nothing
from trawl.engines.duckdb.operands import Alternative, Operand, one
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.times import time
from trawl.schema import INTEGER, Kind, Layout, Type

ROW_NUMBER = "file_row_number"
"""DuckDB's own column of a Parquet file: the row's place in it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment and the source that it is of.

    Attributes:
        segment: the segment.
        source: the source's place among those of the scan: events of the same time come in this order.
    """

    segment: Segment
    source: int


@dataclass(frozen=True)
class Reading:
    """How the segments of a scan are read, the same for every slice of them.

    Attributes:
        scan: the scan.
        segments: those that may hold events within its range of time, in the order of sources, then of loading.
        columns: the physical columns: for each field and type a name, and whether integers need more than 64 bits.
    """

    scan: Scan
    segments: tuple[Placed, ...]
    columns: Mapping[str, Mapping[Type, Alternative]]
    names: Names

    @classmethod
    def of(cls, scan: Scan, segments: Mapping[str, tuple[Segment, ...]], names: Names) -> Reading:
        """Settles the columns of all segments together, so that every slice has the same."""
        placed = tuple(
            Placed(segment, number)
            for number, source in enumerate(scan.sources)
            for segment in sorted(segments.get(source, ()), key=lambda found: found.ordinal)
            if may_hold(segment, scan)
        )
        columns: dict[str, dict[Type, Alternative]] = {}
        for field in scan.columns.names:
            found = columns.setdefault(field, {})
            for one_placed in placed:
                for part in one_placed.segment.fields.get(field, ()):
                    known = found.get(part.type)
                    wide = _is_wide(one_placed.segment, part) or (known is not None and known.wide)
                    name = known.sql if known else names.new()
                    found[part.type] = _alternative(name, part.type, wide)
        return cls(scan, placed, columns, names)

    def frame(self, segments: Sequence[Placed], *, is_ordered: bool = False) -> Frame:
        """The events of some of the segments that lie in the scan's range of time, newest first."""
        if not segments:
            return nothing(self.names)
        time_column, source, first, second = (self.names.new() for _ in range(4))
        selects = [
            self._select([placed.segment for placed in group], number, (time_column, source, first, second))
            for (number, _), group in _alike(segments, self.scan)
        ]
        several = len({placed.source for placed in segments}) > 1
        numbered = any(placed.segment.order_column is None for placed in segments)
        order = [Key(time_column, descending=True, is_place=True), Key(first, is_place=True)]
        if several:
            order.insert(1, Key(source, is_place=True))
        if numbered:
            order.append(Key(second, is_place=True))
        columns: dict[str, Operand] = {
            field: tuple(found.values()) for field, found in self.columns.items() if field != self.scan.time_field
        }
        columns[self.scan.time_field] = one(Kind.TIME, time_column)
        ordered = {field: columns[field] for field in self.scan.columns.names}
        union = " UNION ALL ".join(selects)
        return Frame(self.names, f"({union})", ordered, tuple(order), is_ordered)

    def _select(self, segments: Sequence[Segment], source: int, keys: tuple[str, str, str, str]) -> str:
        """Segments that name all columns wanted alike, as one SELECT."""
        example = segments[0]
        time_sql = self._time(example)
        items = [f"{time_sql} AS {keys[0]}", f"{source} AS {keys[1]}"]
        if example.order_column is None:
            items += [f"{example.ordinal} AS {keys[2]}", f"{ROW_NUMBER} AS {keys[3]}"]
        else:
            items += [f"{sql.name(example.order_column)} AS {keys[2]}", f"0 AS {keys[3]}"]
        for field, columns in self.columns.items():
            if field == self.scan.time_field:
                continue
            parts = {part.type: part for part in example.fields.get(field, ())}
            for type_, column in columns.items():
                value = _read(parts[type_], column) if type_ in parts else sql.null(column.sql_type)
                items.append(f"{value} AS {column.sql}")
        files = sql.texts(segment.path for segment in segments)
        bounds = [] if all(self._lies_within(segment) for segment in segments) else self._bounds(time_sql)
        where = f" WHERE {sql.all_of(bounds)}" if bounds else ""
        return f"SELECT {', '.join(items)} FROM read_parquet({files}){where}"

    def _time(self, segment: Segment) -> str:
        """The events' time in nanoseconds: as written, or read out of text and epoch numbers."""
        found = [_alternative(_path(part), part.type, False) for part in segment.fields.get(self.scan.time_field, ())]
        plain = [f"epoch_ns({each.sql})" for each in found if each.kind is Kind.TIME and not each.many]
        others = [each for each in found if each.kind is not Kind.TIME or each.many]
        if others:
            plain.append(time(tuple(others), "UTC", INLINE))
        return sql.coalesce(plain, "BIGINT")

    def _lies_within(self, segment: Segment) -> bool:
        """Whether all events of the segment are in range, so that none has to be looked at."""
        return is_clock(segment, self.scan) and self.scan.start <= segment.first and segment.last < self.scan.end

    def _bounds(self, time_sql: str) -> list[str]:
        return [
            f"{time_sql} >= {sql.integer(self.scan.start.nanoseconds)}",
            f"{time_sql} < {sql.integer(self.scan.end.nanoseconds)}",
        ]


def is_clock(segment: Segment, scan: Scan) -> bool:
    """Whether the field that the scan takes for the time is the one that the segment is ordered by."""
    parts = segment.fields.get(scan.time_field, ())
    if len(parts) != 1 or parts[0].type.kind is not Kind.TIME or parts[0].type.multivalue:
        return False
    return (parts[0].minimum, parts[0].maximum) == (segment.first.nanoseconds, segment.last.nanoseconds)


def may_hold(segment: Segment, scan: Scan) -> bool:
    """Whether events of the segment may lie in the range of time of the scan."""
    if scan.time_field not in segment.fields:
        return False
    return not is_clock(segment, scan) or (segment.last >= scan.start and segment.first < scan.end)


def _alike(segments: Sequence[Placed], scan: Scan) -> Iterable[tuple[tuple[int, object], list[Placed]]]:
    """Neighbouring segments of a source that one SELECT can read: the same parts under the same names."""

    def layout(placed: Placed) -> tuple[int, object]:
        segment = placed.segment
        parts = tuple(
            (part.type, part.column, _is_wide(segment, part))
            for field in scan.columns.names
            for part in segment.fields.get(field, ())
        )
        own = segment.ordinal if segment.order_column is None else None
        return placed.source, (segment.order_column, own, is_clock(segment, scan), parts)

    for key, group in groupby(segments, layout):
        yield key, list(group)


def _alternative(name: str, type_: Type, wide: bool) -> Alternative:
    if type_.layout is Layout.BOXED:
        return Alternative(name, None, inside=type_)
    return Alternative(name, type_.kind, many=type_.multivalue, wide=wide)


def _is_wide(segment: Segment, part: Part) -> bool:
    """Whether the part's integers need more than 64 bits; the file is asked only where the catalog does not know."""
    if part.type.kinds != INTEGER.kinds:
        return False
    if part.minimum is not None and part.maximum is not None:
        return part.minimum < -(1 << 63) or part.maximum >= 1 << 63
    if not part.type.multivalue or len(part.column) > 1:
        return False
    held = pq.read_schema(segment.path).field(part.column[0]).type
    return bool(pa.types.is_decimal(held.value_type if pa.types.is_list(held) else held))


def _read(part: Part, column: Alternative) -> str:
    """The part as a column of its kind's own SQL type."""
    path = _path(part)
    if column.kind is Kind.TIME:
        return f"list_transform({path}, lambda x: epoch_ns(x))" if column.many else f"epoch_ns({path})"
    return f"CAST({path} AS {column.sql_type})" if column.wide else path


def _path(part: Part) -> str:
    return ".".join(sql.name(step) for step in part.column)
