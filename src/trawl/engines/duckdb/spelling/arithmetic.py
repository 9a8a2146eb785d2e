"""DuckDB's spelling of `+ - * / %` and of `.` (`trawl.functions.arithmetic`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import as_float, finite, number, numbers, of_kind, text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, one
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
        form = f"{{}} {operator} {{}}"
        given = (numbers(left, to), numbers(right, to))
        return of_numbers(to, given, form, lambda floats: finite(form.format(*floats), to))

    return build


def of_numbers(
    to: Expressions, operands: Sequence[Operand], form: str, near: Callable[[Sequence[str]], str]
) -> Operand:
    """What is computed of numbers: where all are integers exactly, if 64 bits hold it, else of floats.

    Args:
        operands: as `numbers` gives them.
        form: the integer, in SQL with places for the numbers. near: the float.
    """
    none = (Alternative(sql.null("BIGINT"), Kind.INTEGER),)
    found = [tuple(replace(given, sql=to.bind(given.sql)) for given in each or none) for each in operands]
    integers = [given for each in found for given in each if given.kind is Kind.INTEGER]
    whole = [given.sql for given in integers]
    floats = [sql.coalesce((as_float(given) for given in each), "DOUBLE") for each in found]
    if len(whole) < len(found):
        return one(Kind.FLOAT, near(floats))
    exact = held(to, f"try({form.format(*whole)})", any(given.wide for given in integers), whole)
    if all(len(each) == 1 for each in found):
        return one(Kind.INTEGER, exact)
    are_whole = sql.all_of(f"{given} IS NOT NULL" for given in whole)
    return one(Kind.FLOAT, f"CASE WHEN {are_whole} THEN CAST({exact} AS DOUBLE) ELSE {near(floats)} END")


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
    length = f"CAST({shift.sql} AS HUGEINT) * {SECOND}"  # beyond 128 bits it is null inside the `try` below
    if shift.kind is Kind.FLOAT:
        length = f"try_cast(round_even({shift.sql} * {SECOND}, 0) AS HUGEINT)"
    begin = of_kind(instant, Kind.TIME, to)
    moved = to.bind(in_range(f"try(CAST({begin} AS HUGEINT) {operator} {length})", to))
    to.note(Flaw.TIME_OVERFLOW, f"{moved} IS NULL AND {begin} IS NOT NULL AND {shift.sql} IS NOT NULL")
    return one(Kind.TIME, moved)


def _divide(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to) for argument in call.arguments)
    return one(Kind.FLOAT, finite(f"{as_float(left)} / nullif({as_float(right)}, 0)", to))


def _remainder(to: Expressions, call: Call) -> Operand:
    left, right = (numbers(to.operand(argument), to) for argument in call.arguments)
    divisor = tuple(replace(given, sql=f"nullif({given.sql}, 0)") for given in right)
    return of_numbers(to, (left, divisor), "{} % {}", lambda floats: finite(f"{floats[0]} % {floats[1]}", to))


def _negate(to: Expressions, call: Call) -> Operand:
    given = numbers(to.operand(call.arguments[0]), to)
    return of_numbers(to, [given], "-({})", lambda floats: f"(-({floats[0]}))")


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
