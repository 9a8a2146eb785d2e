"""Values as keys of groups: what counts as the same value (`trawl.functions.ordering.identity`), one value a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, element, opened
from trawl.engines.duckdb.scopes import INLINE, Scope
from trawl.schema import Kind, Type


def identical(operand: Operand, to: Scope) -> Operand:
    """The value in the one form that equal values share: a whole float beside integers is an integer."""
    found = opened(operand, to)
    kinds = {given.kind for given in found if not given.many}
    if not {Kind.INTEGER, Kind.FLOAT} <= kinds:
        return _merged(found)
    floats = [given.sql for given in found if given.kind is Kind.FLOAT and not given.many]
    integers = [given for given in found if given.kind is Kind.INTEGER and not given.many]
    number = to.bind(sql.coalesce(floats, "DOUBLE"))
    is_whole = sql.is_whole(number)
    whole = f"CASE WHEN {is_whole} THEN CAST({number} AS BIGINT) END"
    wide = any(given.wide for given in integers)
    rest = tuple(given for given in found if given.many or given.kind not in {Kind.INTEGER, Kind.FLOAT})
    return (
        Alternative(sql.coalesce([*(given.sql for given in integers), whole], "BIGINT"), Kind.INTEGER, wide=wide),
        Alternative(f"CASE WHEN NOT {is_whole} THEN {number} END", Kind.FLOAT),
        *_merged(rest),
    )


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key of groups, as columns.

    Attributes:
        values: what rows are grouped by.
        is_integer: a condition of rows whose number is an integer, where whole floats fall in with integers.
    """

    values: Operand
    is_integer: str | None


def group_key(operand: Operand, to: Scope) -> GroupKey:
    """The columns to group by for a value that is no list."""
    kinds = {given.kind for given in opened(operand, to)}
    is_integer = None
    if {Kind.INTEGER, Kind.FLOAT} <= kinds:
        integers = (given.sql for given in opened(operand, to) if given.kind is Kind.INTEGER)
        is_integer = to.bind(sql.any_of(f"({given}) IS NOT NULL" for given in integers))
    values = tuple(replace(given, sql=to.bind(given.sql), constant=None) for given in identical(operand, to))
    return GroupKey(values, is_integer)


def as_seen(values: Operand, is_integer: str) -> Operand:
    """The key of a group as it was seen: a whole float, where none of the group's rows had the integer."""
    integer, number, *others = values
    return (
        replace(integer, sql=f"CASE WHEN {is_integer} THEN {integer.sql} END"),
        replace(number, sql=f"CASE WHEN {is_integer} THEN NULL ELSE coalesce({number.sql}, {integer.sql}) END"),
        *others,
    )


def _merged(operand: Operand) -> Operand:
    """At most one alternative of a kind."""
    by_kind: dict[tuple[Kind | None, bool], list[Alternative]] = {}
    for given in operand:
        by_kind.setdefault((given.kind, given.many), []).append(given)
    return tuple(
        group[0]
        if len(group) == 1
        else replace(
            group[0],
            sql=sql.coalesce((given.sql for given in group), group[0].sql_type),
            wide=any(given.wide for given in group),
            constant=None,
        )
        for group in by_kind.values()
    )


def listed(operand: Operand, to: Scope, *, apart: bool = False) -> Operand:
    """The value as a list of each kind: a single value is a list of one, nulls inside a list are left out.

    Args:
        apart: whether the alternatives may be there together, so that their lists are joined.
    """
    by_kind: dict[Kind | None, list[tuple[str, bool]]] = {}
    wide = False
    for given in opened(operand, to):
        wide = wide or given.wide
        if not given.many:
            value = to.bind(given.sql)
            by_kind.setdefault(given.kind, []).append((f"CASE WHEN {value} IS NOT NULL THEN [{value}] END", False))
        else:
            for item in opened((element(given, "x"),), INLINE):
                by_kind.setdefault(item.kind, []).append((_there(given.sql, item.sql, to), True))
    return tuple(
        Alternative(
            _together([expression for expression, _ in group], apart),
            kind,
            many=True,
            wide=wide and kind is Kind.INTEGER,
        )
        for kind, group in by_kind.items()
    )


