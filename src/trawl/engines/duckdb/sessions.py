"""Rows that belong together in time (`trawl.algebra.Session`): windows, and one walk where a session's length counts.

Only the few columns that decide are sorted and walked through. The sessions are joined to the rows by their order,
in which no two rows share a place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from trawl.algebra import Session
from trawl.engines.duckdb import checks, sql
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame, Key, Names
from trawl.engines.duckdb.hosts import Host
from trawl.engines.duckdb.operands import is_there, one, opened
from trawl.engines.duckdb.windows import alone
from trawl.expr import Expr
from trawl.schema import Kind


def extend(frame: Frame, relation: Session, zone: str, host: Host, statement: Callable[[str], str]) -> list[Check]:
    """Adds the session of each row and whether it is closed; the frame's source is read twice.

    Args:
        statement: makes a query whole that is to run on its own.

    Returns:
        What counts the faults that come up on the way.
    """
    frame.close()
    once: dict[str, Key] = {}
    for key in frame.order:
        once[key.sql] = replace(once.setdefault(key.sql, key), is_place=key.is_place or once[key.sql].is_place)
    walk = _Walk(relation, frame.names)
    body, found = walk.rows(replace(frame.copy(), order=tuple(once.values())), zone)
    marked = walk.marked(body)
    if relation.length is not None:
        marked = _by_length(walk, relation.length, host, statement(marked))
    elif relation.most is not None:
        marked = walk.cut(marked, relation.most)
    pairs = zip(once.values(), walk.order, strict=True)
    same = sql.all_of(f"{key.sql} {'=' if key.is_place else 'IS NOT DISTINCT FROM'} {own}" for key, own in pairs)
    columns = ", ".join([*frame.selected(), walk.number, walk.closed])
    table = host.keep(statement(walk.numbered(marked)))
    frame.wrap(f"(SELECT {columns} FROM {frame.source} LEFT JOIN {table} ON {same})")
    frame.is_ordered = False
    frame.hold(walk.number)
    frame.hold(walk.closed)
    added = {relation.number: one(Kind.INTEGER, walk.number), relation.closed: one(Kind.BOOLEAN, walk.closed)}
    frame.settle({**frame.columns, **added})
    return found


def _by_length(walk: _Walk, length: int, host: Host, marked: str) -> str:
    """The rows with those marked that begin a session, given how long one may be."""
    table = host.keep(marked)
    order = ", ".join([*walk.groups, walk.place])
    listed = f"{walk.place}, {walk.time}, CAST({walk.begins} AS BIGINT)"
    rows = host.batches(f"SELECT {listed} FROM {table} ORDER BY {order}")
    places = begun(rows, length, walk.relation.most)
    own = walk.names.new()
    begins = host.hand(pa.table([places], names=[own]))
    replaced = f"SELECT * REPLACE ({own} IS NOT NULL AS {walk.begins})"
    return f"{replaced} FROM {table} LEFT JOIN {begins} ON {walk.place} = {own}"


def begun(batches: Iterable[pa.RecordBatch], length: int, most: int | None) -> pa.ChunkedArray:
    """The places of the rows that begin a session, of rows that come group by group, each in its order.

    Args:
        batches: of each row its place, its time, and whether it begins a session whatever came before.
        length: a row is at most so much later than the first of its session.
        most: so many rows has a session at most.
    """
    first, count = 0, 0
    found = []
    for batch in batches:
        places = []
        for place, time, begins in zip(*map(_integers, batch.columns), strict=True):
            if begins or time - first > length or count == most:
                places.append(place)
                first, count = time, 0
            count += 1
        found.append(pa.array(places, pa.int64()))
    return pa.chunked_array(found, pa.int64())


def _integers(column: pa.Array) -> list[int]:
    """The values of a column of 64-bit integers without nulls, several times as fast as `to_pylist`."""
    values = memoryview(column.buffers()[1]).cast("q")
    return values[column.offset : column.offset + len(column)].tolist()


@dataclass
class _Walk:
    """The queries of a walk, and the columns that they give.

    Attributes:
        place, time, starts, ends: of the rows. begins: whether one begins a session.
        number, closed: of its session. last: the number of the group's last session.
        order, groups: the keys of the order, and those of the group.
    """

    relation: Session
    names: Names
    order: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place, self.time, self.starts, self.ends, self.begins, self.number, self.last, self.closed = (
            self.names.new() for _ in range(8)
        )

    def rows(self, frame: Frame, zone: str) -> tuple[str, list[Check]]:
        """The rows that belong to sessions, with what decides; and what counts the faults of the data."""
        to = Expressions(frame, zone)
        keys = [alone(to.operand(key), to) for key in self.relation.partition]
        times = opened(to.operand(self.relation.time), to)
        own = (given.sql for given in times if given.kind is Kind.TIME and not given.many)
        time = to.bind(sql.coalesce(own, "BIGINT"))
        starts, ends = (_truth(to, condition) for condition in (self.relation.starts, self.relation.ends))
        found = checks.of_rows(to)
        frame.filter(sql.all_of([f"{time} IS NOT NULL", *map(is_there, keys)]))
        columns = [given.sql for key in keys for given in key]
        self.groups = [self.names.new() for _ in columns]
        self.order = [self.names.new() for _ in frame.order]
        place = f"row_number() OVER ({frame.ranks()})"
        listed = [*columns, *(key.sql for key in frame.order), time, starts, ends, place]
        named = [*self.groups, *self.order, self.time, self.starts, self.ends, self.place]
        return frame.select(f"{old} AS {new}" for old, new in zip(listed, named, strict=True)), found

    def marked(self, rows: str) -> str:
        """The rows that begin a session by what they are and what the one before was."""
        over = f"OVER ({self._group} ORDER BY {self.place})"
        begins = [f"lag({self.place}) {over} IS NULL", self.starts, f"lag({self.ends}) {over}"]
        if self.relation.pause is not None:
            begins.append(f"CAST({self.time} AS HUGEINT) - lag({self.time}) {over} > {self.relation.pause}")
        return f"SELECT *, {sql.any_of(begins)} AS {self.begins} FROM ({rows})"

    def cut(self, marked: str, most: int) -> str:
        """The sessions cut into such of so many rows."""
        session, count = self.names.new(), self.names.new()
        counted = f"row_number() OVER (PARTITION BY {session} ORDER BY {self.place}) - 1 AS {count}"
        sessions = f"SELECT *, {counted} FROM (SELECT *, {self._begun('CURRENT ROW')} AS {session} FROM ({marked}))"
        return f"SELECT * REPLACE ({count} % {most} = 0 AS {self.begins}) FROM ({sessions})"

    def numbered(self, marked: str) -> str:
        """The sessions by the keys of the order."""
        numbers = f"{self._begun('CURRENT ROW')} AS {self.number}, {self._begun('UNBOUNDED FOLLOWING')} AS {self.last}"
        sessions = f"SELECT *, {numbers} FROM ({marked})"
        listed = ", ".join([*self.order, self.number, f"{self._is_closed} AS {self.closed}"])
        return f"SELECT {listed} FROM ({sessions})"

    @property
    def _group(self) -> str:
        return f"PARTITION BY {', '.join(self.groups)}" if self.groups else ""

    def _begun(self, until: str) -> str:
        """The place of the group's last row that begins a session, up to an end of the window."""
        over = f"{self._group} ORDER BY {self.place} ROWS BETWEEN UNBOUNDED PRECEDING AND {until}"
        return f"max(CASE WHEN {self.begins} THEN {self.place} END) OVER ({over})"

    @property
    def _is_closed(self) -> str:
        relation, session = self.relation, f"OVER (PARTITION BY {self.number})"
        if relation.starts is not None or relation.ends is not None:
            asked = []
            if relation.starts is not None:
                asked.append(f"bool_or({self.starts} AND {self.place} = {self.number}) {session}")
            if relation.ends is not None:
                asked.append(f"arg_max({self.ends}, {self.place}) {session}")
            return sql.all_of(asked)
        is_followed = f"{self.number} < {self.last}"
        if relation.most is None:
            return is_followed
        return sql.any_of([is_followed, f"count(*) {session} = {relation.most}"])


def _truth(to: Expressions, condition: Expr | None) -> str:
    """Whether a condition holds, as a column; false without one."""
    return "false" if condition is None else to.bind(f"({to.truth(condition)}) IS TRUE")
