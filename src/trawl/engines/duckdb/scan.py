"""Segments as SQL: named columns of named files, each field's parts as alternatives."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import pyarrow.parquet as pq

from trawl.algebra import Given, Scan
from trawl.arrow import is_decimal
from trawl.catalog.base import Part, Segment
from trawl.catalog.terms import Stretch
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame, Key, Names, nothing
from trawl.engines.duckdb.groups import Group, Held, Parts, Placed, grouped
from trawl.engines.duckdb.operands import Alternative, Operand, of_column, one
from trawl.engines.duckdb.places import ROW_NUMBER, Keys
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.slices import in_order
from trawl.engines.duckdb.times import nanoseconds, time
from trawl.engines.skipping import stretches
from trawl.schema import INTEGER, Kind, Type

FEW: Final = 4
"""Where more than one row of so many has to be read, all are: to compare with many ranges takes what it saves."""


@dataclass(frozen=True)
class Reading:
    """How the segments of a scan are read, the same for every slice of them.

    Attributes:
        leaf: the scan, or the stored result.
        segments: those that may hold rows wanted, in the order of sources, then of loading.
        columns: the physical columns: for each field and type a name, and whether integers need more than 64 bits.
        only: the rows that are read of each file, by their place in it; None for all.
    """

    leaf: Scan | Given
    segments: tuple[Placed, ...]
    columns: Mapping[str, Mapping[Type, Alternative]]
    names: Names
    only: Mapping[str, Sequence[int]] | None = None

    @classmethod
    def of(cls, leaf: Scan | Given, segments: Mapping[str, tuple[Segment, ...]], names: Names) -> Reading:
        """Settles the columns of all segments together, so that every slice has the same."""
        if isinstance(leaf, Given):
            placed = tuple(Placed(segment, number) for number, segment in enumerate(segments[leaf.name]))
        else:
            placed = tuple(
                Placed(segment, number, _only(segment, leaf))
                for number, source in enumerate(leaf.sources)
                for segment in sorted(segments.get(source, ()), key=lambda found: found.ordinal)
                if may_hold(segment, leaf)
            )
        columns = {field: _settled(field, placed, names) for field in leaf.columns.names}
        return cls(leaf, placed, columns, names)

    def narrowed(self, fields: Container[str]) -> Reading:
        """The same, but only certain fields."""
        return replace(self, columns={field: found for field, found in self.columns.items() if field in fields})

    def restricted(self, rows: Iterable[tuple[str, int]]) -> Reading:
        """The same, but only certain rows: by the path of a file and their place in it."""
        only: dict[str, list[int]] = {}
        for path, row in rows:
            only.setdefault(path, []).append(row)
        return replace(self, segments=tuple(p for p in self.segments if p.segment.path in only), only=only)

    def whole(self, *, is_counted: bool) -> Frame:
        """All rows; where they are to be counted, in their order if the files, one after the other, have them in it."""
        ordered = self.in_order() if is_counted else None
        return self.frame(self.segments if ordered is None else ordered, is_ordered=ordered is not None)

    def in_order(self) -> tuple[Placed, ...] | None:
        """The segments in the order of their rows; None where they overlap in time."""
        if not isinstance(self.leaf, Scan):
            return self.segments
        is_by_clock = all(is_clock(placed.segment, self.leaf) for placed in self.segments)
        return in_order(self.segments) if is_by_clock else None

    def frame(self, segments: Sequence[Placed], *, is_ordered: bool = False, is_located: bool = False) -> Frame:
        """The rows of some of the segments: of a scan those in its range of time, newest first.

        Args:
            is_ordered: whether the files, one after the other, have the rows in order already. The place there is
                the one key of the order then: one integer is compared faster than time and place of loading.
            is_located: whether the last two keys of the order shall be each row's file and its place there.
        """
        if not segments:
            return nothing(self.names)
        keys = Keys.new(self.names)
        selects = []
        before = 0
        for group in self._groups(segments, is_ordered):
            selects.append(self._select(group, keys, before if is_ordered else None))
            before += len(group.placed)
        columns: dict[str, Operand] = {field: tuple(found.values()) for field, found in self.columns.items()}
        order = []
        if isinstance(self.leaf, Scan):
            columns[self.leaf.time_field] = one(Kind.TIME, keys.time)
            order.append(Key(keys.time, descending=True, is_place=True))
        if len({placed.source for placed in segments}) > 1:
            order.append(Key(keys.source, is_place=True))
        order.append(Key(keys.loaded, is_place=True))
        if any(placed.segment.order_column is None for placed in segments):
            order.append(Key(keys.row, is_place=True))
        if is_ordered:
            order = [Key(keys.place, is_place=True)]
        if is_located:
            order += [Key(keys.file, is_place=True), Key(keys.row, is_place=True)]
        return Frame(self.names, f"({' UNION ALL '.join(selects)})", columns, tuple(order), is_ordered)

    def _select(self, group: Group, keys: Keys, before: int | None) -> str:
        """The files of a group as one SELECT that has all columns wanted.

        Args:
            before: how many files come before those of the group; None where their order does not matter.
        """
        segments = group.segments
        example = segments[0]
        items = keys.items(group, before)
        bounds: list[str] = []
        if isinstance(self.leaf, Scan):
            time_sql = self._time(example, self.leaf)
            items.append(f"{time_sql} AS {keys.time}")
            if not all(_lies_within(segment, self.leaf) for segment in segments):
                bounds = _bounds(time_sql, self.leaf)
            clock = example.fields[self.leaf.time_field][0].column
            bounds += _within(_path(clock), [stretch for placed in group.placed for stretch in placed.only or ()])
        for field, columns in self.columns.items():
            if isinstance(self.leaf, Scan) and field == self.leaf.time_field:
                continue
            for type_, column in columns.items():
                held = group.parts.get((field, type_))
                items.append(f"{sql.null(column.sql_type) if held is None else _read(held, column)} AS {column.sql}")
        if self.only is not None:
            bounds.append(f"{ROW_NUMBER} IN ({', '.join(map(str, self.only[example.path]))})")
        files = sql.texts(segment.path for segment in segments)
        by_name = "" if group.are_alike else ", union_by_name = true"
        where = f" WHERE {sql.all_of(bounds)}" if bounds else ""
        return f"SELECT {', '.join(items)} FROM read_parquet({files}{by_name}){where}"

    def _groups(self, segments: Sequence[Placed], is_ordered: bool) -> list[Group]:
        """The segments in groups of those that one SELECT can read."""
        scan = self.leaf if isinstance(self.leaf, Scan) else None
        fields = (*self.columns, *((scan.time_field,) if scan else ()))

        def parts_of(placed: Placed) -> Parts:
            segment = placed.segment
            return {
                (field, part.type): Held(part.column, _is_wide(segment, part))
                for field in fields
                for part in segment.fields.get(field, ())
            }

        def apart(placed: Placed) -> tuple[object, ...]:
            segment = placed.segment
            own = segment.ordinal if segment.order_column is None or self.only is not None else None
            clock = None if scan is None or is_clock(segment, scan) else segment.fields.get(scan.time_field, ())
            is_whole = placed.only is None
            return (
                placed.source,
                segment.order_column,
                own,
                is_whole,
                clock and tuple((part.type, part.column) for part in clock),
            )

        return grouped(segments, parts_of, apart, is_ordered=is_ordered)

    def _time(self, segment: Segment, scan: Scan) -> str:
        """The events' time in nanoseconds: as written, or read out of text and epoch numbers."""
        found = [_alternative(_path(part.column), part.type, False) for part in segment.fields.get(scan.time_field, ())]
        plain = [f"epoch_ns({each.sql})" for each in found if each.kind is Kind.TIME and not each.many]
        others = [each for each in found if each.kind is not Kind.TIME or each.many]
        if others:
            plain.append(time(tuple(others), "UTC", INLINE))
        return sql.coalesce(plain, "BIGINT")


