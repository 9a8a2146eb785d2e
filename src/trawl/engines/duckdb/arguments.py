"""What a function takes a value for: text, a number, an integer, a value of one kind."""

from __future__ import annotations

import re
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.operands import Alternative, Operand, singles
from trawl.engines.duckdb.scopes import Flaw, Scope
from trawl.expr import Expr, Literal
from trawl.schema import Kind

NUMERIC: Final = r"'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?'"
"""The texts that are numbers (`trawl.values.exact_number`); a cast alone takes blanks, `_` and `0x` too."""

_PIECE: Final = re.compile(
    r"\\Q.*?(?:\\E|\Z) | \\. | \[\^?\]?(?:\[:\^?\w+:\] | \\. | [^\]])*\] | \(\?<", re.VERBOSE | re.DOTALL
)
"""What begins a named group, and what may hold the same signs without being that."""

FARTHEST: Final = 1_000_000_000_000
"""Places in a text or a list beyond which none is, so that sums of two of them are integers of 64 bits."""


def text_of(alternative: Alternative, to: Scope) -> str:
    """A single value as text (`trawl.values.text_of`)."""
    match alternative.kind:
        case Kind.STRING:
            return alternative.sql
        case Kind.FLOAT:
            value = to.bind(alternative.sql)
            whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
            is_whole = f"{value} = floor({value}) AND abs({value}) < 1e15"
            return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({value} AS VARCHAR) END"
        case Kind.TIME:
            digits = f"strftime(make_timestamp_ns({alternative.sql}), '%Y-%m-%dT%H:%M:%S.%n')"
            return f"(regexp_replace({digits}, '0{{1,6}}$', '') || 'Z')"
        case _:
            return f"CAST({alternative.sql} AS VARCHAR)"


def text(operand: Operand, to: Scope) -> str:
    """The value as text."""
    return sql.coalesce((text_of(found, to) for found in singles(operand, to)), "VARCHAR")


def pattern(argument: Expr) -> str:
    """A constant regular expression, with `(?<name>…)` as DuckDB's RE2 reads it."""
    assert isinstance(argument, Literal)
    assert isinstance(argument.value, str)
    return sql.text(_PIECE.sub(lambda found: "(?P<" if found[0] == "(?<" else found[0], argument.value))


def number_of_text(value: str, to: Scope) -> str:
    """The nearest float of a text that is a number, else null."""
    value = to.bind(value)
    cast = f"try_cast({value} AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({value}, {NUMERIC}) AND isfinite({cast}) THEN {cast} END"


def number(operand: Operand, to: Scope) -> Alternative:
    """The value as a number: an integer where nothing else can come, else a float; numeric text as a float.

    Values that are no numbers are a fault of the data, which is noted.
    """
    found = numbers(operand, to)
    if len(found) == 1:
        return found[0]
    if not found:
        return Alternative(sql.null("BIGINT"), Kind.INTEGER)
    return Alternative(sql.coalesce((as_float(given) for given in found), "DOUBLE"), Kind.FLOAT)


def numbers(operand: Operand, to: Scope) -> Operand:
    """As `number`, but an integer stays one where others come too: at most one alternative each of the two kinds."""
    integers, floats, is_wide = [], [], False
    for given in singles(operand, to):
        match given.kind:
            case Kind.BOOLEAN:
                to.note(Flaw.BOOLEAN_NO_NUMBER, f"{given.sql} IS NOT NULL")
            case Kind.TIME:
                to.note(Flaw.TIME_NO_NUMBER, f"{given.sql} IS NOT NULL")
            case Kind.INTEGER:
                integers.append(given.sql)
                is_wide = is_wide or given.wide
            case _:
                floats.append(floating(given, to))
    found = []
    if integers:
        found.append(Alternative(sql.coalesce(integers, "BIGINT"), Kind.INTEGER, wide=is_wide))
    if floats:
        found.append(Alternative(sql.coalesce(floats, "DOUBLE"), Kind.FLOAT))
    return tuple(found)


def floating(alternative: Alternative, to: Scope) -> str:
    """A number or numeric text as a float; text that is none is noted."""
    match alternative.kind:
        case Kind.INTEGER:
            return f"CAST({alternative.sql} AS DOUBLE)"
        case Kind.STRING:
            written = to.bind(alternative.sql)
            near = to.bind(number_of_text(written, to))
            to.note(Flaw.TEXT_NO_NUMBER, f"{written} IS NOT NULL AND {near} IS NULL")
            return near
        case _:
            return alternative.sql


def as_float(given: Alternative) -> str:
    """A number as a float."""
    return f"CAST({given.sql} AS DOUBLE)" if given.kind is Kind.INTEGER else f"({given.sql})"


def whole(operand: Operand, to: Scope) -> str:
    """The value as an integer of 64 bits; numbers with a fraction, or beyond them, are noted."""
    return sql.coalesce((_whole(given, to) for given in numbers(operand, to)), "BIGINT")


def _whole(given: Alternative, to: Scope) -> str:
    if given.kind is Kind.INTEGER and not given.wide:
        return given.sql
    value = to.bind(given.sql)
    is_whole = "true"
    if given.kind is Kind.FLOAT:
        is_whole = f"{value} = floor({value})"
        to.note(Flaw.NO_INTEGER, f"{value} != floor({value})")
    integer = to.bind(f"CASE WHEN {is_whole} THEN try_cast({value} AS BIGINT) END")
    to.note(Flaw.INTEGER_OVERFLOW, f"{is_whole} AND {value} IS NOT NULL AND {integer} IS NULL")
    return integer


def finite(expression: str, to: Scope) -> str:
    """A float that is a number, else null; one that is too large is noted."""
    value = to.bind(expression)
    to.note(Flaw.FLOAT_OVERFLOW, f"NOT isfinite({value})")
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def of_kind(operand: Operand, kind: Kind, to: Scope) -> str:
    """The value where it is a single one of just this kind, else null."""
    found = (given.sql for given in singles(operand, to) if given.kind is kind)
    return sql.coalesce(found, sql.TYPES[kind])
