"""What the values of each column are (`trawl.algebra.Profile`): a GROUP BY a column, several in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from trawl.algebra import Given, Profile, Scan
from trawl.catalog.base import Segment
from trawl.engines.duckdb import grouping, ordering, sql
from trawl.engines.duckdb.arguments import as_float
from trawl.engines.duckdb.frames import Frame, Key, Names, nothing
from trawl.engines.duckdb.layouts import boxed
from trawl.engines.duckdb.operands import NUMBERS, Alternative, Operand, is_there, of_column
from trawl.engines.duckdb.reshaping import Host
from trawl.engines.duckdb.scan import Reading
from trawl.engines.duckdb.scopes import INLINE
from trawl.schema import Column, Kind, Schema

TOGETHER: Final = 8
"""So many columns are described by one statement."""

ROWS_TOGETHER: Final = 1_000_000
"""So many rows a statement over several columns may read of all of them: their groups are in memory together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A column to describe.

    Attributes:
        frame: has the column.
        rows: so many the frame has at most.
    """

    column: Column
    frame: Frame
    rows: int


def stored(
    leaf: Scan | Given, columns: Iterable[Column], segments: Mapping[str, tuple[Segment, ...]], names: Names
) -> Iterator[Asked]:
    """Columns of a leaf, each in a frame of the segments that have it, in which nothing else is read."""
    read = leaf.sources if isinstance(leaf, Scan) else (leaf.name,)
    for column in columns:
        having = {name: tuple(s for s in segments.get(name, ()) if column.name in s.fields) for name in read}
        reading = Reading.of(replace(leaf, schema=Schema((column,))), having, names)
        yield Asked(column, reading.frame(reading.segments), sum(placed.segment.rows for placed in reading.segments))


def computed(frame: Frame, columns: Iterable[Column], host: Host) -> Iterator[Asked]:
    """Columns of a frame that is a table already."""
    rows = sum(count for (count,) in host.rows(frame.copy().select(["count(*)"])))
    for column in columns:
        yield Asked(column, frame, rows)


def profile(relation: Profile, asked: Iterable[Asked], names: Names, host: Host) -> Frame:
    """A row for each of the columns that has a value; the statements run one after the other."""
    there = [one for one in asked if one.frame.columns.get(one.column.name)]
    tables = [host.keep(_query(batch, relation.top, names)) for batch in _batches(there)]
    if not tables:
        return nothing(names)
    own = [names.new() for _ in relation.columns]
    rows = " UNION ALL ".join(f"FROM {table}" for table in tables)
    columns = {column.name: of_column(name, column.type) for column, name in zip(relation.columns, own, strict=True)}
    order = (Key(columns["count"][0].sql, descending=True), Key(columns["field"][0].sql))
    return Frame(names, f"({rows}) AS profiled({', '.join(own)})", columns, order)


def _batches(asked: Iterable[Asked]) -> Iterator[list[Asked]]:
    batch: list[Asked] = []
    for one in asked:
        if len(batch) == TOGETHER or sum(other.rows for other in batch) + one.rows > ROWS_TOGETHER:
            yield from [batch] if batch else []
            batch = []
        batch.append(one)
    yield from [batch] if batch else []


@dataclass(frozen=True)
class _Groups:
    """A column's different values, each with how often it is there.

    Attributes:
        frame: one row a value.
        key: what is grouped by.
        events: the rows before several values were taken apart; None where each has one.
    """

    frame: Frame
    key: grouping.GroupKey
    events: Frame | None

    @classmethod
    def of(cls, asked: Asked) -> _Groups:
        """The values of a column."""
        name = asked.column.name
        frame = asked.frame.copy()
        frame.settle({name: frame.columns[name]})
        operand, events = frame.columns[name], None
        if grouping.has_lists(operand):
            events = frame.copy()
            events.filter(is_there(operand))
            operand, _ = grouping.spread(frame, operand, distinct=False)
        key = grouping.group_key(operand, frame)
        frame.filter(is_there(key.values))
        return cls(frame, key, events)

    def selects(self, number: int, kinds: Operand) -> Iterator[str]:
        """Queries of the column's number, the value as a column for each kind, how often; or else how many events."""
        values = self.key.values
        if self.key.is_integer:
            values = grouping.as_seen(values, f"count_if({self.key.is_integer}) > 0")
        own = {given.kind: given.sql for given in values}
        items = [own.get(kind.kind) or sql.null(kind.sql_type) for kind in kinds]
        keys = ", ".join(given.sql for given in self.key.values)
        yield self.frame.select([f"{number}", *items, "count(*)", "NULL::BIGINT"]) + f" GROUP BY {keys}"
        if self.events is not None:
            nulls = (sql.null(kind.sql_type) for kind in kinds)
            yield self.events.select([f"{number}", *nulls, "NULL::BIGINT", "count(*)"])


