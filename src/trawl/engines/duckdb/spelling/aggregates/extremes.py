"""The least and the greatest value, of any kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import number_of_text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import kinds_of, listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists, one, opened
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering
from trawl.schema import Kind, Type


def _extreme(function: str) -> Builder:
    integer, other = ("0", "1") if function == "min" else ("1", "0")

    def by_number(given: Alternative) -> str:
        return _by_number(given, integer if given.kind is Kind.INTEGER else other)

    def build(of: Gathering) -> Operand:
        to = of.to
        if has_lists(of.values):
            lists = listed(of.values, to)
            structs = (ordering.each(given, by_number) for given in lists)
            every = of.flat(f"list_concat({', '.join(structs)})")
            best = f"list_aggregate({every}, '{function}').b[2:]"
            return (Alternative(best, None, inside=Type(kinds_of(lists))),)
        found = opened(of.values, to)
        if not found:
            return ()
        if len(found) == 1 and found[0].kind is not Kind.STRING:
            return (replace(found[0], sql=of.rows(f"{function}({found[0].sql})"), constant=None),)
        present = (f"CASE WHEN {given.sql} IS NOT NULL THEN {by_number(given)} END" for given in _bound(found, of.to))
        chosen = of.rows(f"{function}({sql.coalesce(present, 'VARCHAR')})")
        best = f"({chosen}).b[2:]"
        if len(found) == 1:
            return one(Kind.STRING, f"json_extract_string({best}, '$')")
        return (Alternative(best, None, inside=Type(kinds_of(found))),)

    return build


def _bound(operand: Operand, to: Expressions) -> Operand:
    return tuple(replace(given, sql=to.bind(given.sql)) for given in operand)


def _by_number(given: Alternative, sign: str) -> str:
    """A struct that orders as `min` does: as `sort`, but numeric text counts as the number it is.

    Args:
        sign: what comes before the boxed value, by which an integer is taken before the same float.
    """
    boxed = f"'{sign}' || {box(given, INLINE)}"
    if given.kind is not Kind.STRING:
        return ordering.struct(given, boxed)
    near = number_of_text(given.sql, INLINE)
    exact = f"CASE WHEN {sql.is_whole(near)} THEN CAST({near} AS HUGEINT) ELSE 0 END"
    rank = f"CASE WHEN {near} IS NULL THEN 1 ELSE 0 END"
    number_key = f"'r': {rank}, 'n': coalesce({near}, 0.0::DOUBLE), 'i': {exact}"
    return f"{{{number_key}, 's': {given.sql}, 'b': {boxed}}}"


AGGREGATES: Final[dict[str, Builder]] = {
    "min": _extreme("min"),
    "max": _extreme("max"),
}
