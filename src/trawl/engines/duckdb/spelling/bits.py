"""DuckDB's spelling of integers as bits (`trawl.functions.bits`)."""

from __future__ import annotations

from functools import reduce
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import numbers
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.arithmetic import held
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind


def _of_bits(form: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        integers = [_integer(to, to.operand(argument)) for argument in call.arguments]
        return one(Kind.INTEGER, reduce(form.format, integers))

    return build


def _integer(to: Expressions, operand: Operand) -> str:
    """The value as an integer of 64 bits; what is none, or needs more, is noted."""
    integers = []
    for given in numbers(operand, to):
        value = to.bind(given.sql)
        if given.kind is Kind.INTEGER:
            integers.append(held(to, value, given.wide, [value]))
            continue
        is_whole = f"{value} = floor({value})"
        integers.append(to.bind(f"CASE WHEN {is_whole} THEN try_cast({value} AS BIGINT) END"))
        to.note(Flaw.NO_INTEGER, f"{value} != floor({value})")
        to.note(Flaw.INTEGER_OVERFLOW, f"{is_whole} AND {integers[-1]} IS NULL")
    return sql.coalesce(integers, "BIGINT")


SCALARS: Final[dict[str, Builder]] = {
    "bit_and": _of_bits("({} & {})"),
    "bit_or": _of_bits("({} | {})"),
    "bit_xor": _of_bits("xor({}, {})"),
}