def is_clock(segment: Segment, scan: Scan) -> bool:
    """Whether the field that the scan takes for the time is the one that the segment is ordered by."""
    parts = segment.fields.get(scan.time_field, ())
    if len(parts) != 1 or parts[0].type.kind is not Kind.TIME or parts[0].type.multivalue:
        return False
    return (parts[0].minimum, parts[0].maximum) == (segment.first.nanoseconds, segment.last.nanoseconds)


def may_hold(segment: Segment, scan: Scan) -> bool:
    """Whether the segment may have events wanted: in the range of time of the scan, and with the terms it asks for."""
    if scan.time_field not in segment.fields:
        return False
    if is_clock(segment, scan) and not (segment.last >= scan.start and segment.first < scan.end):
        return False
    return stretches(segment, scan) != ()


def _lies_within(segment: Segment, scan: Scan) -> bool:
    """Whether all events of the segment are in range, so that none has to be looked at."""
    return is_clock(segment, scan) and scan.start <= segment.first and segment.last < scan.end


def _bounds(time_sql: str, scan: Scan) -> list[str]:
    first, last = sql.integer(scan.start.nanoseconds), sql.integer(scan.end.nanoseconds)
    return [f"{time_sql} >= {first}", f"{time_sql} < {last}"]


def _only(segment: Segment, scan: Scan) -> tuple[Stretch, ...] | None:
    """The stretches of a segment that may hold events wanted; None where they are many, or cannot be told by time."""
    found = stretches(segment, scan)
    if found is None or not is_clock(segment, scan) or FEW * sum(stretch.rows for stretch in found) > segment.rows:
        return None
    return found


