"""Moves slices below what only names and computes columns, so that they meet each other and what they cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.algebra import Extend, Project, Relation, Slice, post_order

_MOVED: Final = (Slice, Project, Extend)


def apply(root: Relation) -> Relation:
    """Puts the slices of every run of slices, projections and extensions first, in their order.

    The others keep all rows and their order, so that the same rows lie beyond a slice: one with a notice
    moves too. What they compute is computed of the rows that are kept.
    """
    order = list(post_order(root))
    inside = {id(relation.input) for relation in order if isinstance(relation, _MOVED)}
    done: dict[int, Relation] = {}
    for relation in order:
        rebuilt = relation.with_inputs(tuple(done[id(child)] for child in relation.inputs))
        done[id(relation)] = rebuilt if id(relation) in inside else _sunk(rebuilt)
    return done[id(root)]


def _sunk(top: Relation) -> Relation:
    """The run that ends with this relation, slices first; the relation itself if it ends none."""
    slices: list[Slice] = []
    others: list[Relation] = []
    relation: Relation = top
    while isinstance(relation, _MOVED):
        if isinstance(relation, Slice):
            slices.append(relation)
        else:
            others.append(relation)
        relation = relation.input
    for cut in reversed(slices):
        relation = replace(cut, input=relation, schema=relation.columns)
    for other in reversed(others):
        relation = other.with_inputs((relation,))
    return relation
