"""Which relations have to keep the order of their rows: what nothing looks at is neither read nor carried along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Filter,
    Given,
    Locate,
    Match,
    Measure,
    Project,
    Relation,
    Reverse,
    Scan,
    Slice,
    Sort,
    Unpack,
    Window,
)
from trawl.engines.duckdb import totals, windows
from trawl.functions import find_aggregation

_PASSING: Final = Filter | Extend | Project | Explode | Locate | Unpack | Sort | Reverse
"""Relations of which the order says nothing but in what order their rows come."""
UNORDERED: Final = frozenset(
    {"avg", "count", "dc", "max", "median", "min", "perc", "range", "stdev", "stdevp", "sum", "sumsq", "var", "varp"}
)
"""Aggregations that are the same in whatever order the rows come."""


def ordered(order: Sequence[Relation]) -> set[int]:
    """The identities of the relations whose rows have to come in order.

    Args:
        order: all relations, inputs before what reads them; the rows of the last one have to.
    """
    found = {id(order[-1])}
    for relation in reversed(order):
        for number, child in enumerate(relation.inputs):
            if _asks_order(relation, number, is_ordered=id(relation) in found):
                found.add(id(child))
    return found


def counted(relation: Relation) -> Scan | Given | None:
    """The events that a relation numbers, or keeps so many of, all or of each group, as they come one by one."""
    match relation:
        case _ if windows.keeps_first(relation):
            (below,) = relation.input.inputs
        case Window(only_numbers=True) | Slice():
            below = relation.input
        case _:
            return None
    while isinstance(below, Filter | Extend | Project):
        below = below.input
    return below if isinstance(below, Scan | Given) else None


def _asks_order(relation: Relation, number: int, *, is_ordered: bool) -> bool:
    """Whether a relation has to have the rows of an input in order.

    Args:
        number: the place of the input. is_ordered: whether its own rows have to be.
    """
    match relation:
        case Aggregate(measures=measures):
            return not _are_unordered(measures)
        case Match():
            return is_ordered or number > 0
        case _ if isinstance(relation, _PASSING):
            return is_ordered
        case _ if totals.can(relation):
            return is_ordered or not _are_unordered(relation.measures)
        case _:
            return True


def _are_unordered(measures: Iterable[Measure]) -> bool:
    found = (find_aggregation(measure.function) for measure in measures)
    return all(aggregation is not None and aggregation.name in UNORDERED for aggregation in found)
