"""Binding: gives every relation its columns and every expression its type, once, for all commands.

A relation is bound over inputs that are bound. What is bound already is left alone, so that binding
after each command costs only what the command added.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from trawl.algebra import (
    Aggregate,
    Extend,
    Filter,
    Locate,
    Lump,
    Match,
    Project,
    Relation,
    Session,
    Sort,
    SortKey,
    Unpack,
    Window,
)
from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Field
from trawl.functions.documents import RAW
from trawl.planning.chance import numbered
from trawl.planning.columns import columns_of
from trawl.planning.typing import Typing
from trawl.schema import Kind, Schema


def bind(root: Relation, typing: Typing | None = None) -> Relation:
    """The relation with all that is unbound in it bound.

    Args:
        typing: gives the expressions their types. None where no query's text stands behind the relation (sidebar,
            timeline): warnings go nowhere.

    Raises:
        TrawlError: `UNKNOWN_FUNCTION`, `INVALID_ARGUMENT` (their number), `TYPE_MISMATCH`, `UNKNOWN_FIELD`.
    """
    typing = typing or Typing()
    bound: dict[int, Relation] = {}
    stack = [(root, False)]
    while stack:
        relation, opened = stack.pop()
        if relation.schema is not None:
            bound[id(relation)] = relation
        elif opened:
            inputs = tuple([bound[id(child)] for child in relation.inputs])
            bound[id(relation)] = _bound(relation.with_inputs(inputs), typing)
        elif id(relation) not in bound:
            stack.append((relation, True))
            stack.extend([(child, False) for child in relation.inputs])
    return bound[id(root)]


def _bound(relation: Relation, typing: Typing) -> Relation:
    """A relation over inputs that are bound."""
    typed = _typed(relation, typing)
    bound = replace(typed, schema=columns_of(typed))
    if not typing.draws:
        return bound
    typing.draws.clear()
    return numbered(bound, typing.clock)


@singledispatch
def _typed(relation: Relation, typing: Typing) -> Relation:
    """The relation with types for its expressions; most have none."""
    return relation


@_typed.register
def _(relation: Filter, typing: Typing) -> Relation:
    return Filter(relation.input, _condition(relation.condition, relation.input.columns, typing))


@_typed.register
def _(relation: Extend, typing: Typing) -> Relation:
    known = relation.input.columns
    return Extend(relation.input, tuple([(name, typing.expression(e, known)) for name, e in relation.assignments]))


@_typed.register
def _(relation: Project, typing: Typing) -> Relation:
    known = relation.input.columns
    if typing.is_json(RAW, known) and any(old == RAW for _, old in relation.names):
        return replace(relation, input=_bound(Extend(relation.input, ((RAW, Field(RAW)),)), typing))
    return relation


@_typed.register
def _(relation: Sort, typing: Typing) -> Relation:
    return Sort(relation.input, _keys(relation.keys, relation.input.columns, typing))


@_typed.register
def _(relation: Aggregate, typing: Typing) -> Relation:
    known = relation.input.columns
    keys = tuple([(name, typing.expression(key, known)) for name, key in relation.keys])
    measures = tuple([typing.measure(measure, known) for measure in relation.measures])
    return replace(relation, keys=keys, measures=measures)


@_typed.register
def _(relation: Window, typing: Typing) -> Relation:
    known = relation.input.columns
    return replace(
        relation,
        measures=tuple([typing.measure(measure, known, in_window=True) for measure in relation.measures]),
        partition=tuple([typing.expression(key, known) for key in relation.partition]),
        order=_keys(relation.order, known, typing),
    )


@_typed.register
def _(relation: Session, typing: Typing) -> Relation:
    known = relation.input.columns
    return replace(
        relation,
        partition=tuple([typing.expression(key, known) for key in relation.partition]),
        time=typing.expression(relation.time, known),
        starts=_condition(relation.starts, known, typing) if relation.starts else None,
        ends=_condition(relation.ends, known, typing) if relation.ends else None,
    )


@_typed.register
def _(relation: Lump, typing: Typing) -> Relation:
    return replace(relation, weight=typing.measure(relation.weight, relation.input.columns))


@_typed.register
def _(relation: Unpack, typing: Typing) -> Relation:
    return replace(relation, text=typing.expression(relation.text, relation.input.columns))


@_typed.register
def _(relation: Match, typing: Typing) -> Relation:
    known = relation.input.columns
    return replace(relation, keys=tuple([replace(key, field=_as_it_is(key.field, known)) for key in relation.keys]))


@_typed.register
def _(relation: Locate, typing: Typing) -> Relation:
    return replace(relation, field=_as_it_is(relation.field, relation.input.columns))


def _as_it_is(field: Field, known: Schema) -> Field:
    """A field that its command has looked for already."""
    return replace(field, type=known.type_of(field.name))


def _condition(expression: Expr, known: Schema, typing: Typing) -> Expr:
    condition = typing.expression(expression, known)
    assert condition.type is not None
    if not condition.type.is_null and Kind.BOOLEAN not in condition.type.kinds:
        raise TrawlError(
            Code.TYPE_MISMATCH,
            f"the condition is {condition.type.called}, a comparison or another boolean is expected",
            hint="a text is looked for by `search`, a field that is there by `isnotnull(field)`",
            span=condition.span,
        )
    return condition


def _keys(keys: tuple[SortKey, ...], known: Schema, typing: Typing) -> tuple[SortKey, ...]:
    return tuple([SortKey(typing.expression(key.value, known), key.descending, key.mode) for key in keys])
