"""DuckDB's spelling of expressions of each value of a multivalue (`trawl.functions.itemwise`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import in_order, kinds_of
from trawl.engines.duckdb.lambdas import Inside
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists
from trawl.engines.duckdb.spelling.multivalue import boxes, filled, is_uniform
from trawl.expr import Call, Field
from trawl.schema import Type


def _filter(to: Expressions, call: Call) -> Operand:
    field, condition = call.arguments
    assert isinstance(field, Field)
    found = []
    for given in _lists(to, field):
        inside = Inside(to, field.name, given)
        kept = filled(to, inside.where_it_holds(inside.truth(condition)))
        inside.tell()
        found.append(replace(given, sql=kept))
    if len(found) <= 1:
        return tuple(found)
    together = f"list_concat({', '.join(map(boxes, found))})"
    return (Alternative(filled(to, together), None, many=True, inside=Type(kinds_of(tuple(found)))),)


def _map(to: Expressions, call: Call) -> Operand:
    field, expression = call.arguments
    assert isinstance(field, Field)
    made: list[tuple[Inside, Operand]] = []
    for given in _lists(to, field):
        inside = Inside(to, field.name, given)
        results = inside.operand(expression)
        inside.tell()
        made.append((inside, results))
    every = tuple(found for _, results in made for found in results)
    kinds = kinds_of(every)
    if not kinds:
        return ()
    uniform = is_uniform(every)
    lists = [_results(*each, uniform=uniform) for each in made if each[-1]]
    joined = filled(to, sql.coalesce(lists, "VARCHAR[]"))
    if not uniform:
        return (Alternative(joined, None, many=True, inside=Type(kinds)),)
    (kind,) = kinds
    return (Alternative(joined, kind, many=True, wide=any(found.wide for found in every)),)


def _lists(to: Expressions, field: Field) -> Operand:
    return tuple(replace(given, sql=to.bind(given.sql)) for given in in_order(to.operand(field), to))


def _results(inside: Inside, results: Operand, *, uniform: bool) -> str:
    """The list of what is computed of each value; boxed, unless all are of one kind."""
    if uniform and not has_lists(results):
        computed = inside.of_each(sql.coalesce((found.sql for found in results), "VARCHAR"))
        return f"list_filter({computed}, lambda x: x IS NOT NULL)"
    parts = [found.sql if uniform else boxes(found) for found in in_order(results, inside)]
    together = f"coalesce({', '.join([*parts, '[]'])})"
    return f"flatten({inside.of_each(together)})"


SCALARS: Final = {"mvfilter": _filter, "mvmap": _map}
