"""Binding: gives every relation its columns and every expression its type, once, for all commands.

A relation is bound over inputs that are bound. What is bound already is left alone, so that binding
after each command costs only what the command added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import singledispatchmethod

from trawl import functions
from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Join,
    Lump,
    Measure,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Slice,
    Sort,
    SortKey,
    Union,
    Window,
)
from trawl.errors import Code, Notice, Span, TrawlError
from trawl.expr import Call, EveryField, Expr, Field, Literal
from trawl.schema import BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, Column, Kind, Schema, Type, array_of, type_of


@dataclass(frozen=True)
class Binder:
    """Binds relations.

    Attributes:
        time_field: the field that full-text search leaves out.
        notice: where warnings of unknown fields go.
        strict: whether an unknown field is an error instead (`strict: true` of a request, api.md 2).
    """

    time_field: str = "@timestamp"
    notice: Callable[[Notice], None] = lambda notice: None
    strict: bool = False

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
                bound[id(relation)] = self._bind(relation.with_inputs(inputs))
            elif id(relation) not in bound:
                stack.append((relation, True))
                stack.extend((child, False) for child in relation.inputs)
        return bound[id(root)]

    # --- relations -----------------------------------------------------------------------------------

    @singledispatchmethod
    def _bind(self, relation: Relation) -> Relation:
        raise AssertionError(f"{type(relation).__name__} is bound from the start, or has no rule here")

    @_bind.register
    def _(self, relation: Generate) -> Relation:
        number = (Column(relation.number, INTEGER),) if relation.number else ()
        return replace(relation, schema=Schema((Column(relation.time_field, TIME), *number)))

    @_bind.register
    def _(self, relation: Filter) -> Relation:
        condition = self.expression(relation.condition, relation.input.columns)
        assert condition.type is not None
        if not condition.type.is_null and Kind.BOOLEAN not in condition.type.kinds:
            raise TrawlError(
                Code.TYPE_MISMATCH,
                f"the condition is a {condition.type.name}, a comparison or another boolean is expected",
                span=condition.span,
            )
        return replace(relation, condition=condition, schema=relation.input.columns)

    @_bind.register
    def _(self, relation: Extend) -> Relation:
        assignments = tuple((name, self.expression(e, relation.input.columns)) for name, e in relation.assignments)
        added = [Column(name, expression.type or NULL) for name, expression in assignments]
        return replace(relation, assignments=assignments, schema=relation.input.columns.with_columns(added))

    @_bind.register
    def _(self, relation: Project) -> Relation:
        known = relation.input.columns
        for _, old in relation.names:
            self._note_unknown(old, None, known)
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
        keys = tuple((name, self.expression(key, known)) for name, key in relation.keys)
        measures = tuple(self._measure(measure, known) for measure in relation.measures)
        columns = [Column(name, _single(key.type)) for name, key in keys]
        columns += [Column(measure.name, _measured(measure)) for measure in measures]
        _refuse_twice(column.name for column in columns)
        return replace(relation, keys=keys, measures=measures, schema=Schema(tuple(columns)))

    @_bind.register
    def _(self, relation: Window) -> Relation:
        known = relation.input.columns
        measures = tuple(self._measure(measure, known) for measure in relation.measures)
        return replace(
            relation,
            partition=tuple(self.expression(key, known) for key in relation.partition),
            order=self._keys(relation.order, relation.input),
            measures=measures,
            schema=known.with_columns(Column(measure.name, _measured(measure)) for measure in measures),
        )

    @_bind.register
    def _(self, relation: Explode) -> Relation:
        known = relation.input.columns
        column = Column(relation.field, _single(known.type_of(relation.field)))
        return replace(relation, schema=known.with_columns([column]))

    @_bind.register
    def _(self, relation: Lump) -> Relation:
        known = relation.input.columns
        schema = known.with_columns([Column(relation.field, STRING)])
        return replace(relation, weight=self._measure(relation.weight, known), schema=schema)

    @_bind.register
    def _(self, relation: Pivot) -> Relation:
        row = Column(relation.row, relation.input.columns.type_of(relation.row))
        return replace(relation, schema=Schema((row,), open=True))

    @_bind.register
    def _(self, relation: Profile) -> Relation:
        return replace(relation, schema=PROFILE)

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

    # --- expressions ---------------------------------------------------------------------------------

    def expression(self, expression: Expr, known: Schema) -> Expr:
        """The expression with types, over rows of these columns. Depth is bounded by the parser."""
        match expression:
            case Literal():
                return replace(expression, type=type_of(expression.value))
            case Field():
                self._note_unknown(expression.name, expression.span, known)
                return replace(expression, type=known.type_of(expression.name))
            case EveryField():
                raise AssertionError("EveryField stands only among the arguments of a call")
            case Call():
                return self._call(expression, known)

    def _call(self, call: Call, known: Schema) -> Expr:
        function = functions.find(call.function)
        if function is None:
            raise TrawlError(Code.UNKNOWN_FUNCTION, f"there is no function `{call.function}`", span=call.span)
        arguments: list[Expr] = []
        for argument in call.arguments:
            if isinstance(argument, EveryField):
                names = (name for name in known.names if name != self.time_field)
                arguments.extend(Field(name, argument.span, known.type_of(name)) for name in names)
            else:
                arguments.append(self.expression(argument, known))
        typed = tuple(argument.type or NULL for argument in arguments)
        _check_count(call.function, len(arguments), function.least, function.most, function.parameters, call.span)
        return replace(call, arguments=tuple(arguments), type=_result(function.result, typed, call.span))

    def _measure(self, measure: Measure, known: Schema) -> Measure:
        if measure.function == ROW_NUMBER:
            return measure
        aggregation = functions.find_aggregation(measure.function)
        if aggregation is None:
            raise TrawlError(
                Code.UNKNOWN_FUNCTION, f"there is no aggregation `{measure.function}`", span=measure.span
            )
        arguments = tuple(self.expression(argument, known) for argument in measure.arguments)
        _check_count(
            measure.function, len(arguments), aggregation.least, aggregation.most, aggregation.parameters, measure.span
        )
        _measured_type(aggregation, arguments, measure.span)
        return replace(measure, arguments=arguments)

    def _keys(self, keys: tuple[SortKey, ...], over: Relation) -> tuple[SortKey, ...]:
        return tuple(replace(key, value=self.expression(key.value, over.columns)) for key in keys)

    def _note_unknown(self, name: str, span: Span | None, known: Schema) -> None:
        if name in known or known.open:
            return
        near = known.nearest(name)
        hint = f"did the query mean {' or '.join(f'`{other}`' for other in near)}?" if near else None
        message = f"no event has a field `{name}`"
        if self.strict:
            raise TrawlError(Code.UNKNOWN_FIELD, message, hint=hint, span=span)
        self.notice(Notice(Code.UNKNOWN_FIELD.value, f"{message}; {hint}" if hint else message, span))


ROW_NUMBER = "row_number"
PROFILE = Schema(
    (
        Column("field", STRING),
        Column("type", STRING),
        Column("count", INTEGER),
        Column("distinct", INTEGER),
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


def _single(type_: Type | None) -> Type:
    return Type((type_ or NULL).kinds)


def _measured(measure: Measure) -> Type:
    if measure.function == ROW_NUMBER:
        return INTEGER
    aggregation = functions.find_aggregation(measure.function)
    assert aggregation is not None
    return _measured_type(aggregation, measure.arguments, measure.span)


def _measured_type(aggregation: functions.Aggregation, arguments: tuple[Expr, ...], span: Span | None) -> Type:
    typed = tuple(_single(argument.type) if n == 0 else argument.type or NULL for n, argument in enumerate(arguments))
    if aggregation.name.startswith("count") and arguments and isinstance(arguments[0], Literal):
        typed = (BOOLEAN,)
    return _result(aggregation.result, typed, span)


def _result(result: functions.ResultType, typed: tuple[Type, ...], span: Span | None) -> Type:
    try:
        return result(typed)
    except TrawlError as error:
        if error.span is None:
            error.span = span
        raise


def _check_count(
    name: str, count: int, least: int, most: int | None, parameters: tuple[str, ...], span: Span | None
) -> None:
    if least <= count and (most is None or count <= most):
        return
    if most is None:
        expected = f"at least {least}"
    else:
        expected = str(least) if least == most else f"{least} to {most}"
    raise TrawlError(
        Code.INVALID_ARGUMENT,
        f"`{name}` has {count} arguments, expected {expected}",
        hint=f"it is written `{name}({', '.join(parameters)})`",
        span=span,
    )


def _refuse_twice(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TrawlError(
                Code.INVALID_ARGUMENT, f"two columns would be named `{name}`", hint="name one of them with `as`"
            )
        seen.add(name)
