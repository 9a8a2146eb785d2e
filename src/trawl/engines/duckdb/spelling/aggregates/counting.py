"""How many values there are, and how many differ."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import ordering
from trawl.engines.duckdb.grouping import identical, key_text, listed
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists, is_there, one
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering
from trawl.expr import Literal
from trawl.schema import Kind


def _count(of: Gathering) -> Operand:
    if not of.arguments or (isinstance(of.arguments[0], Literal) and of.arguments[0].value is not None):
        return one(Kind.INTEGER, of.rows("count(*)"))
    there = f"count(CASE WHEN {is_there(of.values)} THEN 1 END)"
    return one(Kind.INTEGER, of.rows(there))


def _distinct_count(of: Gathering) -> Operand:
    if has_lists(of.values):
        lists = listed(of.values, of.to)
        texts = (ordering.each(given, _item_identity) for given in lists)
        every = f"list_concat({', '.join([*texts, '[]::VARCHAR[]'])})"
        return one(Kind.INTEGER, f"nullif(len(list_distinct({of.flat(every)})), 0)")
    found = identical(of.values, of.to)
    value = found[0].sql if len(found) == 1 else key_text(of.values, of.to)
    distinct = of.rows(f"count(DISTINCT {value})")
    return one(Kind.INTEGER, f"nullif({distinct}, 0)")


def _item_identity(given: Alternative) -> str:
    return key_text((given,), INLINE)


AGGREGATES: Final[dict[str, Builder]] = {
    "count": _count,
    "dc": _distinct_count,
    "estdc": _distinct_count,
}