def _there(values: str, item: str, to: Scope) -> str:
    """A list without its nulls.

    Args:
        item: what is taken of each value `x`.
    """
    if item != "x":
        return f"list_filter(list_transform({values}, lambda x: {item}), lambda x: x IS NOT NULL)"
    values = to.bind(values)
    kept = f"list_filter({values}, lambda x: x IS NOT NULL)"
    if not values.isidentifier():
        return kept
    return f"CASE WHEN list_position({values}, NULL) IS NULL THEN {values} ELSE {kept} END"


def _together(lists: list[str], apart: bool) -> str:
    if len(lists) == 1:
        return lists[0]
    return f"{'list_concat' if apart else 'coalesce'}({', '.join(lists)})"


def in_order(operand: Operand, to: Scope) -> Operand:
    """As `listed`, but an array that may hold values of several kinds stays one list, of boxed values."""
    found = opened(operand, to)
    if not any(given.many and given.kind is None for given in found):
        return listed(operand, to)
    lists = []
    for given in found:
        if given.many:
            boxes = f"list_transform({given.sql}, lambda x: {box(element(given, 'x'), INLINE)})"
            lists.append(f"list_filter({boxes}, lambda x: x IS NOT NULL)")
        else:
            value = to.bind(box(given, to))
            lists.append(f"CASE WHEN {value} IS NOT NULL THEN [{value}] END")
    return (Alternative(sql.coalesce(lists, "VARCHAR[]"), None, many=True, inside=Type(kinds_of(found))),)


def kinds_of(operand: Operand) -> frozenset[Kind]:
    """What the values may be."""
    return frozenset(kind for given in operand for kind in (given.inside.kinds if given.kind is None else {given.kind}))


def spread(frame: Frame, operand: Operand, *, distinct: bool) -> tuple[Operand, str]:
    """Makes one row for each value; a row that has none stays one.

    Args:
        distinct: whether a value that a list holds twice counts once.

    Returns:
        The value of each row, and the column that counts the values of a row from 1.
    """
    lists = tuple(replace(given, sql=frame.bind(given.sql)) for given in in_order(operand, frame))
    if distinct:
        lists = tuple(replace(given, sql=frame.bind(f"list_distinct({given.sql})")) for given in lists)
    longest = f"greatest(1, {', '.join(f'coalesce(len({given.sql}), 0)' for given in lists)})"
    place = frame.compute(longest)
    frame.close()
    values = tuple(replace(given, sql=frame.names.new(), many=False) for given in lists)
    numbered = frame.names.new()
    used_up = {place, *(given.sql for given in lists)}
    kept = [name for name in frame.selected() if name not in used_up]
    items = [f"{given.sql}[{numbered}] AS {value.sql}" for given, value in zip(lists, values, strict=True)]
    numbers = f"(SELECT *, unnest(range(1, {place} + 1)) AS {numbered} FROM {frame.source})"
    frame.wrap(f"(SELECT {', '.join([*kept, numbered, *items])} FROM {numbers})", used_up)
    for name in (numbered, *(value.sql for value in values)):
        frame.hold(name)
    return opened(values, frame), numbered


def key_text(operand: Operand, to: Scope) -> str:
    """One text that is the same for values that count as the same, and for no others."""
    return sql.coalesce((_key_text(given, to) for given in opened(operand, to)), "VARCHAR")


def _key_text(given: Alternative, to: Scope) -> str:
    if given.kind is not Kind.FLOAT or given.many:
        return box(given, to)
    number = to.bind(given.sql)
    whole = f"CAST(CAST({number} AS BIGINT) AS VARCHAR)"
    return f"CASE WHEN {sql.is_whole(number)} THEN {whole} ELSE CAST({number} AS VARCHAR) END"
