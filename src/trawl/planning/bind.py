"""Binding: gives every relation its columns and every expression its type, once, for all commands.

A relation is bound over inputs that are bound. What is bound already is left alone, so that binding
after each command costs only what the command added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch

from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Join,
    Locate,
    Lump,
    Match,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Session,
    Slice,
    Sort,
    SortKey,
    Templates,
    Transpose,
    Union,
    Unpack,
    Unpivot,
    Window,
)
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Expr, Field
from trawl.functions import locating
from trawl.functions.base import common
from trawl.functions.documents import RAW
from trawl.planning.chance import numbered
from trawl.planning.typing import Typing, measured, single
from trawl.schema import ANY, BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, Column, Kind, Schema, Type, array_of


def bind(root: Relation, typing: Typing | None = None) -> Relation:
    """The relation with all that is unbound in it bound.

    Args:
        typing: gives the expressions their types. None where no query's text stands behind the relation (sidebar,
            timeline): warnings go nowhere.

    Raises:
        TrawlError: `UNKNOWN_FUNCTION`, `INVALID_ARGUMENT` (their number), `TYPE_MISMATCH`, `UNKNOWN_FIELD`.
    """
    typing = typing or Typing()
    done: dict[int, Relation] = {}
    stack = [(root, False)]
    while stack:
        relation, opened = stack.pop()
        if relation.schema is not None:
            done[id(relation)] = relation
        elif opened:
            inputs = tuple([done[id(child)] for child in relation.inputs])
            done[id(relation)] = _numbered(_bound(relation.with_inputs(inputs), typing), typing)
        elif id(relation) not in done:
            stack.append((relation, True))
            stack.extend([(child, False) for child in relation.inputs])
    return done[id(root)]


def _numbered(relation: Relation, typing: Typing) -> Relation:
    """The relation that was just bound, over numbered rows if it draws random numbers."""
    if not typing.draws:
        return relation
    typing.draws.clear()
    return numbered(relation, typing.clock)


@singledispatch
def _bound(relation: Relation, typing: Typing) -> Relation:
    """A relation over inputs that are bound, with its columns, and with types for its expressions."""
    raise AssertionError(f"{type(relation).__name__} is bound from the start, or has no rule here")


@_bound.register
def _(relation: Generate, typing: Typing) -> Relation:
    number = (Column(relation.number, INTEGER),) if relation.number else ()
    return replace(relation, schema=Schema((Column(relation.time_field, TIME), *number)))


@_bound.register
def _(relation: Filter, typing: Typing) -> Relation:
    condition = _condition(relation.condition, relation.input.columns, typing)
    return replace(relation, condition=condition, schema=relation.input.columns)


@_bound.register
def _(relation: Extend, typing: Typing) -> Relation:
    assignments = tuple((name, typing.expression(e, relation.input.columns)) for name, e in relation.assignments)
    added = [Column(name, expression.type or NULL) for name, expression in assignments]
    return replace(relation, assignments=assignments, schema=relation.input.columns.with_columns(added))


@_bound.register
def _(relation: Project, typing: Typing) -> Relation:
    known = relation.input.columns
    if typing.is_json(RAW, known) and any(old == RAW for _, old in relation.names):
        relation = replace(relation, input=_bound(Extend(relation.input, ((RAW, Field(RAW)),)), typing))
        known = relation.input.columns
    return replace(relation, schema=Schema(tuple([Column(new, known.type_of(old)) for new, old in relation.names])))


@_bound.register
def _(relation: Sort, typing: Typing) -> Relation:
    return replace(relation, keys=_keys(relation.keys, relation.input, typing), schema=relation.input.columns)


@_bound.register
def _(relation: Slice | Reverse | Fill, typing: Typing) -> Relation:
    return replace(relation, schema=relation.input.columns)


@_bound.register
def _(relation: Aggregate, typing: Typing) -> Relation:
    known = relation.input.columns
    keys = tuple((name, typing.expression(key, known)) for name, key in relation.keys)
    measures = tuple(typing.measure(measure, known) for measure in relation.measures)
    columns = [Column(name, single(key.type)) for name, key in keys]
    columns += [Column(measure.name, measured(measure)) for measure in measures]
    _refuse_twice(column.name for column in columns)
    return replace(relation, keys=keys, measures=measures, schema=Schema(tuple(columns)))


@_bound.register
def _(relation: Window, typing: Typing) -> Relation:
    known = relation.input.columns
    measures = tuple(typing.measure(measure, known, in_window=True) for measure in relation.measures)
    return replace(
        relation,
        partition=tuple(typing.expression(key, known) for key in relation.partition),
        order=_keys(relation.order, relation.input, typing),
        measures=measures,
        schema=known.with_columns(Column(measure.name, measured(measure)) for measure in measures),
    )


@_bound.register
def _(relation: Session, typing: Typing) -> Relation:
    known = relation.input.columns
    return replace(
        relation,
        partition=tuple(typing.expression(key, known) for key in relation.partition),
        time=typing.expression(relation.time, known),
        starts=_condition(relation.starts, known, typing) if relation.starts else None,
        ends=_condition(relation.ends, known, typing) if relation.ends else None,
        schema=known.with_columns([Column(relation.number, INTEGER), Column(relation.closed, BOOLEAN)]),
    )


@_bound.register
def _(relation: Explode, typing: Typing) -> Relation:
    known = relation.input.columns
    column = Column(relation.field, single(known.type_of(relation.field)))
    return replace(relation, schema=known.with_columns([column]))


@_bound.register
def _(relation: Lump, typing: Typing) -> Relation:
    known = relation.input.columns
    schema = known.with_columns([Column(relation.field, STRING)])
    return replace(relation, weight=typing.measure(relation.weight, known), schema=schema)


@_bound.register
def _(relation: Pivot, typing: Typing) -> Relation:
    row = Column(relation.row, relation.input.columns.type_of(relation.row))
    return replace(relation, schema=Schema((row,), open=True))


@_bound.register
def _(relation: Unpack, typing: Typing) -> Relation:
    known = relation.input.columns
    text = typing.expression(relation.text, known)
    columns = (c if c.name in relation.kept else Column(c.name, ANY) for c in known)
    return replace(relation, text=text, schema=Schema(tuple(columns), open=True))


@_bound.register
def _(relation: Unpivot, typing: Typing) -> Relation:
    known = relation.input.columns
    value = common([NULL, *(known.type_of(name) for name in relation.turned)])
    kept = (Column(name, known.type_of(name)) for name in relation.kept)
    schema = Schema((*kept, Column(relation.name, STRING), Column(relation.value, value)))
    return replace(relation, schema=schema)


@_bound.register
def _(relation: Transpose, typing: Typing) -> Relation:
    return replace(relation, schema=Schema((Column(relation.name, STRING),), open=True))


@_bound.register
def _(relation: Profile, typing: Typing) -> Relation:
    return replace(relation, schema=PROFILE)


@_bound.register
def _(relation: Templates, typing: Typing) -> Relation:
    return replace(relation, schema=TEMPLATES)


@_bound.register
def _(relation: Union, typing: Typing) -> Relation:
    merged: dict[str, Type] = {}
    for part in relation.parts:
        for column in part.columns:
            merged[column.name] = merged.get(column.name, NULL).union(column.type)
    is_open = any(part.columns.open for part in relation.parts)
    return replace(relation, schema=Schema(tuple(Column(*item) for item in merged.items()), is_open))


@_bound.register
def _(relation: Join, typing: Typing) -> Relation:
    left, right = relation.left.columns, relation.right.columns
    keys = {key for _, key in relation.keys}
    added = []
    for column in right:
        if column.name in keys:
            continue
        mine = left.find(column.name)
        if mine is None:
            added.append(column)
        elif relation.overwrite:
            added.append(Column(column.name, column.type.union(mine.type)))
    schema = left.with_columns(added)
    return replace(relation, schema=Schema(schema.columns, left.open or right.open))


def _condition(expression: Expr, known: Schema, typing: Typing) -> Expr:
    condition = typing.expression(expression, known)
    assert condition.type is not None
    if not condition.type.is_null and Kind.BOOLEAN not in condition.type.kinds:
        raise TrawlError(
            Code.TYPE_MISMATCH,
            f"the condition is a {condition.type.name}, a comparison or another boolean is expected",
            hint="a text is looked for by `search`, a field that is there by `isnotnull(field)`",
            span=condition.span,
        )
    return condition


@_bound.register
def _(relation: Match, typing: Typing) -> Relation:
    mine, theirs = relation.input.columns, relation.table.columns
    keys = tuple(replace(key, field=replace(key.field, type=mine.type_of(key.field.name))) for key in relation.keys)
    added = [Column(name, _several(theirs.type_of(column), relation.most)) for name, column in relation.taken]
    return replace(relation, keys=keys, schema=mine.with_columns(added))


@_bound.register
def _(relation: Locate, typing: Typing) -> Relation:
    known = relation.input.columns
    address = replace(relation.field, type=known.type_of(relation.field.name))
    added = [Column(name, locating.TYPES[fact]) for name, fact in relation.taken]
    return replace(relation, field=address, schema=known.with_columns(added))


def _keys(keys: tuple[SortKey, ...], over: Relation, typing: Typing) -> tuple[SortKey, ...]:
    return tuple(replace(key, value=typing.expression(key.value, over.columns)) for key in keys)


TEMPLATES = Schema((Column("pattern", STRING), Column("count", INTEGER), Column("sample", STRING)))
PROFILE = Schema(
    (
        Column("field", STRING),
        Column("type", STRING),
        Column("count", INTEGER),
        Column("distinct", INTEGER),
        Column("numeric", INTEGER),
        Column("top", array_of(STRING)),
        Column("top_counts", array_of(INTEGER)),
        Column("minimum", STRING),
        Column("maximum", STRING),
        Column("average", FLOAT),
    )
)


def _several(type_: Type, most: int) -> Type:
    """The type of values of several rows together: one of them comes single."""
    return type_ if type_.is_null else Type(type_.kinds, multivalue=type_.multivalue or most > 1)


def _refuse_twice(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TrawlError(
                Code.INVALID_ARGUMENT, f"two columns would be named `{clip(name)}`", hint="name one of them with `as`"
            )
        seen.add(name)
