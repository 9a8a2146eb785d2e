"""Reads only the columns that something above needs: from the top down, then what is left from the bottom up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from trawl.algebra import (
    Aggregate,
    Extend,
    Filter,
    Join,
    Locate,
    Lump,
    Match,
    Measure,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Scan,
    Session,
    Slice,
    Sort,
    Templates,
    Unpivot,
    Window,
    post_order,
)
from trawl.expr import Expr, fields_of
from trawl.planning.columns import columns_of

T = TypeVar("T")


def apply(root: Relation) -> Relation:
    """Sets `Scan.only`, and drops assignments and names that nothing reads."""
    order = list(post_order(root))
    needs: dict[int, set[str]] = {id(relation): set() for relation in order}
    needs[id(root)] = set(root.columns.names)
    for relation in reversed(order):
        # rows without a column cannot be counted, nor handed to another engine
        if needs[id(relation)].isdisjoint(relation.columns.names):
            needs[id(relation)].update(relation.columns.names[:1])
        for child in relation.inputs:
            needs[id(child)] |= _asked(relation, child, needs[id(relation)])
    done: dict[int, Relation] = {}
    for relation in order:
        inputs = tuple([done[id(child)] for child in relation.inputs])
        narrowed = _narrowed(relation.with_inputs(inputs), needs[id(relation)])
        if inputs and narrowed is not relation:
            narrowed = replace(narrowed, schema=columns_of(narrowed))
        done[id(relation)] = narrowed
    return done[id(root)]


def _asked(relation: Relation, child: Relation, needed: set[str]) -> set[str]:
    """Which columns of `child` the relation reads to give the columns needed of it."""
    match relation:
        case Filter():
            return needed | fields_of(relation.condition)
        case Extend():
            kept = [(name, e) for name, e in relation.assignments if name in needed]
            return (needed - {name for name, _ in kept}) | _read(e for _, e in kept)
        case Project():
            return {old for new, old in relation.names if new in needed}
        case Sort():
            return needed | _read(key.value for key in relation.keys)
        case Slice() | Reverse():
            return needed
        case Aggregate():
            kept_measures = (measure for measure in relation.measures if measure.name in needed)
            return _read(key for _, key in relation.keys) | _measured(kept_measures)
        case Window():
            made = {measure.name for measure in relation.measures}
            keys = _read(relation.partition) | _read(key.value for key in relation.order)
            return (needed - made) | keys | _measured(relation.measures)
        case Session():
            made = {relation.number, relation.closed}
            conditions = (given for given in (relation.starts, relation.ends) if given is not None)
            return (needed - made) | _read([*relation.partition, relation.time, *conditions])
        case Join():
            return (needed | {name for pair in relation.keys for name in pair}) & set(child.columns.names)
        case Match() if child is relation.input:
            made = {name for name, _ in relation.taken}
            return (needed - made) | {key.field.name for key in relation.keys}
        case Match():
            return {key.column for key in relation.keys} | {old for new, old in relation.taken if new in needed}
        case Locate():
            return (needed - {name for name, _ in relation.taken}) | {relation.field.name}
        case Lump():
            return needed | {relation.field, *relation.by} | _measured((relation.weight,))
        case Pivot():
            return {relation.row, relation.column, *relation.values}
        case Templates():
            return {relation.text}
        case Unpivot():
            return needed.intersection(relation.kept).union(relation.turned)
        case _:
            return set(child.columns.names)


def _narrowed(relation: Relation, needed: set[str]) -> Relation:
    """The relation without what nothing needs of it; itself where there is nothing of the kind."""
    match relation:
        case Scan():
            only = tuple([name for name in relation.columns.names if name in needed])
            if len(only) == len(relation.columns):
                return relation
            schema = replace(
                relation.columns, columns=tuple([each for each in relation.columns if each.name in needed])
            )
            return replace(relation, only=only, schema=schema)
        case Aggregate(measures=measures):
            few = tuple([measure for measure in measures if measure.name in needed])
            return relation if len(few) == len(measures) else replace(relation, measures=few)
        case Extend(assignments=made):
            return relation if (kept := _kept(made, needed)) is made else replace(relation, assignments=kept)
        case Match(taken=columns):
            return relation if (taken := _kept(columns, needed)) is columns else replace(relation, taken=taken)
        case Locate(taken=facts):
            return relation if (left := _kept(facts, needed)) is facts else replace(relation, taken=left)
        case Project(names=names):
            return relation if (named := _kept(names, needed)) is names else replace(relation, names=named)
        case Profile(deviates=True):
            return relation if "deviation" in needed else replace(relation, deviates=False)
    return relation


def _kept(made: tuple[tuple[str, T], ...], needed: set[str]) -> tuple[tuple[str, T], ...]:
    """What is needed of what goes to columns of these names; the same tuple where all of it is."""
    kept = tuple([item for item in made if item[0] in needed])
    return made if len(kept) == len(made) else kept


def _read(expressions: Iterable[Expr]) -> set[str]:
    return set().union(*(fields_of(expression) for expression in expressions))


def _measured(measures: Iterable[Measure]) -> set[str]:
    return _read(argument for measure in measures for argument in measure.arguments)