def _within(column: str, only: Iterable[Stretch]) -> list[str]:
    """The condition that a time lies in one of the stretches: DuckDB then passes over the pages of all others."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted((stretch.oldest, stretch.newest) for stretch in only):
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    ranges = (f"{column} BETWEEN {_instant(first)} AND {_instant(last)}" for first, last in spans)
    return [sql.any_of(ranges)] if spans else []


def _instant(nanoseconds: int) -> str:
    return f"make_timestamp_ns({nanoseconds})::TIMESTAMPTZ_NS"


def _settled(field: str, placed: Iterable[Placed], names: Names) -> dict[Type, Alternative]:
    """The physical columns of a field: one for each type that it has in a segment."""
    wide: dict[Type, bool] = {}
    signs: dict[Type, str | None] = {}
    for one_placed in placed:
        segment = one_placed.segment
        for part in segment.fields.get(field, ()):
            type_ = part.type
            if type_.is_null:  # a stored result has a column for a field that no row has
                continue
            wide[type_] = wide.get(type_, False) or _is_wide(segment, part)
            signs[type_] = _either(signs[type_], part.signs) if type_ in signs else part.signs
    return {
        type_: replace(_alternative(names.stored(), type_, is_wide), signs=signs[type_])
        for type_, is_wide in wide.items()
    }


@lru_cache(4096)
def _either(one: str | None, other: str | None) -> str | None:
    """The signs of one text or another."""
    return None if one is None or other is None else one if one == other else "".join(sorted({*one, *other}))


def _alternative(name: str, type_: Type, wide: bool) -> Alternative:
    (found,) = of_column(name, type_, wide=wide)
    return found


def _is_wide(segment: Segment, part: Part) -> bool:
    """Whether the part's integers need more than 64 bits; the file is asked only where the catalog does not know."""
    if part.type.kinds != INTEGER.kinds:
        return False
    if part.minimum is not None and part.maximum is not None:
        return sql.is_wide(part.minimum) or sql.is_wide(part.maximum)
    if not part.type.multivalue or len(part.column) > 1:
        return False
    held = pq.read_schema(segment.path).field(part.column[0]).type
    return is_decimal(held)


def _read(held: Held, column: Alternative) -> str:
    """What a file holds as a column of its kind's own SQL type."""
    path = _path(held.column)
    if column.kind is Kind.TIME:
        return nanoseconds(path, many=column.many)
    return f"CAST({path} AS {column.sql_type})" if column.wide else path


def _path(column: tuple[str, ...]) -> str:
    return ".".join(sql.name(step) for step in column)
