"""DuckDB's spelling of values out of boxed texts (`trawl.functions.boxes`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import ANY, NUMBER, Type


def _unboxed(inside: Type) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        texts = to.operand(call.arguments[0])
        return tuple(replace(given, kind=None, inside=inside, constant=None) for given in texts)

    return build


SCALARS: Final = {"boxed_number": _unboxed(NUMBER), "boxed_value": _unboxed(ANY.element)}
