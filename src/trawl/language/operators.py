"""Operators of expressions: how they are spelled, how tightly they bind, what they are called in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trawl.language.habits import CALLS


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator. Of two, the one with the larger `power` takes its operands first."""

    function: str
    spelling: str
    power: int
    is_prefix: bool = False
    is_flat: bool = False
    """whether a row of it is one call with many arguments"""


AND: Final = Operator("and", "AND", 1, is_flat=True)
OR: Final = Operator("or", "OR", 2, is_flat=True)  # OR before AND: so the language is published
NOT: Final = Operator("not", "NOT", 3, is_prefix=True)
COMPARISON: Final = 4
NEGATIVE: Final = Operator("neg", "-", 8, is_prefix=True)

BINARY: Final = {
    "and": AND,
    "or": OR,
    "==": Operator("eq", "==", COMPARISON),
    "=": Operator("eq", "==", COMPARISON),
    "!=": Operator("ne", "!=", COMPARISON),
    "<": Operator("lt", "<", COMPARISON),
    "<=": Operator("le", "<=", COMPARISON),
    ">": Operator("gt", ">", COMPARISON),
    ">=": Operator("ge", ">=", COMPARISON),
    "like": Operator("like", "LIKE", COMPARISON),
    "in": Operator("in", "IN", COMPARISON),
    ".": Operator("concat", ".", 5, is_flat=True),
    "+": Operator("add", "+", 6),
    "-": Operator("sub", "-", 6),
    "*": Operator("mul", "*", 7),
    "/": Operator("div", "/", 7),
    "%": Operator("mod", "%", 7),
}

BY_FUNCTION: Final = {operator.function: operator for operator in (*BINARY.values(), NOT, NEGATIVE)}

WORDS: Final = frozenset({"and", "or", "not", "in", "like", "as", "by"})
"""Words that a bare name in an expression cannot be."""
CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}

HIDDEN: Final = (frozenset(BY_FUNCTION) | frozenset(CALLS)) - {"like", "in"}
"""Names of the tree that a query cannot call, with `search_…`, `bucket_…`, `boxed_…` and `limited_…`."""


def is_callable(function: str) -> bool:
    """Whether a query may write `function(…)`; what is a function at all, the binder knows."""
    return function not in HIDDEN and not function.startswith(("search_", "bucket_", "boxed_", "limited_"))
