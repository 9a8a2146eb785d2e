"""How many values there are, and how many differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trawl.functions.base import Aggregation, Example, fixed
from trawl.functions.ordering import distinct
from trawl.schema import INTEGER
from trawl.values import Scalar, Value


def _count(values: Sequence[Value]) -> int:
    return len(values)


def _distinct_count(values: Sequence[Scalar]) -> int | None:
    return len(distinct(values)) or None


AGGREGATIONS: Final = (
    Aggregation(
        "count",
        ("field?",),
        fixed(INTEGER),
        _count,
        "How many events there are, or how many have the field.",
        examples=(Example("count", 5), Example("count(f)", 4), Example("count(eval(f > 3))", 3)),
        aliases=("c",),
    ),
    Aggregation(
        "dc",
        ("field",),
        fixed(INTEGER),
        _distinct_count,
        "How many distinct values there are, exactly.",
        examples=(Example("dc(f)", 3),),
        aliases=("distinct_count",),
    ),
    Aggregation(
        "estdc",
        ("field",),
        fixed(INTEGER),
        _distinct_count,
        "About how many distinct values there are; an engine may estimate.",
        examples=(Example("estdc(f)", 3),),
        aliases=("dc_approx",),
    ),
)
