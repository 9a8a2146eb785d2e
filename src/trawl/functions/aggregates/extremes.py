"""The least and the greatest value, of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trawl.functions.base import Aggregation, Example, same_as_first
from trawl.functions.coercion import number
from trawl.functions.ordering import order_key
from trawl.values import Scalar, exact_number


def _least(values: Sequence[Scalar]) -> Scalar | None:
    return min(values, key=lambda value: (_by_number(value), isinstance(value, float)), default=None)


def _greatest(values: Sequence[Scalar]) -> Scalar | None:
    return max(values, key=lambda value: (_by_number(value), isinstance(value, int)), default=None)


def _by_number(value: Scalar) -> tuple[object, ...]:
    """The order of `min` and `max`: as `sort`, but numeric text counts as the number it is; ties by `sort`."""
    if isinstance(value, str) and exact_number(value) is not None:
        return (*order_key(number(value)), *order_key(value))
    return (*order_key(value), *order_key(value))


AGGREGATIONS: Final = (
    Aggregation(
        "min",
        ("field",),
        same_as_first,
        _least,
        "The least value: numbers and numeric text by value, of 1 and 1.0 the integer, then text by code point.",
        examples=(Example("min(f)", 2),),
    ),
    Aggregation(
        "max",
        ("field",),
        same_as_first,
        _greatest,
        "The greatest value, in the order of `min`.",
        examples=(Example("max(f)", 14),),
    ),
)
