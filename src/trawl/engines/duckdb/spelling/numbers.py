"""DuckDB's spelling of arithmetic by name (`trawl.functions.numbers`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import ordering, sql
from trawl.engines.duckdb.arguments import as_float, finite, number, whole
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import listed
from trawl.engines.duckdb.operands import Alternative, Operand, one, singles
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.expr import Call, Literal
from trawl.schema import Kind, Type

Builder = Callable[[Expressions, Call], Operand]

DECIMAL: Final = "DECIMAL(38, 19)"
"""Holds the digits that a float is written with, where it is neither very large nor very small."""


def _first(to: Expressions, call: Call) -> Alternative:
    return number(to.operand(call.arguments[0]), to)


def _absolute(to: Expressions, call: Call) -> Operand:
    given = _first(to, call)
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, held(to, f"try(abs({given.sql}))", given.wide, [given.sql]))
    return one(Kind.FLOAT, f"abs({given.sql})")


def _whole_number(function: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        given = _first(to, call)
        if given.kind is Kind.INTEGER:
            return one(Kind.INTEGER, held(to, given.sql, given.wide, [given.sql]))
        return one(Kind.INTEGER, _fitting(to, f"{function}({given.sql})", given.sql))

    return build


def _fitting(to: Expressions, result: str, of: str) -> str:
    """A whole float as an integer of 64 bits."""
    found = to.bind(f"try_cast({result} AS BIGINT)")
    to.note(Flaw.INTEGER_OVERFLOW, f"{found} IS NULL AND {of} IS NOT NULL")
    return found


def decimal(value: str) -> str:
    """The decimal that a float is written as; null where it is too large to have a fraction."""
    return f"try_cast(CAST({value} AS VARCHAR) AS {DECIMAL})"


def _round(to: Expressions, call: Call) -> Operand:
    given = _first(to, call)
    places = 0
    if len(call.arguments) > 1:
        constant = call.arguments[1]
        if not isinstance(constant, Literal) or not isinstance(constant.value, int):
            return _round_by(to, given, whole(to.operand(constant), to))
        places = constant.value
    if given.kind is Kind.INTEGER:
        if places >= 0:
            return one(Kind.INTEGER, held(to, given.sql, given.wide, [given.sql]))
        rounded = f"round(CAST({given.sql} AS DECIMAL(38, 0)), {max(places, -38)})"
        return one(Kind.INTEGER, held(to, f"try_cast({rounded} AS HUGEINT)", True, [given.sql]))
    value = to.bind(given.sql)
    exact = to.bind(decimal(value))
    rounded = f"coalesce(CAST(round({exact}, {min(places, 19)}) AS DOUBLE), {value})"
    if places < 0:
        rounded = f"round({value}, {max(places, -308)})"
    return one(Kind.INTEGER, _fitting(to, rounded, value)) if len(call.arguments) == 1 else one(Kind.FLOAT, rounded)


def _round_by(to: Expressions, given: Alternative, places: str) -> Operand:
    """Rounding to as many places as a field says: by the nearest float, as DuckDB takes no decimal for it."""
    places = f"CAST({sql.bounded(places, -308, 308)} AS INTEGER)"
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, f"try_cast(round({given.sql}, {places}) AS BIGINT)")
    return one(Kind.FLOAT, f"round({given.sql}, {places})")


def _significant(to: Expressions, call: Call) -> Operand:
    """The digits of a number as it is written, rounded as a mantissa and put together again."""
    value = to.bind(as_float(_first(to, call)))
    if len(call.arguments) == 1:
        return one(Kind.FLOAT, value)
    digits = call.arguments[1]
    assert isinstance(digits, Literal)
    assert isinstance(digits.value, int)
    written = to.bind(f"CAST(abs({value}) AS VARCHAR)")
    plain = to.bind(f"regexp_extract({written}, '^([0-9]+)[.]?([0-9]*)(?:e([+-]?[0-9]+))?', ['i', 'f', 'e'])")
    mantissa = to.bind(f"ltrim({plain}.i || {plain}.f, '0')")
    leading = f"length({plain}.i || {plain}.f) - length({mantissa})"
    exponent = f"length({plain}.i) - ({leading}) + coalesce(try_cast({plain}.e AS BIGINT), 0)"
    rounded = f"round(CAST('0.' || {mantissa} AS DECIMAL(38, 20)), {min(digits.value, 20)})"
    result = f"sign({value}) * CAST(CAST({rounded} AS VARCHAR) || 'e' || ({exponent}) AS DOUBLE)"
    return one(Kind.FLOAT, f"CASE WHEN {value} = 0 THEN 0.0::DOUBLE ELSE {result} END")


def _exact(to: Expressions, call: Call) -> Operand:
    return singles(to.operand(call.arguments[0]), to)


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
        structs = (ordering.each(given, ordering.struct) for given in lists)
        chosen = "list_max" if function == "greatest" else "list_min"
        best = f"{chosen}(list_concat({', '.join(structs)})).b"
        inside = Type(frozenset(given.kind for given in lists if given.kind is not None))
        return (Alternative(best, None, inside=inside),)

    return build


SCALARS: Final[dict[str, Builder]] = {
    "abs": _absolute,
    "ceil": _whole_number("ceil"),
    "floor": _whole_number("floor"),
    "round": _round,
    "sigfig": _significant,
    "exact": _exact,
    "exp": _exponential,
    "ln": _natural_logarithm,
    "log": _logarithm,
    "pow": _power,
    "sqrt": _root,
    "pi": _pi,
    "max": _extreme("greatest"),
    "min": _extreme("least"),
}
