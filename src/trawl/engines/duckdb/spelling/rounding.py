"""DuckDB's spelling of rounding (`trawl.functions.rounding`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, number, whole
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
        given = number(to.operand(call.arguments[0]), to)
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
    given = number(to.operand(call.arguments[0]), to)
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


def _truncate(to: Expressions, call: Call) -> Operand:
    given = number(to.operand(call.arguments[0]), to)
    places = call.arguments[1].value if len(call.arguments) > 1 and isinstance(call.arguments[1], Literal) else 0
    assert isinstance(places, int)
    power = f"{10 ** max(0, -places)}::HUGEINT"
    if given.kind is Kind.INTEGER:
        result = given.sql if places >= 0 else f"CAST({given.sql} AS HUGEINT) // {power} * {power}"
        return one(Kind.INTEGER, held(to, result, given.wide or places < 0, [given.sql]))
    value = to.bind(given.sql)
    if len(call.arguments) == 1:
        return one(Kind.INTEGER, _fitting(to, f"trunc({value})", value))
    if places <= 0:
        cut = f"CAST(try_cast(trunc({value}) AS HUGEINT) // {power} * {power} AS DOUBLE)"
    else:
        written = to.bind(f"CAST({decimal(value)} AS VARCHAR)")  # which has all decimal places
        cut = f"CAST({written}[1:-{DECIMAL_PLACES - places + 1}] AS DOUBLE)"
    return one(Kind.FLOAT, f"coalesce({cut}, {value})")


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
