"""Rows beside the rows that they match (`trawl.algebra.Join`), always by hashing.

`==` is no equivalence: "1.0" equals 1 and 1 equals "1", but "1.0" is not "1". So where the kinds of both sides
are not one and the same, each row is entered under a text for each way in which it may match, marked with what
it is and what it is compared with, and the texts are joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trawl.algebra import Join
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import number_of_text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame, Key
from trawl.engines.duckdb.grouping import key_text, kinds_of, listed
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists, is_there, opened
from trawl.engines.duckdb.scopes import INLINE, Silent
from trawl.engines.duckdb.times import time
from trawl.schema import Kind

_PLAIN = frozenset({Kind.STRING, Kind.INTEGER, Kind.BOOLEAN, Kind.TIME})


def join(relation: Join, left: Frame, right: Frame, zone: str) -> Frame:
    """The left frame with columns of the right one."""
    rank = right.compute(f"row_number() OVER ({right.ranks()})")
    right.close()
    to_left, to_right = Expressions(left, zone), Expressions(right, zone)
    pairs = [(left.columns.get(mine, ()), right.columns.get(theirs, ())) for mine, theirs in relation.keys]
    are_plain = all(is_plain(mine, theirs) for mine, theirs in pairs)
    if are_plain:
        mine = [left.bind(given.sql) for operand, _ in pairs for given in operand]
        theirs = [right.bind(given.sql) for _, operand in pairs for given in operand]
    else:
        mine = [entered(left, entries(operand, to_left, kinds(other), "{mine}={other}:")) for operand, other in pairs]
        theirs = [
            entered(right, entries(operand, to_right, kinds(other), "{other}={mine}:")) for other, operand in pairs
        ]
    if relation.most and are_plain:
        right.close()
        best = f"row_number() OVER (PARTITION BY {', '.join(theirs)} ORDER BY {rank})"
        right.wrap(f"(SELECT * FROM {right.source} QUALIFY {best} <= {relation.most})")
    matched = right.compute("true")
    right.close()
    left.close()
    condition = " AND ".join(f"{a} = {b}" for a, b in zip(mine, theirs, strict=True))
    kind = "LEFT JOIN" if relation.kind == "left" else "JOIN"
    joined = f"(SELECT * FROM {left.source} {kind} {right.source} ON {condition})"
    if not are_plain:
        joined = _once(joined, left, rank, relation)
    order = (*left.order, Key(rank, is_place=relation.kind != "left"))
    result = Frame(left.names, joined, {**left.columns, **right.columns}, order)
    columns = _columns(relation, left, right, matched)
    result.columns = {**left.columns, **{f"\0{name}": operand for name, operand in right.columns.items()}}
    result.hold(matched)
    result.settle(columns, order)
    return result


def _once(joined: str, left: Frame, rank: str, relation: Join) -> str:
    """Each pair of rows once, though they may match in several ways; at most so many a left row."""
    keys = ", ".join(key.sql for key in left.order) or "NULL"
    pairs = f"SELECT * FROM {joined} QUALIFY row_number() OVER (PARTITION BY {keys}, {rank}) = 1"
    if relation.kind == "left":  # a way that matches nothing is void where another one does
        pairs = f"SELECT * FROM ({pairs}) QUALIFY {rank} IS NOT NULL OR count({rank}) OVER (PARTITION BY {keys}) = 0"
    if relation.most:
        most = f"row_number() OVER (PARTITION BY {keys} ORDER BY {rank}) <= {relation.most}"
        pairs = f"SELECT * FROM ({pairs}) QUALIFY {most}"
    return f"({pairs})"


def _columns(relation: Join, left: Frame, right: Frame, matched: str) -> dict[str, Operand]:
    keys = {key for _, key in relation.keys}
    columns = dict(left.columns)
    for name, operand in right.columns.items():
        if name in keys or (name in left.columns and not relation.overwrite):
            continue
        if relation.kind == "left":
            are_matched = f"{matched} IS NOT NULL"
            operand = tuple(_where(given, are_matched) if given.constant is not None else given for given in operand)
        is_missing = f"NOT {is_there(operand)}"
        kept = left.columns.get(name, ())  # a value of the left stays where the right has none
        columns[name] = (*operand, *(_where(given, is_missing) for given in kept))
    return columns


def _where(given: Alternative, condition: str) -> Alternative:
    return replace(given, sql=f"CASE WHEN {condition} THEN {given.sql} END", constant=None)


def is_plain(mine: Operand, theirs: Operand) -> bool:
    """Whether values are equal just where they are so to SQL."""
    if len(mine) != 1 or len(theirs) != 1 or has_lists(mine) or has_lists(theirs):
        return False
    return mine[0].kind is theirs[0].kind and mine[0].kind in _PLAIN


def kinds(operand: Operand) -> frozenset[Kind]:
    """What a value may be, integers and floats being one."""
    found = kinds_of(operand)
    return frozenset(found - {Kind.FLOAT} | ({Kind.INTEGER} if Kind.FLOAT in found else set()))


def entries(operand: Operand, to: Expressions, others: frozenset[Kind], mark: str) -> str:
    """The texts that a row is entered under, as a list.

    Args:
        others: what the values may be that it is joined with.
        mark: how an entry begins, with places for the kinds of both values.
    """
    lists = [
        f"list_transform({given.sql}, lambda x: {entry})"
        for given in listed(operand, Silent(to))
        for entry in _tags(given, others, mark)
    ]
    every = f"list_concat({', '.join([*lists, '[]::VARCHAR[]'])})"
    return f"list_distinct(list_filter({every}, lambda x: x IS NOT NULL))"


def entry(operand: Operand, to: Expressions, others: frozenset[Kind], mark: str) -> str:
    """The text that a row is entered under, where it is one: of a value that is no list, compared with one kind."""
    found = opened(operand, to)
    tags = (tag for given in found for tag in _tags(given, others, mark, to.bind(given.sql)))
    return sql.coalesce(tags, "VARCHAR")


def _tags(given: Alternative, others: frozenset[Kind], mark: str, x: str = "x") -> Iterator[str]:
    """Texts that are the same for equal values, one for each kind of the other value.

    The mark names both kinds, so that a number meets a text that is a number, but two texts meet as texts.
    """
    value = replace(given, sql=x, many=False, constant=None)
    for other in sorted(others):
        kinds = {given.kind, other}
        if kinds == {Kind.STRING}:
            text: str | None = x
        elif Kind.TIME in kinds:
            text = None if Kind.BOOLEAN in kinds else f"CAST({time((value,), 'UTC', INLINE)} AS VARCHAR)"
        elif Kind.BOOLEAN in kinds:
            text = f"CAST({x} AS VARCHAR)" if kinds <= {Kind.BOOLEAN, Kind.STRING} else None
        else:
            text = _number(value)
        if text is not None:
            mine = Kind.INTEGER if given.kind is Kind.FLOAT else given.kind
            yield f"{sql.text(mark.format(mine=mine, other=other))} || {text}"


def _number(value: Alternative) -> str | None:
    """A text that is the same for equal numbers; null for what is none."""
    match value.kind:
        case Kind.STRING:
            near = Alternative(number_of_text(value.sql, INLINE), Kind.FLOAT)
            whole = f"regexp_full_match({value.sql}, '[+-]?[0-9]{{1,38}}([.]0*)?')"
            exact = f"CAST(try_cast({value.sql} AS HUGEINT) AS VARCHAR)"
            return f"CASE WHEN {whole} THEN {exact} ELSE {key_text((near,), INLINE)} END"
        case Kind.INTEGER | Kind.FLOAT:
            return key_text((value,), INLINE)
        case _:
            return None


def entered(frame: Frame, entries: str) -> str:
    """Makes a row for each text; one for a row that has none."""
    listed_texts = frame.compute(f"CASE WHEN len({entries}) > 0 THEN {entries} ELSE [NULL] END")
    frame.close()
    entry = frame.names.new()
    kept = [name for name in frame.selected() if name != listed_texts]
    columns = ", ".join([*kept, f"unnest({listed_texts}) AS {entry}"])
    frame.wrap(f"(SELECT {columns} FROM {frame.source})", {listed_texts})
    frame.hold(entry)
    return entry
