"""DuckDB's spelling of angles and hyperbolas (`trawl.functions.trigonometry`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb.arguments import as_float, finite, number
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind


def _floats(to: Expressions, call: Call) -> list[str]:
    return [to.bind(as_float(number(to.operand(argument), to))) for argument in call.arguments]


def _everywhere(function: str) -> Builder:
    """A function that is defined for all numbers, and never too large."""

    def build(to: Expressions, call: Call) -> Operand:
        return one(Kind.FLOAT, f"{function}({', '.join(_floats(to, call))})")

    return build


def _growing(function: str) -> Builder:
    """A function that is soon too large."""

    def build(to: Expressions, call: Call) -> Operand:
        (value,) = _floats(to, call)
        return one(Kind.FLOAT, finite(f"{function}({value})", to))

    return build


def _within(function: str, domain: str) -> Builder:
    """A function that is defined for some numbers only."""

    def build(to: Expressions, call: Call) -> Operand:
        (value,) = _floats(to, call)
        is_defined = domain.format(value)
        to.note(Flaw.NOT_DEFINED, f"NOT ({is_defined})")
        return one(Kind.FLOAT, f"{function}(CASE WHEN {is_defined} THEN {value} END)")

    return build


def _hypotenuse(to: Expressions, call: Call) -> Operand:
    """By the ratio to the longer side, so that no square is too large."""
    x, y = _floats(to, call)
    longer = to.bind(f"CASE WHEN {x} IS NOT NULL AND {y} IS NOT NULL THEN greatest(abs({x}), abs({y})) END")
    length = f"{longer} * sqrt(({x} / {longer}) * ({x} / {longer}) + ({y} / {longer}) * ({y} / {longer}))"
    return one(Kind.FLOAT, finite(f"CASE WHEN {longer} = 0 THEN {longer} ELSE {length} END", to))


SCALARS: Final[dict[str, Builder]] = {
    "sin": _everywhere("sin"),
    "cos": _everywhere("cos"),
    "tan": _everywhere("tan"),
    "asin": _within("asin", "{0} BETWEEN -1 AND 1"),
    "acos": _within("acos", "{0} BETWEEN -1 AND 1"),
    "atan": _everywhere("atan"),
    "atan2": _everywhere("atan2"),
    "sinh": _growing("sinh"),
    "cosh": _growing("cosh"),
    "tanh": _everywhere("tanh"),
    "asinh": _everywhere("asinh"),
    "acosh": _within("acosh", "{0} >= 1"),
    "atanh": _within("atanh", "{0} > -1 AND {0} < 1"),
    "hypot": _hypotenuse,
}
