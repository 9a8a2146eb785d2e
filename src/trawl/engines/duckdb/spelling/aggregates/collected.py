"""Values of all rows together: `values`, `list`, and the most frequent one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.grouping import identical, in_order, kinds_of, listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering, merged
from trawl.expr import Literal
from trawl.functions.aggregates.collected import LIMITED_LIST, LONGEST_LIST
from trawl.schema import Kind, Type


def _values(of: Gathering) -> Operand:
    to = of.to
    if not has_lists(of.values):
        found = identical(of.values, to)
        if not found:
            return ()
        if len(found) == 1:
            listed_once = of.rows(f"list(DISTINCT {found[0].sql}) FILTER ({found[0].sql} IS NOT NULL)")
            distinct = f"list_sort({listed_once})"
            return (replace(found[0], sql=distinct, many=True, constant=None),)
    lists = listed(of.values, to)
    structs = ", ".join(ordering.each(given, ordering.shared_struct) for given in lists)
    every = of.flat(f"list_concat({structs})")
    boxes = f"list_transform(list_sort(list_distinct({every})), lambda x: {_as_seen(of, lists, 'x')})"
    return (Alternative(f"CASE WHEN len({boxes}) > 0 THEN {boxes} END", None, many=True, inside=Type(kinds_of(lists))),)


def _list(of: Gathering) -> Operand:
    return _first(of, _most(of))


def _limited(of: Gathering) -> Operand:
    return _first(of, _most(of), is_noted=True)


def _first(of: Gathering, most: int, *, is_noted: bool = False) -> Operand:
    """The first values, as many as `most`, 0 for all.

    Args:
        is_noted: whether it is a fault if there are more.
    """
    to = of.to
    cut = f"[1:{most}]" if most else ""
    if not has_lists(of.values):
        value = merged(of.values, of.to)
        if is_noted:
            of.flaws.append((Flaw.LIST_LIMIT, f"{of.rows(f'count({value.sql})')} > {most}"))
        place = of.place()
        if place is not None and 0 < most <= LONGEST_LIST:
            kept = of.rows(f"arg_min({value.sql}, {place}, {most})")
        else:
            present = f"FILTER ({value.sql} IS NOT NULL)"
            every = of.rows(f"list({value.sql}{of.ordered()}) {present}")
            kept = f"({every}){cut}"
        return (replace(value, sql=kept, many=True, constant=None),)
    lists = in_order(of.values, to)
    boxes = [ordering.each(given, _item_text) for given in lists]
    row = to.bind(f"list_concat({', '.join(boxes)})")
    all_rows = of.flat(f"{row}{of.ordered()}", f" FILTER ({row} IS NOT NULL)")
    if is_noted:
        of.flaws.append((Flaw.LIST_LIMIT, f"len({all_rows}) > {most}"))
    every = f"{all_rows}{cut}"
    return (Alternative(f"CASE WHEN len({every}) > 0 THEN {every} END", None, many=True, inside=Type(kinds_of(lists))),)


def _most(of: Gathering) -> int:
    """How many values a list has at most; 0 for all."""
    if len(of.arguments) == 1:
        return LONGEST_LIST
    most = of.arguments[1]
    assert isinstance(most, Literal)
    assert isinstance(most.value, int)
    return most.value


def _joined(of: Gathering) -> Operand:
    value = of.to.bind(text(of.values, of.to))
    between = of.arguments[1]
    assert isinstance(between, Literal), "the binder refuses anything else"
    every = of.rows(f"string_agg({value}, {sql.text(str(between.value))}{of.ordered()})")
    return (Alternative(every, Kind.STRING),)


def _mode(of: Gathering) -> Operand:
    to = of.to
    lists = listed(of.values, to)
    if not lists:
        return ()
    structs = ", ".join(ordering.each(given, ordering.shared_struct) for given in lists)
    every = of.flat(f"list_concat({structs})")
    counts = f"map_entries(list_histogram({every}))"
    ranked = f"list_sort(list_transform({counts}, lambda e: {{'c': -CAST(e.value AS BIGINT), 'k': e.key}}))"
    best = f"list_transform({ranked}[1:1], lambda x: {_as_seen(of, lists, 'x.k')})[1]"
    return (Alternative(best, None, inside=Type(kinds_of(lists))),)


def _as_seen(of: Gathering, lists: Operand, struct: str) -> str:
    """The boxed value of a shared struct: of a whole number that was never seen as an integer, the float."""
    if not any(given.kind is Kind.FLOAT for given in lists):
        return f"{struct}.b"
    is_float = f"{struct}.r = 0 AND {sql.is_whole(f'{struct}.n')}"
    integers = [given.sql for given in lists if given.kind is Kind.INTEGER]
    if integers:
        seen = of.flat(f"CAST({integers[0]} AS HUGEINT[])")
        is_float += f" AND NOT list_contains({seen}, {struct}.i)"
    return f"CASE WHEN {is_float} THEN {struct}.b || '.0' ELSE {struct}.b END"


def _item_text(given: Alternative) -> str:
    return box(given, INLINE)


AGGREGATES: Final[dict[str, Builder]] = {
    "values": _values,
    "list": _list,
    LIMITED_LIST: _limited,
    "search_joined": _joined,
    "mode": _mode,
}
