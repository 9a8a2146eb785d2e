"""DuckDB's spelling of buckets of time and of numbers (`trawl.functions.buckets`, `trawl.calendars`)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from trawl import calendars
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, number
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import NUMBERS, Operand, one, singles
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.engines.duckdb.times import from_wall, time, wall
from trawl.expr import Call, Literal
from trawl.schema import Kind
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_PLACES: Final = 12
"""Decimal places that widths of buckets of numbers may have."""


def _bucket_of_time(to: Expressions, call: Call) -> Operand:
    value = to.operand(call.arguments[0])
    size, unit, zone = (argument.value for argument in call.arguments[1:] if isinstance(argument, Literal))
    assert isinstance(size, int)
    instant = to.bind(time(value, "UTC", to))
    if any(given.kind is not Kind.TIME for given in value):
        to.note(Flaw.NO_TIME, f"{instant} IS NULL")
    return one(Kind.TIME, floor(to, instant, size, str(unit), str(zone)))


def floor(to: Expressions, instant: str, size: int, unit: str, zone: str) -> str:
    """The lower edge of the bucket of an instant, in nanoseconds."""
    if unit == "ns":
        anchor = calendars.floor(Instant(0), 1 << 62, "ns", zone).nanoseconds % (1 << 62)
        anchor -= (1 << 62) if anchor > 1 << 61 else 0
        rest = f"({instant} - ({anchor})) % {size}" if anchor else f"{instant} % {size}"
        return f"({instant} - {rest} - CASE WHEN {rest} < 0 THEN {size} ELSE 0 END)"
    shown = to.bind(wall(instant, zone))
    if unit in {"day", "week"}:
        first, length = ("1970-01-01", size) if unit == "day" else ("1969-12-29", 7 * size)
        days = to.bind(f"date_diff('day', DATE '{first}', CAST({shown} AS DATE))")
        edge = (
            f"CAST(DATE '{first}' + CAST({days} - ({days} % {length} + {length}) % {length} AS INTEGER) AS TIMESTAMP)"
        )
    else:
        length = size * _MONTHS[unit]
        month = to.bind(f"(year({shown}) - 1970) * 12 + month({shown}) - 1")
        lower = to.bind(f"{month} - ({month} % {length} + {length}) % {length} + {1970 * 12}")
        edge = f"make_timestamp({lower} // 12, {lower} % 12 + 1, 1, 0, 0, 0)"
    found = to.bind(from_wall(edge, zone, to))
    first_edge, last_edge = FIRST_INSTANT.nanoseconds, LAST_INSTANT.nanoseconds
    return f"CAST({sql.bounded(found, first_edge, last_edge)} AS BIGINT)"


def _without_numbers(to: Expressions, call: Call) -> Operand:
    found = singles(to.operand(call.arguments[0]), to)
    for given in found:
        if given.kind in NUMBERS:
            to.note(Flaw.NUMBER_NO_TIME, f"{given.sql} IS NOT NULL")
    return tuple(given for given in found if given.kind not in NUMBERS)


def _bucket_of_number(to: Expressions, call: Call) -> Operand:
    value, width = call.arguments
    assert isinstance(width, Literal)
    given = number(to.operand(value), to)
    if given.kind is Kind.INTEGER and isinstance(width.value, int):
        size = sql.integer(width.value)
        column = to.bind(given.sql)
        result = f"try({column} - ({column} % {size} + {size}) % {size})"
        return one(Kind.INTEGER, held(to, result, given.wide, [column]))
    column = to.bind(as_float(given))
    assert isinstance(width.value, int | float | str)
    step = int(Decimal(str(width.value)).scaleb(_PLACES))
    scaled = to.bind(f"try_cast(try_cast(CAST({column} AS VARCHAR) AS DECIMAL(38, {_PLACES})) AS VARCHAR)")
    units = to.bind(f"try_cast(replace({scaled}, '.', '') AS HUGEINT)")
    lower = f"{units} - ({units} % {step} + {step}) % {step}"
    edge = f"try_cast(({lower}) || 'e-{_PLACES}' AS DOUBLE)"
    return one(Kind.FLOAT, f"CASE WHEN {units} IS NULL THEN {column} ELSE {edge} END")


SCALARS: Final = {
    "bucket_time": _bucket_of_time,
    "bucket_value_of_time": _without_numbers,
    "bucket_number": _bucket_of_number,
}
