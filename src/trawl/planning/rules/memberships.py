"""Puts equalities of one field that stand in an OR into one question: engines plan a long list far sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.algebra import Filter, Relation, rebuilt
from trawl.expr import Call, Expr, Field, rewrite

FEWEST: Final = 8
"""Equalities from which on it pays: a condition of few columns and constants is what engines skip data by."""


def apply(root: Relation) -> Relation:
    """Merges `f=a OR f=b OR …` of `search` conditions into `f IN (a, b, …)`."""
    return rebuilt(root, _asked_once)


def _asked_once(relation: Relation) -> Relation:
    if not isinstance(relation, Filter):
        return relation
    condition = rewrite(relation.condition, _merged)
    return relation if condition is relation.condition else replace(relation, condition=condition)


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