def _query(asked: Sequence[Asked], top: int, names: Names) -> str:
    """The rows of some columns, in the order of the relation's columns."""
    groups = [_Groups.of(one) for one in asked]
    kinds = _kinds((given for each in groups for given in each.key.values), names)
    number, count, events = names.new(), names.new(), names.new()
    counted = " UNION ALL ".join(select for n, each in enumerate(groups, 1) for select in each.selects(n, kinds))
    listed = ", ".join([number, *(kind.sql for kind in kinds), count, events])
    frame = Frame(names, f"({counted}) AS counted({listed})", {"": kinds})
    for name in (number, count, events):
        frame.hold(name)
    ranged = [kind for kind in kinds if kind.kind in NUMBERS | {Kind.TIME}]
    least, most = (tuple(replace(kind, sql=names.new()) for kind in ranged) for _ in range(2))
    different, best, average = names.new(), names.new(), names.new()
    items = [number, f"CAST(coalesce(max({events}), sum({count})) AS BIGINT) AS {events}"]
    items += [f"count({count}) AS {different}", f"{_best(kinds, count, top, frame)} AS {best}"]
    items += [f"min({kind.sql}) AS {end.sql}" for kind, end in zip(ranged, least, strict=True)]
    items += [f"max({kind.sql}) AS {end.sql}" for kind, end in zip(ranged, most, strict=True)]
    items += [f"{_average(kinds, count)} AS {average}"]
    told = f"{frame.select(items)} GROUP BY {number}"
    value = boxed(tuple(replace(kind, sql=f"x.{kind.sql}") for kind in kinds), INLINE)
    row = [
        f"{sql.texts(one.column.name for one in asked)}[{number}] AS field",
        f"{sql.texts(one.column.type.encode() for one in asked)}[{number}] AS type",
        f"{events} AS events",
        f"{different} AS different",
        f"coalesce(list_transform({best}, lambda x: {value}), []) AS top",
        f"coalesce(list_transform({best}, lambda x: -x.less), []) AS counts",
        f"{_extreme(least, 'list_min')} AS least",
        f"{_extreme(most, 'list_max')} AS most",
        f"{average} AS average",
    ]
    return f"SELECT {', '.join(row)} FROM ({told}) WHERE {events} > 0"


def _kinds(values: Iterable[Alternative], names: Names) -> Operand:
    """A column for each kind of the values."""
    found: dict[Kind | None, Alternative] = {}
    for given in values:
        known = found.get(given.kind) or Alternative(names.new(), given.kind)
        found[given.kind] = replace(known, wide=known.wide or given.wide)
    return tuple(found.values())


def _best(kinds: Operand, count: str, top: int, frame: Frame) -> str:
    """The most frequent values as structs, ties as `sort` orders them: `less` is the count, negative."""
    fields = {f"-{count}": "less"}
    fields |= {key.sql: f"key{number}" for number, key in enumerate(ordering.keys(kinds, frame))}
    fields |= {kind.sql: kind.sql for kind in kinds}
    listed = ", ".join(f"'{name}': {expression}" for expression, name in fields.items())
    return f"min({{{listed}}}, {top}) FILTER ({count} IS NOT NULL)"


def _extreme(ends: Operand, function: str) -> str:
    """The least or greatest number, boxed, or else time."""
    numbers = tuple(end for end in ends if end.kind in NUMBERS)
    times = tuple(end for end in ends if end.kind is Kind.TIME)
    if len(numbers) < 2:
        return boxed((*numbers, *times), INLINE)
    structs = (f"CASE WHEN {end.sql} IS NOT NULL THEN {ordering.struct(end)} END" for end in numbers)
    return sql.coalesce([f"{function}([{', '.join(structs)}]).b", boxed(times, INLINE)], "VARCHAR")


def _average(kinds: Operand, count: str) -> str:
    """The average of the numbers."""
    numbers = tuple(kind for kind in kinds if kind.kind in NUMBERS)
    if not numbers:
        return sql.null("DOUBLE")
    weighed = sql.coalesce((f"{as_float(given)} * {count}" for given in numbers), "DOUBLE")
    return f"fsum({weighed}) / sum({count}) FILTER ({is_there(numbers)})"
