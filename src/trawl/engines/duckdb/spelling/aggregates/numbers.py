"""What is computed of numbers: sums, averages, ranges, spreads, quantiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import number
from trawl.engines.duckdb.grouping import listed
from trawl.engines.duckdb.operands import Alternative, Operand, has_lists, one, opened
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering
from trawl.engines.duckdb.times import SECOND
from trawl.expr import Literal
from trawl.functions.aggregates.numbers import STEEPEST
from trawl.schema import Kind

_STEEPEST: Final = sql.floating(STEEPEST)
_LARGEST_ROOT: Final = 1 << 32
"""Squares of larger integers are beyond 64 bits; one of them is enough to see that the sum is."""
_LARGEST_TERM: Final = 1 << 95
"""Larger integers are summed as this one, so that 128 bits hold the sum of as many as there are."""


def _sum(of: Gathering) -> Operand:
    return _total(of, lambda number, _: number)


def _sum_of_squares(of: Gathering) -> Operand:
    return _total(of, _square)


def _square(number: str, type_: str) -> str:
    root = number if type_ == "DOUBLE" else sql.bounded(number, -_LARGEST_ROOT, _LARGEST_ROOT)
    return f"({root} * {root})"


def _total(of: Gathering, term: Callable[[str, str], str]) -> Operand:
    """A sum of terms: of integers exactly, null where 64 bits do not hold it, else of floats.

    Args:
        term: what is added, in SQL, for a number in SQL and its type there.
    """
    given, many = of.numbers()
    if given.kind is Kind.INTEGER:
        return _held(of, _summed(of, given, many, "HUGEINT", term), Flaw.SUM_OVERFLOW)
    total = _summed(of, given, many, "DOUBLE", term)
    return _exactly_of_integers(
        of, of.finite(total), lambda whole: _summed(of, whole, many, "HUGEINT", term), Flaw.SUM_OVERFLOW
    )


def _exactly_of_integers(of: Gathering, floats: str, exact: Callable[[Alternative], str], flaw: Flaw) -> Operand:
    """What is computed of numbers some of which are floats: where a group has integers alone, it is exact.

    Args:
        floats: as floats, in SQL. exact: of integers alone, as one of 128 bits.
    """
    given, many = of.numbers()
    integers = tuple(value for value in (listed if many else opened)(of.values, of.to) if value.kind is Kind.INTEGER)
    if not integers:
        return one(Kind.FLOAT, floats)
    whole = integers[0] if many else number(integers, of.to)
    only = f"{of.over('count', given.sql, many)} = {of.over('count', whole.sql, many)}"
    (found,) = _held(of, exact(whole), flaw, only)
    return one(Kind.FLOAT, f"CASE WHEN {only} THEN CAST({found.sql} AS DOUBLE) ELSE {floats} END")


def _summed(of: Gathering, given: Alternative, many: bool, type_: str, term: Callable[[str, str], str]) -> str:
    def added(number: str) -> str:
        if type_ != "DOUBLE" and (given.wide or many):
            number = sql.bounded(number, -_LARGEST_TERM, _LARGEST_TERM)
        return term(f"CAST({number} AS {type_})", type_)

    value = f"list_transform({given.sql}, lambda x: {added('x')})" if many else added(given.sql)
    return of.over("fsum" if type_ == "DOUBLE" else "sum", value, many)


def _held(of: Gathering, found: str, flaw: Flaw, where: str = "true") -> Operand:
    """What is computed of integers where 64 bits hold it, else null."""
    of.flaws.append((flaw, f"{where} AND {found} IS NOT NULL AND try_cast({found} AS BIGINT) IS NULL"))
    return one(Kind.INTEGER, f"try_cast({found} AS BIGINT)")


def _average(of: Gathering) -> Operand:
    given, many = of.numbers()
    floats = of.as_floats(given, many)
    total = of.over("fsum", floats, many)
    return one(Kind.FLOAT, of.finite(f"({total} / nullif({of.over('count', floats, many)}, 0))"))


def _range(of: Gathering) -> Operand:
    given, many = of.numbers()

    def between(given: Alternative) -> str:
        low, high = (of.over(function, given.sql, many) for function in ("min", "max"))
        return f"(CAST({high} AS {'HUGEINT' if given.kind is Kind.INTEGER else 'DOUBLE'}) - {low})"

    if given.kind is Kind.INTEGER:
        return _held(of, between(given), Flaw.INTEGER_OVERFLOW)
    return _exactly_of_integers(of, of.finite(between(given)), between, Flaw.INTEGER_OVERFLOW)


def _time_range(of: Gathering) -> Operand:
    many = has_lists(of.values)
    found = (listed if many else opened)(of.values, of.to)
    if not found:
        return ()
    low, high = (of.over(function, found[0].sql, many) for function in ("min", "max"))
    return one(Kind.FLOAT, f"(CAST({high} AS HUGEINT) - {low}) / {SECOND}.0::DOUBLE")


def _spread_of(function: str) -> Builder:
    def build(of: Gathering) -> Operand:
        given, many = of.numbers()
        floats = of.as_floats(given, many)
        floats = of.to.bind(floats)
        if many:
            low = f"list_filter({floats}, lambda x: abs(x) < {_STEEPEST})"
            steepest = of.rows(f"max(list_max(list_transform({floats}, lambda x: abs(x))))")
        else:
            low = f"CASE WHEN abs({floats}) < {_STEEPEST} THEN {floats} END"
            steepest = of.rows(f"max(abs({floats}))")
        of.flaws.append((Flaw.FLOAT_OVERFLOW, f"{steepest} >= {_STEEPEST}"))
        return one(Kind.FLOAT, f"CASE WHEN {steepest} < {_STEEPEST} THEN {of.over(function, low, many)} END")

    return build


def _percentile(of: Gathering) -> Operand:
    percent = of.arguments[1]
    assert isinstance(percent, Literal)
    assert isinstance(percent.value, int | float)
    return _quantile(of, percent.value)


def _quantile(of: Gathering, percent: float) -> Operand:
    return one(Kind.FLOAT, of.aggregate("quantile_cont", f"{percent / 100!r}"))


AGGREGATES: Final[dict[str, Builder]] = {
    "sum": _sum,
    "sumsq": _sum_of_squares,
    "avg": _average,
    "range": _range,
    "time_range": _time_range,
    "stdev": _spread_of("stddev_samp"),
    "stdevp": _spread_of("stddev_pop"),
    "var": _spread_of("var_samp"),
    "varp": _spread_of("var_pop"),
    "median": lambda of: _quantile(of, 50),
    "perc": _percentile,
}
