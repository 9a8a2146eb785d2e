"""DuckDB's spelling of rounding (`trawl.functions.rounding`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, number, numbers, whole
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, one, singles
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call, Literal
from trawl.schema import Kind

DECIMAL_PLACES: Final = 19
DECIMAL: Final = f"DECIMAL(38, {DECIMAL_PLACES})"
"""Holds the digits that a float is written with, where it is neither very large nor very small."""


def _whole_number(function: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        return _whole(to, call, lambda value: f"{function}({value})")

    return build


def _whole(to: Expressions, call: Call, rounded: Callable[[str], str]) -> Operand:
    """The argument as an integer: what is one already passes through no float."""
    found = []
    for given in numbers(to.operand(call.arguments[0]), to):
        value = to.bind(given.sql)
        if given.kind is Kind.INTEGER:
            found.append(held(to, value, given.wide, [value]))
        else:
            found.append(_fitting(to, rounded(value), value))
    return one(Kind.INTEGER, sql.coalesce(found, "BIGINT"))


def _fitting(to: Expressions, result: str, of: str) -> str:
    """A whole float as an integer of 64 bits."""
    found = to.bind(f"try_cast({result} AS BIGINT)")
    to.note(Flaw.INTEGER_OVERFLOW, f"{found} IS NULL AND {of} IS NOT NULL")
    return found


def decimal(value: str) -> str:
    """The decimal that a float is written as; null where it is too large to have a fraction."""
    return f"try_cast(CAST({value} AS VARCHAR) AS {DECIMAL})"


def _round(to: Expressions, call: Call) -> Operand:
    if len(call.arguments) == 1:
        return _whole(to, call, lambda value: _rounded(to.bind(decimal(value)), 0, value))
    found = numbers(to.operand(call.arguments[0]), to)
    places = call.arguments[1]
    if isinstance(places, Literal) and isinstance(places.value, int):
        known = places.value
        return tuple(_kept_places(to, given, known) for given in found)
    computed = to.bind(f"CAST({sql.bounded(whole(to.operand(places), to), -309, 308)} AS INTEGER)")
    return tuple(_computed_places(to, given, computed) for given in found)


def _kept_places(to: Expressions, given: Alternative, places: int) -> Alternative:
    value = to.bind(given.sql)
    if given.kind is Kind.FLOAT:
        near = f"round({value}, {max(places, -309)})"
        return Alternative(near if places < 0 else _rounded(to.bind(decimal(value)), places, value), Kind.FLOAT)
    if places >= 0:
        return Alternative(held(to, value, given.wide, [value]), Kind.INTEGER)
    rounded = f"round(CAST({value} AS DECIMAL(38, 0)), {max(places, -38)})"
    return Alternative(held(to, f"try_cast({rounded} AS HUGEINT)", True, [value]), Kind.INTEGER)


def _computed_places(to: Expressions, given: Alternative, places: str) -> Alternative:
    """Rounding to as many places as a field says: by the nearest float, as DuckDB takes no decimal for it."""
    if given.kind is Kind.FLOAT:
        return Alternative(f"round({given.sql}, {places})", Kind.FLOAT)
    rounded = f"try(round(CAST({given.sql} AS HUGEINT), {places}))"
    return Alternative(held(to, rounded, True, [given.sql, places]), Kind.INTEGER)


def _rounded(exact: str, places: int, value: str) -> str:
    """A float rounded as the decimal that it is written as, or as it is, if it is too large to have a fraction."""
    return f"coalesce(CAST(round({exact}, {min(places, DECIMAL_PLACES)}) AS DOUBLE), {value})"


def _truncate(to: Expressions, call: Call) -> Operand:
    if len(call.arguments) == 1:
        return _whole(to, call, lambda value: f"trunc({value})")
    places = call.arguments[1]
    assert isinstance(places, Literal)
    known = places.value
    assert isinstance(known, int)
    return tuple(_cut(to, given, known) for given in numbers(to.operand(call.arguments[0]), to))


def _cut(to: Expressions, given: Alternative, places: int) -> Alternative:
    value = to.bind(given.sql)
    power = f"{10 ** max(0, -places)}::HUGEINT"
    if given.kind is Kind.INTEGER:
        result = value if places >= 0 else f"CAST({value} AS HUGEINT) // {power} * {power}"
        return Alternative(held(to, result, given.wide or places < 0, [value]), Kind.INTEGER)
    if places <= 0:
        cut = f"CAST(try_cast(trunc({value}) AS HUGEINT) // {power} * {power} AS DOUBLE)"
    else:
        written = to.bind(f"CAST({decimal(value)} AS VARCHAR)")  # which has all decimal places
        cut = f"CAST({written}[1:-{DECIMAL_PLACES - places + 1}] AS DOUBLE)"
    return Alternative(f"coalesce({cut}, {value})", Kind.FLOAT)


def _significant(to: Expressions, call: Call) -> Operand:
    """The digits of a number as it is written, rounded as a mantissa and put together again."""
    value = to.bind(as_float(number(to.operand(call.arguments[0]), to)))
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


SCALARS: Final[dict[str, Builder]] = {
    "ceil": _whole_number("ceil"),
    "floor": _whole_number("floor"),
    "round": _round,
    "trunc": _truncate,
    "sigfig": _significant,
    "exact": _exact,
}
