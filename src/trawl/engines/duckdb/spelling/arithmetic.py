"""DuckDB's spelling of `+ - * / %` and of `.` (`trawl.functions.arithmetic`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, finite, number, of_kind, text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.engines.duckdb.times import SECOND, in_range
from trawl.expr import Call
from trawl.schema import Kind


def _arithmetic(operator: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        left, right = (to.operand(argument) for argument in call.arguments)
        times = [any(given.kind is Kind.TIME for given in operand) for operand in (left, right)]
        if any(times):
            return _time_arithmetic(to, operator, left, right, times)
        first, second = number(left, to), number(right, to)
        if first.kind is second.kind is Kind.INTEGER:
            result = f"try({first.sql} {operator} {second.sql})"
            return one(Kind.INTEGER, held(to, result, first.wide or second.wide, [first.sql, second.sql]))
        return one(Kind.FLOAT, finite(f"{as_float(first)} {operator} {as_float(second)}", to))

    return build


def held(to: Expressions, result: str, wide: bool, of: Sequence[str]) -> str:
    """An integer that 64 bits hold, else null, which is noted."""
    integer = to.bind(f"try_cast({result} AS BIGINT)" if wide else result)
    to.note(Flaw.INTEGER_OVERFLOW, sql.all_of([f"{integer} IS NULL", *(f"{given} IS NOT NULL" for given in of)]))
    return integer


def _time_arithmetic(to: Expressions, operator: str, left: Operand, right: Operand, times: Sequence[bool]) -> Operand:
    if all(times):
        first, second = (of_kind(operand, Kind.TIME, to) for operand in (left, right))
        return one(Kind.FLOAT, f"(CAST({first} AS HUGEINT) - {second}) / {SECOND}.0::DOUBLE")
    instant, seconds = (left, right) if times[0] else (right, left)
    shift = number(seconds, to)
    length = f"CAST({shift.sql} AS HUGEINT) * {SECOND}"
    if shift.kind is Kind.FLOAT:
        length = f"try_cast(round_even({shift.sql} * {SECOND}, 0) AS HUGEINT)"
    moved = f"try(CAST({of_kind(instant, Kind.TIME, to)} AS HUGEINT) {operator} {length})"
    return one(Kind.TIME, in_range(moved, to))


def _divide(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to) for argument in call.arguments)
    return one(Kind.FLOAT, finite(f"{as_float(left)} / nullif({as_float(right)}, 0)", to))


def _remainder(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to) for argument in call.arguments)
    if left.kind is right.kind is Kind.INTEGER:
        return one(Kind.INTEGER, f"CAST(try({left.sql} % nullif({right.sql}, 0)) AS BIGINT)")
    return one(Kind.FLOAT, finite(f"{as_float(left)} % nullif({as_float(right)}, 0)", to))


def _negate(to: Expressions, call: Call) -> Operand:
    given = number(to.operand(call.arguments[0]), to)
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, held(to, f"try(-({given.sql}))", given.wide, [given.sql]))
    return one(Kind.FLOAT, f"(-({given.sql}))")


def concatenate(to: Expressions, call: Call) -> Operand:
    """The texts of all arguments, one after the other; null where one is."""
    return one(Kind.STRING, f"({' || '.join(text(to.operand(part), to) for part in call.arguments)})")


SCALARS: Final[dict[str, Builder]] = {
    "add": _arithmetic("+"),
    "sub": _arithmetic("-"),
    "mul": _arithmetic("*"),
    "div": _divide,
    "mod": _remainder,
    "neg": _negate,
    "concat": concatenate,
}
