"""Puts equalities of one field that stand in an OR into one question: engines plan a long list far sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.algebra import Filter, Relation, post_order
from trawl.expr import Call, Expr, Field, rewrite

FEWEST: Final = 8
"""Equalities from which on it pays: a condition of few columns and constants is what engines skip data by."""


def apply(root: Relation) -> Relation:
    """Merges `f=a OR f=b OR …` of `search` conditions into `f IN (a, b, …)`."""
    done: dict[int, Relation] = {}
    for relation in post_order(root):
        rebuilt = relation.with_inputs(tuple(done[id(child)] for child in relation.inputs))
        if isinstance(rebuilt, Filter):
            condition = rewrite(rebuilt.condition, _merged)
            rebuilt = rebuilt if condition is rebuilt.condition else replace(rebuilt, condition=condition)
        done[id(relation)] = rebuilt
    return done[id(root)]


def _merged(expression: Expr) -> Expr:
    if not isinstance(expression, Call) or expression.function != "or" or len(expression.arguments) < FEWEST:
        return expression
    values: dict[str, list[Expr]] = {}
    fields: dict[str, Field] = {}
    for argument in expression.arguments:
        match argument:
            case Call("search_eq" | "search_in", (Field(name) as field, *literals)):
                values.setdefault(name, []).extend(literals)
                fields.setdefault(name, field)
    if not any(len(found) >= FEWEST for found in values.values()):
        return expression
    merged: dict[object, Expr] = {}
    for argument in expression.arguments:
        match argument:
            case Call("search_eq" | "search_in", (Field(name), *_)) as call if len(values[name]) >= FEWEST:
                if name not in merged:  # the list is long: it is copied once
                    merged[name] = Call("search_in", (fields[name], *values[name]), call.span, call.type)
            case other:
                merged[id(other)] = other
    arguments = tuple(merged.values())
    return arguments[0] if len(arguments) == 1 else replace(expression, arguments=arguments)
