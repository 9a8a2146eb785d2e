"""Which columns a relation gives: by those of its inputs, and by the types that its expressions have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from typing import Final

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
    Templates,
    Transpose,
    Union,
    Unpack,
    Unpivot,
    Window,
)
from trawl.errors import Code, TrawlError, clip
from trawl.functions import locating
from trawl.functions.base import common
from trawl.planning.typing import measured, single
from trawl.schema import ANY, BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, Column, Schema, Type, array_of

TEMPLATES: Final = Schema((Column("pattern", STRING), Column("count", INTEGER), Column("sample", STRING)))
PROFILE: Final = Schema(
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


@singledispatch
def columns_of(relation: Relation) -> Schema:
    """The columns of a relation whose inputs are bound and whose expressions have types.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where two would have one name.
    """
    raise AssertionError(f"{type(relation).__name__} is bound from the start, or has no rule here")


@columns_of.register
def _(relation: Generate) -> Schema:
    number = (Column(relation.number, INTEGER),) if relation.number else ()
    return Schema((Column(relation.time_field, TIME), *number))


@columns_of.register
def _(relation: Filter | Sort | Slice | Reverse | Fill) -> Schema:
    return relation.input.columns


@columns_of.register
def _(relation: Extend) -> Schema:
    added = [Column(name, expression.type or NULL) for name, expression in relation.assignments]
    return relation.input.columns.with_columns(added)


@columns_of.register
def _(relation: Project) -> Schema:
    return relation.input.columns.under(relation.names)


@columns_of.register
def _(relation: Aggregate) -> Schema:
    columns = [Column(name, single(key.type)) for name, key in relation.keys]
    columns += [Column(measure.name, measured(measure)) for measure in relation.measures]
    _refuse_twice(column.name for column in columns)
    return Schema(tuple(columns))


@columns_of.register
def _(relation: Window) -> Schema:
    return relation.input.columns.with_columns(Column(each.name, measured(each)) for each in relation.measures)


@columns_of.register
def _(relation: Session) -> Schema:
    added = [Column(relation.number, INTEGER), Column(relation.closed, BOOLEAN)]
    return relation.input.columns.with_columns(added)


@columns_of.register
def _(relation: Explode) -> Schema:
    known = relation.input.columns
    return known.with_columns([Column(relation.field, single(known.type_of(relation.field)))])


@columns_of.register
def _(relation: Lump) -> Schema:
    return relation.input.columns.with_columns([Column(relation.field, STRING)])


@columns_of.register
def _(relation: Pivot) -> Schema:
    return Schema((Column(relation.row, relation.input.columns.type_of(relation.row)),), open=True)


@columns_of.register
def _(relation: Unpack) -> Schema:
    columns = (c if c.name in relation.kept else Column(c.name, ANY) for c in relation.input.columns)
    return Schema(tuple(columns), open=True)


@columns_of.register
def _(relation: Unpivot) -> Schema:
    known = relation.input.columns
    value = common([NULL, *(known.type_of(name) for name in relation.turned)])
    kept = (Column(name, known.type_of(name)) for name in relation.kept)
    return Schema((*kept, Column(relation.name, STRING), Column(relation.value, value)))


@columns_of.register
def _(relation: Transpose) -> Schema:
    return Schema((Column(relation.name, STRING),), open=True)


@columns_of.register
def _(relation: Profile) -> Schema:
    return PROFILE.with_columns([Column("deviation", FLOAT)]) if relation.deviates else PROFILE


@columns_of.register
def _(_: Templates) -> Schema:
    return TEMPLATES


@columns_of.register
def _(relation: Union) -> Schema:
    merged: dict[str, Type] = {}
    for part in relation.parts:
        for column in part.columns:
            merged[column.name] = merged.get(column.name, NULL).union(column.type)
    is_open = any(part.columns.open for part in relation.parts)
    return Schema(tuple(Column(*item) for item in merged.items()), is_open)


@columns_of.register
def _(relation: Join) -> Schema:
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
    return Schema(schema.columns, left.open or right.open)


@columns_of.register
def _(relation: Match) -> Schema:
    theirs = relation.table.columns
    added = [Column(name, _several(theirs.type_of(column), relation.most)) for name, column in relation.taken]
    return relation.input.columns.with_columns(added)


@columns_of.register
def _(relation: Locate) -> Schema:
    return relation.input.columns.with_columns(Column(name, locating.TYPES[fact]) for name, fact in relation.taken)


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
