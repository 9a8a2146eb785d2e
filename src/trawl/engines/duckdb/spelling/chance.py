"""DuckDB's spelling of random numbers (`trawl.functions.chance`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb.arguments import of_kind
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call, Literal
from trawl.functions.chance import LAST_SHIFT, MIXING
from trawl.schema import Kind

_MASK: Final = (1 << 32) - 1


def _random(to: Expressions, call: Call) -> Operand:
    number, *seeds = call.arguments
    first, second = (seed.value for seed in seeds if isinstance(seed, Literal))
    row = to.bind(of_kind(to.operand(number), Kind.INTEGER, to))
    low = _mixed(to, f"xor({row} & {_MASK}, {first})")
    high = _mixed(to, f"(({row} >> 32) + {second}) & {_MASK}")
    return one(Kind.INTEGER, f"({_mixed(to, f'xor({low}, {high})')} >> 1)")


def _mixed(to: Expressions, bits: str) -> str:
    for shift, factor in MIXING:
        bits = to.bind(bits)
        bits = f"(xor({bits}, {bits} >> {shift}) * {factor}) & {_MASK}"
    bits = to.bind(bits)
    return to.bind(f"xor({bits}, {bits} >> {LAST_SHIFT})")


SCALARS: Final[dict[str, Builder]] = {"random": _random}
