"""Rows with what a table, or a database of places, says of them (`trawl.algebra.Match`, `Locate`).

A table of what is found, by what is looked for, is made first and then joined by hashing. Where equal values are
looked for, it is the table itself, grouped. Otherwise the distinct values of the rows are matched, which are few, so
that patterns and networks are tried once a value, not once a row.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from trawl.algebra import Locate, Match
from trawl.arrow import arrow_type
from trawl.catalog.base import Snapshot
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame, Names
from trawl.engines.duckdb.grouping import in_order, kinds_of
from trawl.engines.duckdb.hosts import Host, Shared, asking
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, element, firsts, of_column
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.seeking import Sought, Tables, sought
from trawl.functions.locating import TYPES, located
from trawl.schema import STRING, Kind, Type


def match(relation: Match, left: Frame, right: Frame, host: Host, shared: list[Shared], zone: str) -> Frame:
    """The left frame with values of the right one."""
    rank = right.compute(f"row_number() OVER ({right.ranks()})")
    right.close()
    taken = [(name, _listed(right.columns.get(column, ()), right)) for name, column in relation.taken]
    values = {name: replace(given, sql=right.compute(given.sql)) for name, given in taken if given is not None}
    tables = Tables(left, right, host, shared, zone)
    keys = [sought(key, tables) for key in relation.keys]
    left.close()
    right.close()
    mine = [key.mine for key in keys]
    cells = [key.cell for key in keys if key.cell is not None and not key.many]
    listed = [given.sql for given in values.values()]
    if len(cells) == len(keys):
        there = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
        rows, by = f"SELECT {', '.join([*cells, rank, *listed])} FROM {right.source} WHERE {there}", cells
    else:
        rows, by = _pairs(keys, left, right, rank, listed), mine
    found = _cut(rows, by, rank, relation)
    together = [f"{_together(given.sql, rank, relation.distinct)} AS {given.sql}" for given in values.values()]
    grouped = f"SELECT {', '.join([*by, *together])} FROM ({found}) GROUP BY {', '.join(by)}"
    theirs = [left.names.new() for _ in by]
    parts = [f"{one} AS {other}" for one, other in zip(by, theirs, strict=True)]
    columns: dict[str, Operand] = {name: () for name, _ in taken}
    for name, given in values.items():
        columns[name] = _one_or_more(given, left.names, relation.columns.type_of(name), parts)
    table = host.keep(asking(f"SELECT {', '.join(parts)} FROM ({grouped})", host, shared))
    if host.answers:
        columns = _those_there(columns, table, host)
    beside(left, table, dict(zip(mine, theirs, strict=True)), columns)
    return left


def locate(relation: Locate, left: Frame, snapshot: Snapshot, host: Host, shared: list[Shared]) -> Frame:
    """Adds where addresses are: each of the distinct ones is looked up once."""
    (database,) = snapshot.segments[relation.places]
    operand = firsts(left.columns.get(relation.field.name, ()), left)
    mine = left.compute(sql.coalesce((given.sql for given in operand if given.kind is Kind.STRING), "VARCHAR"))
    left.close()
    distinct = f"SELECT DISTINCT {mine} FROM {left.source} WHERE {mine} IS NOT NULL"
    addresses = (address for (address,) in host.rows(asking(distinct, host, shared)))
    facts = [fact for _, fact in relation.taken]
    places = located(Path(database.path), addresses, frozenset(facts))
    found = [(address, *map(place.get, facts)) for address, place in places]
    names = [left.names.new() for _ in relation.taken]
    types = [TYPES[fact] for fact in facts]
    theirs = left.names.new()
    columns = list(zip(*found, strict=True)) or [()] * (len(types) + 1)
    arrays = [pa.array(held, arrow_type(type_)) for held, type_ in zip(columns, [STRING, *types], strict=True)]
    table = host.hand(pa.table(arrays, [theirs, *names]))
    fields = zip((name for name, _ in relation.taken), names, types, strict=True)
    beside(left, table, {mine: theirs}, {name: of_column(column, type_) for name, column, type_ in fields})
    return left


def beside(left: Frame, table: str, keys: dict[str, str], columns: dict[str, Operand]) -> None:
    """Puts columns of a table beside each row whose keys, which are then done with, are those of a row there.

    Args:
        keys: for each column of the frame the table's.
        columns: fields, as columns of the table.
    """
    left.close()
    kept = [column for column in left.selected() if column not in keys]
    added = [given.sql for operand in columns.values() for given in operand]
    condition = " AND ".join(f"{mine} = {theirs}" for mine, theirs in keys.items())
    joined = f"SELECT {', '.join([*kept, *added]) or '1'} FROM {left.source} LEFT JOIN {table} AS found ON {condition}"
    left.wrap(f"({joined})", set(keys))
    left.settle({**left.columns, **columns}, left.order)


def _cut(rows: str, by: list[str], rank: str, relation: Match) -> str:
    """The first rows of each key."""
    return f"{rows} QUALIFY row_number() OVER (PARTITION BY {', '.join(by)} ORDER BY {rank}) <= {relation.most}"


def _pairs(keys: list[Sought], left: Frame, right: Frame, rank: str, values: list[str]) -> str:
    """For each of the distinct things looked for the rows that match, with their values."""
    mine = ", ".join(key.mine for key in keys)
    there = " AND ".join(f"len({key.mine}) > 0" if key.many else f"{key.mine} IS NOT NULL" for key in keys)
    source = f"(SELECT DISTINCT {mine} FROM {left.source} WHERE {there})"
    conditions = []
    for key in keys:
        item = key.mine
        if key.many:
            item = left.names.new()
            source = f"(SELECT *, unnest({key.mine}) AS {item} FROM {source})"
        conditions.append(key.condition(item))
    columns = ", ".join([mine, rank, *values])
    pairs = f"SELECT {columns} FROM {source} JOIN {right.source} ON {' AND '.join(conditions)}"
    if any(key.repeats for key in keys):
        pairs = f"SELECT DISTINCT ON ({mine}, {rank}) * FROM ({pairs})"
    return f"SELECT * FROM ({pairs})"


def _those_there(columns: dict[str, Operand], table: str, host: Host) -> dict[str, Operand]:
    """The columns without the alternatives that no row of the table has: mostly none finds several values."""
    given = [alternative.sql for operand in columns.values() for alternative in operand]
    if not given:
        return columns
    (counts,) = host.rows(f"SELECT {', '.join(f'count({name})' for name in given)} FROM {table}")
    there = {name for name, count in zip(given, counts, strict=True) if count}
    return {name: tuple(one for one in operand if one.sql in there) for name, operand in columns.items()}


def _listed(operand: Operand, to: Frame) -> Alternative | None:
    """The values of a row as one list; boxed where they may be of several kinds."""
    lists = in_order(operand, to)
    if not lists:
        return None
    kinds = kinds_of(lists)
    if len(kinds) == 1 and all(given.kind is not None for given in lists):
        joined = replace(lists[0], wide=any(given.wide for given in lists), constant=None)
        return replace(joined, sql=sql.coalesce((given.sql for given in lists), joined.sql_type))
    boxes = (f"list_transform({given.sql}, lambda x: {box(element(given, 'x'), INLINE)})" for given in lists)
    return Alternative(sql.coalesce(boxes, "VARCHAR[]"), None, many=True, inside=Type(kinds))


def _together(values: str, rank: str, distinct: bool) -> str:
    """The values of several rows as one list."""
    every = f"flatten(list({values} ORDER BY {rank}) FILTER ({values} IS NOT NULL))"
    return f"list_filter({every}, lambda x, place: list_position({every}, x) = place)" if distinct else every


def _one_or_more(values: Alternative, names: Names, type_: Type, parts: list[str]) -> Operand:
    """A list as the operand that it is: one value by itself, several as an array. Adds to the columns selected."""
    single = element(values, names.new())
    parts.append(f"CASE WHEN len({values.sql}) = 1 THEN {values.sql}[1] END AS {single.sql}")
    if not type_.multivalue:
        return (single,)
    several = replace(values, sql=names.new())
    parts.append(f"CASE WHEN len({values.sql}) > 1 THEN {values.sql} END AS {several.sql}")
    return single, several
