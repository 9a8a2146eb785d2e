"""DuckDB's spelling of arithmetic by name (`trawl.functions.numbers`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import as_float, finite, number, numbers
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import listed
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, one
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.engines.duckdb.spelling.arithmetic import of_numbers
from trawl.expr import Call
from trawl.schema import Kind, Type

Builder = Callable[[Expressions, Call], Operand]


def _first(to: Expressions, call: Call) -> Alternative:
    return number(to.operand(call.arguments[0]), to)


def _absolute(to: Expressions, call: Call) -> Operand:
    return of_numbers(to, [numbers(to.operand(call.arguments[0]), to)], "abs({})", lambda floats: f"abs({floats[0]})")


def _power(to: Expressions, call: Call) -> Operand:
    base, exponent = (to.bind(as_float(number(to.operand(argument), to))) for argument in call.arguments)
    undefined = to.bind(f"({base} < 0 AND {exponent} != floor({exponent})) OR ({base} = 0 AND {exponent} < 0)")
    to.note(Flaw.NOT_DEFINED, undefined)
    return one(Kind.FLOAT, finite(f"CASE WHEN NOT ({undefined}) THEN pow({base}, {exponent}) END", to))


def _exponential(to: Expressions, call: Call) -> Operand:
    return one(Kind.FLOAT, finite(f"exp({as_float(_first(to, call))})", to))


def _natural_logarithm(to: Expressions, call: Call) -> Operand:
    value = to.bind(as_float(_first(to, call)))
    to.note(Flaw.NOT_DEFINED, f"{value} <= 0")
    return one(Kind.FLOAT, f"ln(CASE WHEN {value} > 0 THEN {value} END)")


def _logarithm(to: Expressions, call: Call) -> Operand:
    value = to.bind(as_float(_first(to, call)))
    if len(call.arguments) == 1:
        to.note(Flaw.NOT_DEFINED, f"{value} <= 0")
        return one(Kind.FLOAT, f"log10(CASE WHEN {value} > 0 THEN {value} END)")
    base = to.bind(as_float(number(to.operand(call.arguments[1]), to)))
    to.note(Flaw.NOT_DEFINED, f"{value} <= 0 OR {base} <= 0 OR {base} = 1")
    safe = f"CASE WHEN {value} > 0 AND {base} > 0 AND {base} != 1 THEN {{}} END"
    of_value, of_base = safe.format(value), safe.format(base)
    quotient = f"ln({of_value}) / ln({of_base})"
    return one(Kind.FLOAT, f"CASE WHEN {base} = 10 THEN log10({of_value}) ELSE {quotient} END")


def _root(to: Expressions, call: Call) -> Operand:
    value = to.bind(as_float(_first(to, call)))
    to.note(Flaw.NOT_DEFINED, f"{value} < 0")
    return one(Kind.FLOAT, f"sqrt(CASE WHEN {value} >= 0 THEN {value} END)")


def _pi(to: Expressions, call: Call) -> Operand:
    return one(Kind.FLOAT, sql.floating(math.pi))


def _extreme(function: str) -> Builder:
    """The greatest or least of values, nulls left out."""

    def build(to: Expressions, call: Call) -> Operand:
        every = tuple(given for argument in call.arguments for given in to.operand(argument))
        kinds = {given.kind for given in every}
        if len(kinds) == 1 and None not in kinds and not any(given.many for given in every):
            (kind,) = kinds
            wide = any(given.wide for given in every)
            best = f"{function}({', '.join(given.sql for given in every)})"
            return (Alternative(best, kind, wide=wide),)
        lists = listed(every, to, apart=True)
        if not lists:
            return ()
        structs = (ordering.each(given, _preferring_integers(function)) for given in lists)
        chosen = "list_max" if function == "greatest" else "list_min"
        best = f"{chosen}(list_concat({', '.join(structs)})).b[2:]"
        inside = Type(frozenset(given.kind for given in lists if given.kind is not None))
        return (Alternative(best, None, inside=inside),)

    return build


def _preferring_integers(function: str) -> Callable[[Alternative], str]:
    """Structs to take the greatest or least of: before a boxed value a sign by which an integer beats its float."""
    integer, other = ("1", "0") if function == "greatest" else ("0", "1")

    def struct(given: Alternative) -> str:
        sign = integer if given.kind is Kind.INTEGER else other
        return ordering.struct(given, f"'{sign}' || {box(given, INLINE)}")

    return struct


SCALARS: Final[dict[str, Builder]] = {
    "abs": _absolute,
    "exp": _exponential,
    "ln": _natural_logarithm,
    "log": _logarithm,
    "pow": _power,
    "sqrt": _root,
    "pi": _pi,
    "max": _extreme("greatest"),
    "min": _extreme("least"),
}
