"""Moves slices below what only names, computes and numbers, so that they meet each other and what they cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from trawl.algebra import Extend, Locate, Match, Project, Relation, Slice, Window, post_order

_MOVED: Final = (Slice, Project, Extend, Match, Locate)


def apply(root: Relation) -> Relation:
    """Puts the slices of every run of slices, projections and extensions first, in their order.

    The others keep all rows and their order, so that the same rows lie beyond a slice: one with a notice
    moves too. What they compute is computed of the rows that are kept. Where rows are numbered from the first
    one on, a slice that begins with it moves as well.
    """
    order = list(post_order(root))
    running = [relation for relation in order if isinstance(relation, _MOVED) or _numbers(relation)]
    inside = {id(child) for relation in running for child in relation.inputs}
    done: dict[int, Relation] = {}
    for relation in order:
        rebuilt = relation.with_inputs(tuple(done[id(child)] for child in relation.inputs))
        done[id(relation)] = rebuilt if id(relation) in inside else _sunk(rebuilt)
    return done[id(root)]


def _sunk(top: Relation) -> Relation:
    """The runs that end with this relation, slices first; the relation itself if it ends none."""
    runs: list[tuple[list[Slice], list[Relation]]] = []
    relation: Relation = top
    while isinstance(relation, _MOVED) or _numbers(relation):
        slices: list[Slice] = []
        others: list[Relation] = []
        while isinstance(relation, _MOVED) or (_numbers(relation) and not any(cut.offset for cut in slices)):
            if isinstance(relation, Slice):
                slices.append(relation)
            else:
                others.append(relation)
            relation = relation.inputs[0]
        runs.append((slices, others))
    for slices, others in reversed(runs):
        for cut in reversed(slices):
            relation = replace(cut, input=relation, schema=relation.columns)
        for other in reversed(others):
            relation = other.with_inputs((relation, *other.inputs[1:]))
    return relation


def _numbers(relation: Relation) -> bool:
    return isinstance(relation, Window) and relation.only_numbers
