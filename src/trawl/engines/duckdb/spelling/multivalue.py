"""DuckDB's spelling of functions of multivalues (`trawl.functions.multivalue`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions, Inside
from trawl.engines.duckdb.grouping import in_order, kinds_of, listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, element, is_there, one, opened
from trawl.engines.duckdb.scopes import INLINE
from trawl.expr import Call, Field
from trawl.schema import Kind, Type

ITEM: Final = "item"
"""The name of a value inside the condition of `mvfilter`; lambdas of other functions use other names."""


def _append(to: Expressions, call: Call) -> Operand:
    lists = [in_order(to.operand(argument), to) for argument in call.arguments]
    kinds = frozenset(kind for operand in lists for kind in kinds_of(operand))
    if not kinds:
        return ()
    if len(kinds) == 1 and not any(given.kind is None for operand in lists for given in operand):
        (kind,) = kinds
        wide = any(given.wide for operand in lists for given in operand)
        every = [given.sql for operand in lists for given in operand]
        return (Alternative(_none_if_empty(to, f"list_concat({', '.join(every)})"), kind, many=True, wide=wide),)
    boxes = [_boxes(given) for operand in lists for given in operand]
    joined = _none_if_empty(to, f"list_concat({', '.join(boxes)})")
    return (Alternative(joined, None, many=True, inside=Type(kinds)),)


def _boxes(given: Alternative) -> str:
    return f"list_transform({given.sql}, lambda x: {box(replace(given, sql='x', many=False), INLINE)})"


def _none_if_empty(to: Expressions, values: str) -> str:
    values = to.bind(values)
    return f"CASE WHEN len({values}) > 0 THEN {values} END"


def _count(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    counts = (f"coalesce(len({given.sql}), 0)" for given in listed(operand, to))
    return one(Kind.INTEGER, f"CASE WHEN {is_there(operand)} THEN {' + '.join([*counts, '0'])} END")


def _join(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    between = text(to.operand(call.arguments[1]), to)
    joined = sql.coalesce((_joined(to, given, between) for given in in_order(operand, to)), "VARCHAR")
    return one(Kind.STRING, f"CASE WHEN {is_there(operand)} AND {between} IS NOT NULL THEN coalesce({joined}, '') END")


def _joined(to: Expressions, given: Alternative, between: str) -> str:
    texts = f"list_transform({given.sql}, lambda x: {text((element(given, 'x'),), INLINE)})"
    kept = to.bind(f"CASE WHEN len({given.sql}) > 0 THEN {texts} END")
    return f"list_reduce({kept}, lambda before, after: before || {between} || after)"


def _filter(to: Expressions, call: Call) -> Operand:
    field, condition = call.arguments
    assert isinstance(field, Field)
    found = []
    for given in in_order(to.operand(field), to):
        value = opened((replace(given, sql=ITEM, many=False),), INLINE)
        holds = Inside(to, {field.name: value}).truth(condition)
        kept = to.bind(f"list_filter({given.sql}, lambda {ITEM}: {holds})")
        found.append(replace(given, sql=f"CASE WHEN len({kept}) > 0 THEN {kept} END"))
    if len(found) <= 1:
        return tuple(found)
    boxes = f"list_concat({', '.join(_boxes(given) for given in found)})"
    inside = Type(kinds_of(tuple(found)))
    return (Alternative(_none_if_empty(to, boxes), None, many=True, inside=inside),)


SCALARS: Final = {"mvappend": _append, "mvcount": _count, "mvjoin": _join, "mvfilter": _filter}
