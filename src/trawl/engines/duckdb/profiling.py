"""What the values of each column are (`trawl.algebra.Profile`): a GROUP BY over many columns in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from trawl.algebra import Profile
from trawl.engines.duckdb import grouping, ordering, sql
from trawl.engines.duckdb.arguments import as_float
from trawl.engines.duckdb.columns import Columns
from trawl.engines.duckdb.frames import Frame, Key, Names, nothing
from trawl.engines.duckdb.hosts import Host
from trawl.engines.duckdb.layouts import boxed
from trawl.engines.duckdb.operands import NUMBERS, Alternative, Operand, has_lists, is_there, of_column
from trawl.engines.duckdb.scopes import INLINE
from trawl.functions.aggregates.numbers import STEEPEST
from trawl.schema import Column, Kind

TOGETHER: Final = 48
"""So many columns of few rows are described by one statement: reading a part of a file has its price too."""

STEEP: Final = sql.floating(STEEPEST)
"""Of numbers from here on there is no deviation."""

FEW_ROWS: Final = 250_000
"""Columns of more rows are described one by one: values one below the other cost more to group than each apart."""


def profile(relation: Profile, columns: Iterable[Column], source: Columns, names: Names, host: Host) -> Frame:
    """A row for each of the columns that has a value; the statements run one after the other."""
    queries = (_query(batch, source, relation, names) for batch in _batches(columns, source))
    tables = [host.keep(query) for query in queries if query is not None]
    if not tables:
        return nothing(names)
    own = [names.new() for _ in relation.columns]
    rows = " UNION ALL ".join(f"FROM {table}" for table in tables)
    result = {column.name: of_column(name, column.type) for column, name in zip(relation.columns, own, strict=True)}
    order = (Key(result["count"][0].sql, descending=True), Key(result["field"][0].sql))
    return Frame(names, f"({rows}) AS profiled({', '.join(own)})", result, order)


def _batches(columns: Iterable[Column], source: Columns) -> Iterator[list[Column]]:
    few: list[Column] = []
    for column in columns:
        rows = source.rows(column)
        if rows > FEW_ROWS:
            yield [column]
        elif rows:
            few.append(column)
    yield from (few[first : first + TOGETHER] for first in range(0, len(few), TOGETHER))


class _Counted(Protocol):
    """Columns of which the different values are counted."""

    @property
    def values(self) -> Operand:
        """What values there may be."""

    @property
    def marks(self) -> Mapping[str, str]:
        """By name of a column, what tells its values from those of others."""

    def selects(self, kinds: Operand) -> Iterator[str]:
        """Queries of a mark, a value as a column for each kind, and how often it is there; or else how many events."""


@dataclass(frozen=True)
class _Alike:
    """Columns of one kind: they are read together, and their values put one below the other."""

    frame: Frame
    columns: Mapping[str, Alternative]

    @property
    def values(self) -> Operand:
        """Those of each column."""
        return tuple(self.columns.values())

    @property
    def marks(self) -> Mapping[str, str]:
        """The columns as the frame names them."""
        return {name: given.sql for name, given in self.columns.items()}

    def selects(self, kinds: Operand) -> Iterator[str]:
        """One query for all of them."""
        columns = [given.sql for given in self.values]
        mark, value = self.frame.names.new(), self.frame.names.new()
        own = self.values[0].kind
        items = [value if kind.kind is own else sql.null(kind.sql_type) for kind in kinds]
        rows = f"UNPIVOT ({self.frame.select(columns)}) ON {', '.join(columns)} INTO NAME {mark} VALUE {value}"
        yield f"SELECT {', '.join([mark, *items, 'count(*)', 'NULL::BIGINT'])} FROM ({rows}) GROUP BY {mark}, {value}"


@dataclass(frozen=True)
class _Alone:
    """A column with many rows, with values of several kinds, or with several in a row.

    Attributes:
        name: of the column.
        mark: tells its values from those of others.
        frame: one row a value.
        key: what is grouped by.
        events: the rows before several values were taken apart; None where each has one.
    """

    name: str
    mark: str
    frame: Frame
    key: grouping.GroupKey
    events: Frame | None

    @classmethod
    def of(cls, name: str, frame: Frame) -> _Alone:
        """A column of a frame of its own."""
        operand, events = frame.columns[name], None
        if has_lists(operand):
            events = frame.copy()
            events.filter(is_there(operand))
            operand, _ = grouping.spread(frame, operand, distinct=False)
        key = grouping.group_key(operand, frame)
        frame.filter(is_there(key.values))
        return cls(name, frame.names.new(), frame, key, events)

    @property
    def values(self) -> Operand:
        """As they are grouped."""
        return self.key.values

    @property
    def marks(self) -> Mapping[str, str]:
        """The mark of the one column."""
        return {self.name: self.mark}

    def selects(self, kinds: Operand) -> Iterator[str]:
        """A query of the values, and one of the events where these have several."""
        values = self.key.values
        if self.key.is_integer:
            values = grouping.as_seen(values, f"count_if({self.key.is_integer}) > 0")
        own = {given.kind: given.sql for given in values}
        mark = sql.text(self.mark)
        items = [own.get(kind.kind) or sql.null(kind.sql_type) for kind in kinds]
        keys = ", ".join(given.sql for given in self.key.values)
        yield self.frame.select([mark, *items, "count(*)", "NULL::BIGINT"]) + f" GROUP BY {keys}"
        if self.events is not None:
            nulls = (sql.null(kind.sql_type) for kind in kinds)
            yield self.events.select([mark, *nulls, "NULL::BIGINT", "count(*)"])


def _counted(columns: Sequence[Column], source: Columns) -> Iterator[_Counted]:
    """Columns of one kind together, others one by one."""
    frame = source.frame(columns)
    alike: dict[tuple[Kind, bool], dict[str, Alternative]] = {}
    read: set[str] = set()
    for column in columns:
        match frame.columns.get(column.name, ()):
            case ():
                pass
            case (Alternative(kind=Kind() as kind, many=False, constant=None) as one,) if one.sql not in read:
                alike.setdefault((kind, one.wide), {})[column.name] = one
                read.add(one.sql)
            case _:
                yield _Alone.of(column.name, source.frame([column]))
    for found in alike.values():
        if len(found) > 1:
            yield _Alike(frame.copy(), found)
        else:
            (name,) = found
            yield _Alone.of(name, source.frame([column for column in columns if column.name == name]))


def _query(columns: Sequence[Column], source: Columns, relation: Profile, names: Names) -> str | None:
    """The rows of some columns, in the order of the relation's columns; None where no column can have a value."""
    counted = list(_counted(columns, source))
    if not counted:
        return None
    types = {column.name: column.type.encode() for column in columns}
    marks = {mark: name for each in counted for name, mark in each.marks.items()}
    kinds = _kinds((given for each in counted for given in each.values), names)
    mark, count, events = names.new(), names.new(), names.new()
    values = " UNION ALL ".join(select for each in counted for select in each.selects(kinds))
    listed = ", ".join([mark, *(kind.sql for kind in kinds), count, events])
    apart = f"counted({listed}) AS MATERIALIZED ({values})"
    frame = Frame(names, "counted" if relation.deviates else f"({values}) AS counted({listed})", {"": kinds})
    for name in (mark, count, events):
        frame.hold(name)
    ranged = [kind for kind in kinds if kind.kind in NUMBERS | {Kind.TIME}]
    least, most = (tuple(replace(kind, sql=names.new()) for kind in ranged) for _ in range(2))
    different, numeric, best, average = (names.new() for _ in range(4))
    items = [mark, f"CAST(coalesce(max({events}), sum({count})) AS BIGINT) AS {events}"]
    numbers = is_there(tuple(kind for kind in kinds if kind.kind in NUMBERS))
    items += [f"count({count}) AS {different}"]
    items += [
        f"CAST(coalesce(sum({count}) FILTER ({numbers}), 0) AS BIGINT) AS {numeric}",
        f"{_best(kinds, count, relation.top, frame)} AS {best}",
    ]
    items += [f"min({kind.sql}) AS {end.sql}" for kind, end in zip(ranged, least, strict=True)]
    items += [f"max({kind.sql}) AS {end.sql}" for kind, end in zip(ranged, most, strict=True)]
    items += [f"{_average(kinds, count)} AS {average}"]
    told = f"{frame.select(items)} GROUP BY {mark}"
    value = boxed(tuple(replace(kind, sql=f"x.{kind.sql}") for kind in kinds), INLINE)
    which = f"list_position({sql.texts(marks)}, {mark})"
    row = [
        f"{sql.texts(marks.values())}[{which}] AS field",
        f"{sql.texts(types[name] for name in marks.values())}[{which}] AS type",
        f"{events} AS events",
        f"{different} AS different",
        f"{numeric} AS numeric_values",
        f"coalesce(list_transform({best}, lambda x: {value}), []) AS top",
        f"coalesce(list_transform({best}, lambda x: -x.less), []) AS counts",
        f"{_extreme(least, 'list_min')} AS least",
        f"{_extreme(most, 'list_max')} AS most",
        f"{average} AS average",
    ]
    if not relation.deviates:
        return f"SELECT {', '.join(row)} FROM ({told}) WHERE {events} > 0"
    shared = f"WITH {apart}, told AS MATERIALIZED ({told}), spread AS ({_spread(kinds, count, mark, average)})"
    joined = f"told LEFT JOIN spread USING ({mark})"
    return f"{shared} SELECT {', '.join([*row, 'deviation'])} FROM {joined} WHERE {events} > 0"


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


def _spread(kinds: Operand, count: str, mark: str, average: str) -> str:
    """The sample standard deviation of the numbers of each mark, by their distances from an average that is known.

    Squares are summed in a pass of its own: taken from the square of the sum they would leave few digits.
    """
    numbers = tuple(kind for kind in kinds if kind.kind in NUMBERS)
    if not numbers:
        return f"SELECT {mark}, {sql.null('DOUBLE')} AS deviation FROM told"
    value = sql.coalesce(map(as_float, numbers), "DOUBLE")
    distance = f"CASE WHEN abs({value}) < {STEEP} THEN {value} - {average} END"
    variance = f"fsum(power({distance}, 2) * {count}) / nullif(sum({count}) - 1, 0)"
    deviation = f"CASE WHEN max(abs({value})) < {STEEP} THEN sqrt({variance}) END"
    rows = f"FROM counted JOIN told USING ({mark}) WHERE {is_there(numbers)}"
    return f"SELECT {mark}, {deviation} AS deviation {rows} GROUP BY {mark}"
