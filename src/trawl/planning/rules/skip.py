"""Tells scans what the filter above them asks for, so that they need not read what cannot hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from trawl.algebra import Filter, Project, Relation, Scan, rebuilt
from trawl.expr import Call, Expr, Field, Literal, all_of, walk

SEARCHES: Final = frozenset({"search_eq", "search_in", "search_text"})
"""Conditions that say what is in an event."""

MOST_VALUES: Final = 100
"""To look up more of them takes as long as to read a good part of the events; and hardly any stretch lacks all."""

FAULTLESS: Final = frozenset({"and", "or", "not"})


def apply(root: Relation) -> Relation:
    """Sets `Scan.where` below filters. Names in between are followed; a scan that is cut off at a number is left."""
    return rebuilt(root, _telling)


def _telling(relation: Relation) -> Relation:
    if not isinstance(relation, Filter):
        return relation
    return relation.with_inputs((_told(relation.input, relation.condition),))


def _told(below: Relation, condition: Expr) -> Relation:
    """The input of a filter, its scan told the condition."""
    between: list[Project] = []
    relation = below
    while isinstance(relation, Project):
        between.append(relation)
        relation = relation.input
    if not isinstance(relation, Scan) or relation.newest is not None:
        return below
    names = {name: name for name in relation.columns.names}
    for project in reversed(between):
        names = {new: names[old] for new, old in project.names if old in names}
    where = _asked(condition, names)
    if where is None or sum(isinstance(node, Literal) for node in walk(where)) > MOST_VALUES:
        return below
    told: Relation = replace(relation, where=where)
    for project in reversed(between):
        told = project.with_inputs((told,))
    return told


def _asked(condition: Expr, names: Mapping[str, str]) -> Expr | None:
    """What the condition asks of the scan's events; None for nothing that helps.

    Of terms in an AND only those count before which nothing can be at fault with the data: the faults of events that
    are not read would not be counted.
    """
    if not isinstance(condition, Call) or condition.function != "and":
        return _needed(condition, names)
    found: list[Expr] = []
    for argument in condition.arguments:
        if not _is_faultless(argument):
            break
        needed = _needed(argument, names)
        found += [] if needed is None else [needed]
    return all_of(*found) if found else None


def _is_faultless(condition: Expr) -> bool:
    calls = (node for node in walk(condition) if isinstance(node, Call))
    return all(call.function in FAULTLESS or call.function.startswith("search_") for call in calls)


def _needed(condition: Expr, names: Mapping[str, str]) -> Expr | None:
    """What holds of the scan's events wherever the condition does, made of AND, OR and searches; None if unknown."""
    match condition:
        case Call("and", arguments):
            needed = [found for argument in arguments if (found := _needed(argument, names)) is not None]
            return all_of(*needed) if needed else None
        case Call("or", arguments) if _is_faultless(condition):
            either = [_needed(argument, names) for argument in arguments]
            known = [found for found in either if found is not None]
            return replace(condition, arguments=tuple(known)) if len(known) == len(either) else None
        case Call(function, arguments) if function in SEARCHES:
            renamed = [found for argument in arguments if (found := _renamed(argument, names)) is not None]
            return replace(condition, arguments=tuple(renamed)) if len(renamed) == len(arguments) else None
    return None


def _renamed(argument: Expr, names: Mapping[str, str]) -> Expr | None:
    match argument:
        case Literal():
            return argument
        case Field(name) if name in names:
            return replace(argument, name=names[name])
    return None
