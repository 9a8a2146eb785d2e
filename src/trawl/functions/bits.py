"""Integers as the 64 bits that they are (language.md 4)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Final

from trawl.functions.base import Example, Function
from trawl.functions.coercion import integer_of_numbers, whole
from trawl.values import Scalar


def _of_bits(combine: Callable[[int, int], int]) -> Callable[..., int]:
    def evaluate(*values: Scalar) -> int:
        return reduce(combine, [whole(value) for value in values])

    return evaluate


def _function(name: str, combine: Callable[[int, int], int], summary: str, *examples: Example) -> Function:
    return Function(
        name,
        ("integer", "integer", "..."),
        integer_of_numbers,
        _of_bits(combine),
        summary,
        examples=examples,
        takes_text=False,
    )


FUNCTIONS: Final = (
    _function(
        "bit_and",
        operator.and_,
        "The bits that are set in all of the integers.",
        Example("bit_and(12, 10)", 8),
        Example("bit_and(-1, 255, 60)", 60),
        Example("bit_and(1.5, 1)", None),
    ),
    _function(
        "bit_or",
        operator.or_,
        "The bits that are set in one of the integers or in several.",
        Example("bit_or(12, 10)", 14),
    ),
    _function(
        "bit_xor",
        operator.xor,
        "The bits that are set in an odd number of the integers.",
        Example("bit_xor(12, 10)", 6),
    ),
)
