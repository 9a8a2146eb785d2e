"""DuckDB's spelling of integers as bits (`trawl.functions.bits`)."""

from __future__ import annotations

from functools import reduce
from typing import Final

from trawl.engines.duckdb.arguments import whole
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind


def _of_bits(form: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        integers = [whole(to.operand(argument), to) for argument in call.arguments]
        return one(Kind.INTEGER, reduce(form.format, integers))

    return build


SCALARS: Final[dict[str, Builder]] = {
    "bit_and": _of_bits("({} & {})"),
    "bit_or": _of_bits("({} | {})"),
    "bit_xor": _of_bits("xor({}, {})"),
}
