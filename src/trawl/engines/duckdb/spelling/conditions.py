"""DuckDB's spelling of choices between values (`trawl.functions.conditions`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, is_there, one
from trawl.engines.duckdb.spelling.operators import Builder, equal
from trawl.expr import Call, Expr
from trawl.schema import BOOLEAN, Kind


def chosen(branches: Sequence[tuple[str | None, Operand]]) -> Operand:
    """The value of the first branch whose condition is true; None is the condition of the branch for all others."""
    shapes: dict[tuple[object, ...], Alternative] = {}
    for _, operand in branches:
        for given in operand:
            key = (given.kind, given.many)
            known = shapes.get(key)
            wide = given.wide or (known is not None and known.wide)
            inside = given.inside if known is None else given.inside.union(known.inside)
            shapes[key] = Alternative("", given.kind, many=given.many, wide=wide, inside=inside)
    found = []
    for shape in shapes.values():
        cases, otherwise = [], sql.null(shape.sql_type)
        for condition, operand in branches:
            mine = [given.sql for given in operand if (given.kind, given.many) == (shape.kind, shape.many)]
            value = sql.coalesce(mine, shape.sql_type)
            if condition is None:
                otherwise = value
            else:
                cases.append(f"WHEN {condition} THEN {value}")
        result = f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else otherwise
        found.append(Alternative(result, shape.kind, shape.many, shape.wide, shape.inside))
    return tuple(found)


def _if(to: Expressions, call: Call) -> Operand:
    *pair, otherwise = call.arguments
    return _first_pair(to, pair, "({}) IS TRUE", otherwise)


def _case(to: Expressions, call: Call) -> Operand:
    return _first_pair(to, call.arguments, "({}) IS TRUE")


def _validate(to: Expressions, call: Call) -> Operand:
    return _first_pair(to, call.arguments, "({}) IS NOT TRUE")


def _first_pair(to: Expressions, pairs: Sequence[Expr], form: str, otherwise: Expr | None = None) -> Operand:
    """The value of the first pair whose condition is in a form; what comes after it is not computed.

    A condition that is no boolean ends it too, with null.
    """
    branches: list[tuple[str | None, Operand]] = []
    with ExitStack() as before:
        for when, value in zip(pairs[::2], pairs[1::2], strict=True):
            is_none, truth = _judged(to, when)
            if is_none is not None:
                is_none = to.bind(f"({is_none}) IS TRUE")
                branches.append((is_none, ()))
                before.enter_context(to.where(f"NOT {is_none}"))
            holds = to.bind(form.format(truth))
            with to.where(holds):
                branches.append((holds, to.operand(value)))
            before.enter_context(to.where(f"NOT {holds}"))
        if otherwise is not None:
            branches.append((None, to.operand(otherwise)))
    return chosen(branches)


def _judged(to: Expressions, condition: Expr) -> tuple[str | None, str]:
    """Whether a value is no boolean, where that can be, and whether it is true."""
    is_joined = isinstance(condition, Call) and condition.function in {"and", "or"}  # where null is no end of it
    if condition.type == BOOLEAN and not is_joined:
        return None, to.truth(condition)
    found = to.condition(condition)
    return found.is_none, found.truth


def _coalesce(to: Expressions, call: Call) -> Operand:
    branches: list[tuple[str | None, Operand]] = []
    with ExitStack() as before:
        for argument in call.arguments:
            operand = tuple(_named(given, to) for given in to.operand(argument))
            branches.append((is_there(operand), operand))
            before.enter_context(to.where(f"NOT {is_there(operand)}"))
    return chosen(branches)


def _named(given: Alternative, to: Expressions) -> Alternative:
    if given.constant is not None:
        return given
    return Alternative(to.bind(given.sql), given.kind, given.many, given.wide, given.inside)


def _null_if(to: Expressions, call: Call) -> Operand:
    value, other = (to.operand(argument) for argument in call.arguments)
    same_value = to.bind(sql.any_of(equal(to, value, other)))
    return chosen([(f"({same_value}) IS NOT TRUE", value)])


def _is_null(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, f"(NOT {is_there(to.operand(call.arguments[0]))})")


def _is_not_null(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, is_there(to.operand(call.arguments[0])))


SCALARS: Final[dict[str, Builder]] = {
    "if": _if,
    "case": _case,
    "validate": _validate,
    "coalesce": _coalesce,
    "nullif": _null_if,
    "isnull": _is_null,
    "isnotnull": _is_not_null,
}
