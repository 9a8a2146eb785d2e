"""What is computed of numbers: sums, averages, ranges, spreads, quantiles."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb.arguments import number
from trawl.engines.duckdb.operands import Alternative, Operand, one, opened
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Gathering
from trawl.expr import Literal
from trawl.schema import Kind

_STEEPEST: Final = "1e150::DOUBLE"
"""Squares of larger numbers are beyond floats, and DuckDB ends a statement that meets one."""


def _sum(of: Gathering) -> Operand:
    return _total(of, "{}")


def _sum_of_squares(of: Gathering) -> Operand:
    return _total(of, "({0} * {0})")


def _total(of: Gathering, form: str) -> Operand:
    """A sum of numbers in a form: of integers exactly, null where 64 bits do not hold it, else of floats."""
    given, many = of.numbers()
    if given.kind is Kind.INTEGER:
        return _held(of, _summed(of, given, many, "HUGEINT", form))
    total = _summed(of, given, many, "DOUBLE", form)
    of.flaws.append((Flaw.FLOAT_OVERFLOW, f"NOT isfinite({total})"))
    found = one(Kind.FLOAT, f"CASE WHEN isfinite({total}) THEN {total} END")
    integers = tuple(value for value in opened(of.values, of.to) if value.kind is Kind.INTEGER and not value.many)
    if many or not integers:
        return found
    whole = number(integers, of.to)
    only = f"{of.over('count', given.sql, False)} = {of.over('count', whole.sql, False)}"
    (exact,) = _held(of, _summed(of, whole, False, "HUGEINT", form), only)
    return one(Kind.FLOAT, f"CASE WHEN {only} THEN CAST({exact.sql} AS DOUBLE) ELSE {found[0].sql} END")


def _summed(of: Gathering, given: Alternative, many: bool, type_: str, form: str) -> str:
    value = f"try({form.format(f'CAST({given.sql} AS {type_})')})"
    if many:
        value = f"list_transform({given.sql}, lambda x: {form.format(f'CAST(x AS {type_})')})"
    return of.over("fsum" if type_ == "DOUBLE" else "sum", value, many)


def _held(of: Gathering, total: str, where: str = "true") -> Operand:
    """A sum of integers that 64 bits hold, else null."""
    of.flaws.append((Flaw.SUM_OVERFLOW, f"{where} AND {total} IS NOT NULL AND try_cast({total} AS BIGINT) IS NULL"))
    return one(Kind.INTEGER, f"try_cast({total} AS BIGINT)")


def _average(of: Gathering) -> Operand:
    given, many = of.numbers()
    floats = of.as_floats(given, many)
    return one(Kind.FLOAT, f"{of.over('fsum', floats, many)} / nullif({of.over('count', floats, many)}, 0)")


def _range(of: Gathering) -> Operand:
    given, many = of.numbers()
    low, high = (of.over(function, given.sql, many) for function in ("min", "max"))
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, f"try_cast(CAST({high} AS HUGEINT) - {low} AS BIGINT)")
    return one(Kind.FLOAT, f"({high} - {low})")


def _spread_of(function: str) -> Builder:
    def build(of: Gathering) -> Operand:
        given, many = of.numbers()
        floats = of.as_floats(given, many)
        if many:
            floats = of.to.bind(f"list_filter({floats}, lambda x: abs(x) < {_STEEPEST})")
            return one(Kind.FLOAT, of.over(function, floats, many))
        floats = of.to.bind(floats)
        low = f"CASE WHEN abs({floats}) < {_STEEPEST} THEN {floats} END"
        steepest = of.rows(f"max(abs({floats}))")
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
    "stdev": _spread_of("stddev_samp"),
    "stdevp": _spread_of("stddev_pop"),
    "var": _spread_of("var_samp"),
    "varp": _spread_of("var_pop"),
    "median": lambda of: _quantile(of, 50),
    "perc": _percentile,
}
