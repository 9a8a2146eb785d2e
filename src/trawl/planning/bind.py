"""Binding: gives every relation its columns and every expression its type, once, for all commands.

A relation is bound over inputs that are bound. What is bound already is left alone, so that binding
after each command costs only what the command added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

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


@dataclass(frozen=True)
class Binder:
    """Binds relations; `typing` gives their expressions types."""

    typing: Typing = field(default_factory=Typing)

    def bind(self, root: Relation) -> Relation:
        """The relation with all that is unbound in it bound.

        Raises:
            TrawlError: `UNKNOWN_FUNCTION`, `INVALID_ARGUMENT` (their number), `TYPE_MISMATCH`, `UNKNOWN_FIELD`.
        """
        bound: dict[int, Relation] = {}
        stack = [(root, False)]
        while stack:
            relation, opened = stack.pop()
            if relation.schema is not None:
                bound[id(relation)] = relation
            elif opened:
                inputs = tuple(bound[id(child)] for child in relation.inputs)
                bound[id(relation)] = numbered(self._bind(relation.with_inputs(inputs)), self.typing.clock)
            elif id(relation) not in bound:
                stack.append((relation, True))
                stack.extend((child, False) for child in relation.inputs)
        return bound[id(root)]

    @singledispatchmethod
    def _bind(self, relation: Relation) -> Relation:
        raise AssertionError(f"{type(relation).__name__} is bound from the start, or has no rule here")

    @_bind.register
    def _(self, relation: Generate) -> Relation:
        number = (Column(relation.number, INTEGER),) if relation.number else ()
        return replace(relation, schema=Schema((Column(relation.time_field, TIME), *number)))

    @_bind.register
    def _(self, relation: Filter) -> Relation:
        condition = self._condition(relation.condition, relation.input.columns)
        return replace(relation, condition=condition, schema=relation.input.columns)

    @_bind.register
    def _(self, relation: Extend) -> Relation:
        assignments = tuple(
            (name, self.typing.expression(e, relation.input.columns)) for name, e in relation.assignments
        )
        added = [Column(name, expression.type or NULL) for name, expression in assignments]
        return replace(relation, assignments=assignments, schema=relation.input.columns.with_columns(added))

    @_bind.register
    def _(self, relation: Project) -> Relation:
        known = relation.input.columns
        if any(self.typing.is_json(old, known) for _, old in relation.names):
            relation = replace(relation, input=self._bind(Extend(relation.input, ((RAW, Field(RAW)),))))
            known = relation.input.columns
        return replace(relation, schema=Schema(tuple(Column(new, known.type_of(old)) for new, old in relation.names)))

    @_bind.register
    def _(self, relation: Sort) -> Relation:
        return replace(relation, keys=self._keys(relation.keys, relation.input), schema=relation.input.columns)

    @_bind.register(Slice)
    @_bind.register(Reverse)
    @_bind.register(Fill)
    def _(self, relation: Slice | Reverse | Fill) -> Relation:
        return replace(relation, schema=relation.input.columns)

    @_bind.register
    def _(self, relation: Aggregate) -> Relation:
        known = relation.input.columns
        keys = tuple((name, self.typing.expression(key, known)) for name, key in relation.keys)
        measures = tuple(self.typing.measure(measure, known) for measure in relation.measures)
        columns = [Column(name, single(key.type)) for name, key in keys]
        columns += [Column(measure.name, measured(measure)) for measure in measures]
        _refuse_twice(column.name for column in columns)
        return replace(relation, keys=keys, measures=measures, schema=Schema(tuple(columns)))

    @_bind.register
    def _(self, relation: Window) -> Relation:
        known = relation.input.columns
        measures = tuple(self.typing.measure(measure, known, in_window=True) for measure in relation.measures)
        return replace(
            relation,
            partition=tuple(self.typing.expression(key, known) for key in relation.partition),
            order=self._keys(relation.order, relation.input),
            measures=measures,
            schema=known.with_columns(Column(measure.name, measured(measure)) for measure in measures),
        )

    @_bind.register
    def _(self, relation: Session) -> Relation:
        known = relation.input.columns
        return replace(
            relation,
            partition=tuple(self.typing.expression(key, known) for key in relation.partition),
            time=self.typing.expression(relation.time, known),
            starts=self._condition(relation.starts, known) if relation.starts else None,
            ends=self._condition(relation.ends, known) if relation.ends else None,
            schema=known.with_columns([Column(relation.number, INTEGER), Column(relation.closed, BOOLEAN)]),
        )

    @_bind.register
    def _(self, relation: Explode) -> Relation:
        known = relation.input.columns
        column = Column(relation.field, single(known.type_of(relation.field)))
        return replace(relation, schema=known.with_columns([column]))

    @_bind.register
    def _(self, relation: Lump) -> Relation:
        known = relation.input.columns
        schema = known.with_columns([Column(relation.field, STRING)])
        return replace(relation, weight=self.typing.measure(relation.weight, known), schema=schema)

    @_bind.register
    def _(self, relation: Pivot) -> Relation:
        row = Column(relation.row, relation.input.columns.type_of(relation.row))
        return replace(relation, schema=Schema((row,), open=True))

    @_bind.register
    def _(self, relation: Unpack) -> Relation:
        known = relation.input.columns
        text = self.typing.expression(relation.text, known)
        columns = (c if c.name in relation.kept else Column(c.name, ANY) for c in known)
        return replace(relation, text=text, schema=Schema(tuple(columns), open=True))

    @_bind.register
    def _(self, relation: Unpivot) -> Relation:
        known = relation.input.columns
        value = common([NULL, *(known.type_of(name) for name in relation.turned)])
        kept = (Column(name, known.type_of(name)) for name in relation.kept)
        schema = Schema((*kept, Column(relation.name, STRING), Column(relation.value, value)))
        return replace(relation, schema=schema)

    @_bind.register
    def _(self, relation: Transpose) -> Relation:
        return replace(relation, schema=Schema((Column(relation.name, STRING),), open=True))

    @_bind.register
    def _(self, relation: Profile) -> Relation:
        return replace(relation, schema=PROFILE)

    @_bind.register
    def _(self, relation: Templates) -> Relation:
        return replace(relation, schema=TEMPLATES)

    @_bind.register
    def _(self, relation: Union) -> Relation:
        merged: dict[str, Type] = {}
        for part in relation.parts:
            for column in part.columns:
                merged[column.name] = merged.get(column.name, NULL).union(column.type)
        is_open = any(part.columns.open for part in relation.parts)
        return replace(relation, schema=Schema(tuple(Column(*item) for item in merged.items()), is_open))

    @_bind.register
    def _(self, relation: Join) -> Relation:
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

    def _condition(self, expression: Expr, known: Schema) -> Expr:
        condition = self.typing.expression(expression, known)
        assert condition.type is not None
        if not condition.type.is_null and Kind.BOOLEAN not in condition.type.kinds:
            raise TrawlError(
                Code.TYPE_MISMATCH,
                f"the condition is {condition.type.called}, a comparison or another boolean is expected",
                hint="a text is looked for by `search`, a field that is there by `isnotnull(field)`",
                span=condition.span,
            )
        return condition

    @_bind.register
    def _(self, relation: Match) -> Relation:
        mine, theirs = relation.input.columns, relation.table.columns
        keys = tuple(replace(key, field=replace(key.field, type=mine.type_of(key.field.name))) for key in relation.keys)
        added = [Column(name, _several(theirs.type_of(column), relation.most)) for name, column in relation.taken]
        return replace(relation, keys=keys, schema=mine.with_columns(added))

    @_bind.register
    def _(self, relation: Locate) -> Relation:
        known = relation.input.columns
        address = replace(relation.field, type=known.type_of(relation.field.name))
        added = [Column(name, locating.TYPES[fact]) for name, fact in relation.taken]
        return replace(relation, field=address, schema=known.with_columns(added))

    def _keys(self, keys: tuple[SortKey, ...], over: Relation) -> tuple[SortKey, ...]:
        return tuple(replace(key, value=self.typing.expression(key.value, over.columns)) for key in keys)


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


def bind(relation: Relation) -> Relation:
    """Binds a relation that no query's text stands behind (sidebar, timeline): warnings go nowhere."""
    return Binder().bind(relation)


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
