"""Puts neighbours into one: filters over filters, slices over slices, and slices over what is generated.

What a slice says where it cuts rows off is kept, but for rows that nobody would have seen anyhow.
"""

from __future__ import annotations

from dataclasses import replace

from trawl.algebra import Filter, Generate, Relation, Slice, rebuilt
from trawl.expr import Call, Expr, all_of
from trawl.schema import BOOLEAN


def apply(root: Relation) -> Relation:
    """Merges a filter into the filter below it, a slice into the slice below it; generates no more than is read."""
    return rebuilt(root, _merged)


def _merged(relation: Relation) -> Relation:
    match relation:
        case Filter(input=Filter() as below) if _is_boolean(below.condition) and _is_boolean(relation.condition):
            both = replace(all_of(below.condition, relation.condition), type=BOOLEAN)
            return Filter(below.input, both, schema=relation.schema)
        case Slice(input=Slice() as below) if relation.notice is None and _is_unseen(below, relation):
            count = relation.count
            if below.count is not None:
                left = max(0, below.count - relation.offset)
                count = left if count is None else min(count, left)
            return Slice(below.input, count, below.offset + relation.offset, schema=relation.schema)
        case Slice(input=Generate() as below, count=int() as count, notice=None):
            if below.count <= count + relation.offset:
                return relation
            return replace(relation, input=replace(below, count=count + relation.offset))
    return relation


def _is_boolean(condition: Expr) -> bool:
    """Whether a condition and, where it is of several, each of them is a boolean: what is none is told by its place."""
    parts = condition.arguments if isinstance(condition, Call) and condition.function == "and" else ()
    return all(part.type == BOOLEAN for part in (condition, *parts))


def _is_unseen(below: Slice, above: Slice) -> bool:
    """Whether it needs no saying that the slice below cuts rows off: the one above asks for none of them."""
    if below.notice is None or below.count is None:
        return True
    return above.count is not None and above.offset + above.count <= below.count
