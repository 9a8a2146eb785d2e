"""Types of expressions: resolves fields, functions and aggregates over the columns that there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Final

from trawl import functions
from trawl.algebra import BY_PLACE, ROW_NUMBER, Measure
from trawl.commands import REGISTRY
from trawl.commands.calls import misread_call, misread_measure, misread_text
from trawl.commands.habits import FUNCTIONS, MEASURES
from trawl.commands.terms import misread
from trawl.errors import Code, Notice, Span, TrawlError, clip, meant
from trawl.expr import Call, EveryField, Expr, Field, Literal, Subsearch
from trawl.functions.base import Aggregation, Clock, Function
from trawl.functions.chance import RANDOM
from trawl.functions.documents import RAW, as_json
from trawl.language.embedded import SEARCH
from trawl.planning.fulltext import FullText
from trawl.planning.unknown import note_unknown
from trawl.schema import ANY, INTEGER, NULL, Kind, Schema, Type, type_of
from trawl.values import Instant

_STOPPED: Final = Clock(Instant(0))
"""For binding again what a rule rewrote: by then no call asks for the clock."""


@dataclass(frozen=True)
class Typing:
    """Gives expressions their types; those that have one keep it, as no rule changes what a column holds.

    Attributes:
        time_field: the field that full-text search leaves out.
        notice: where warnings of unknown fields go.
        strict: whether an unknown field is an error instead (`strict: true` of a request, api.md 2).
        clock: what `now()` is, and the zone of times as text.
        full_text: what `EveryField` is, counted over the whole plan.
        are_events: whether the rows are events, of which `_raw` is the JSON where no source has such a field.
        draws: the calls of `random()` that were given types, until the rows that they go by are numbered.
        command: the name of the one that the expressions are of.
    """

    time_field: str = "@timestamp"
    notice: Callable[[Notice], None] = lambda notice: None
    strict: bool = False
    clock: Clock = _STOPPED
    full_text: FullText = dataclass_field(default_factory=FullText)
    are_events: bool = False
    draws: list[Call] = dataclass_field(default_factory=list)
    command: str = ""

    def expression(self, expression: Expr, known: Schema) -> Expr:
        """The expression with types, over rows of these columns. Depth is bounded by the parser.

        Raises:
            TrawlError: `UNKNOWN_FUNCTION`, `INVALID_ARGUMENT`, `TYPE_MISMATCH`, `UNKNOWN_FIELD`, `QUERY_TOO_LARGE`.
        """
        if expression.type is not None:
            return expression
        match expression:
            case Literal():
                for notice in misread_text(expression, known):
                    self.notice(notice)
                return Literal(expression.value, expression.span, expression.text, type_of(expression.value))
            case Field():
                return self._field(expression, known)
            case EveryField() | Subsearch():
                raise AssertionError(f"{type(expression).__name__} is replaced before, or by the call around it")
            case Call():
                return self._call(expression, known)

    def measure(self, measure: Measure, known: Schema, *, in_window: bool = False) -> Measure:
        """The measure with types, over rows of these columns. Raises what `expression` does.

        Args:
            in_window: whether a measure may go by the row's place.
        """
        arguments = tuple(self.expression(argument, known) for argument in measure.arguments)
        if in_window and measure.function in BY_PLACE:
            return replace(measure, arguments=arguments)
        aggregation = _aggregation(measure)
        _accept(aggregation, measure.function, arguments, measure.span)
        if aggregation.of_times is not None and (arguments[0].type or NULL).kind is Kind.TIME:
            measure = replace(measure, function=aggregation.of_times)
        for notice in misread_measure(aggregation.name, arguments, known):
            self.notice(notice)
        typed = replace(measure, arguments=arguments)
        measured(typed)
        return typed

    def is_json(self, name: str, known: Schema) -> bool:
        """Whether a field is none of the columns, but what `as_json` makes of them."""
        return name == RAW and self.are_events and name not in known and not known.open

    def _field(self, field: Field, known: Schema, *, may_be_text: bool = False) -> Expr:
        if self.is_json(field.name, known):
            return as_json(known)
        return self._known_field(field, known, may_be_text=may_be_text)

    def _known_field(self, field: Field, known: Schema, *, may_be_text: bool = False) -> Field:
        note_unknown(
            field,
            known,
            self.time_field,
            self.notice,
            is_strict=self.strict,
            may_be_text=may_be_text,
            command=self.command,
        )
        return Field(field.name, field.span, known.type_of(field.name))

    def _call(self, call: Call, known: Schema) -> Expr:
        function = functions.find(call.function)
        if function is None:
            reason = f"there is no function `{clip(call.function)}`"
            raise TrawlError(Code.UNKNOWN_FUNCTION, reason, hint=_function_hint(call.function.lower()), span=call.span)
        if function.expand is not None:
            expanded = function.expand(call, self.clock)
            if call.function == SEARCH and expanded is not call:
                for notice in misread(expanded, known):
                    self.notice(notice)
            if not isinstance(expanded, Call) or expanded.function != call.function:
                return self.expression(expanded, known)
            call = expanded
        arguments: list[Expr] = []
        for argument in call.arguments:
            if isinstance(argument, EveryField):
                arguments.extend(self.full_text.fields(known, self.time_field, call.span))
            elif isinstance(argument, Field) and function.lazy and function.expand is not None:
                arguments.append(self._known_field(argument, known))  # each of its values stands for it inside
            elif isinstance(argument, Field):
                may_be_text = bool(arguments) and call.span is not None and function.takes_text
                arguments.append(self._field(argument, known, may_be_text=may_be_text))
            else:
                arguments.append(self.expression(argument, known))
        bound = tuple(arguments)
        _accept(function, call.function, bound, call.span)
        typed = Call(function.name, bound, call.span, self._type_of(function, bound, call, known))
        if function.name == RANDOM:
            self.draws.append(typed)
        for notice in misread_call(typed, known):
            self.notice(notice)
        return typed

    def _type_of(self, function: Function, arguments: tuple[Expr, ...], call: Call, known: Schema) -> Type:
        """The type of a call's values. What depends on columns that only the data tells is checked once it has."""
        types = tuple([argument.type or NULL for argument in arguments])
        try:
            return _result(function.result, types, call.span)
        except TrawlError:
            if known.open and ANY in types:
                return ANY
            raise


def single(type_: Type | None) -> Type:
    """The type of one value at a time of such a column: what a group key or an exploded column has."""
    return Type((type_ or NULL).kinds)


def measured(measure: Measure) -> Type:
    """The type of the column that a typed measure goes to."""
    if measure.function in BY_PLACE:
        return INTEGER if measure.function == ROW_NUMBER else measure.arguments[0].type or NULL
    first, *rest = (argument.type or NULL for argument in measure.arguments) if measure.arguments else (NULL,)
    return _result(_aggregation(measure).result, (single(first), *rest), measure.span)


def _function_hint(name: str) -> str | None:
    """What is meant by the name of a function that there is none of."""
    if functions.find_aggregation(name):
        return f"`{name}` is an aggregation: `stats {name}(…)`, then `where` or `eval`"
    if name in REGISTRY:
        return f"`{name}` is a command, a bar goes before it: `| {name} …`"
    subject, dot, method = name.rpartition(".")
    if dot and functions.find(method):
        return f"a function takes all of its values in brackets: `{method}({clip(subject)}, …)`"
    return FUNCTIONS.get(name) or meant(functions.nearest(name, functions.names()))


def _aggregation(measure: Measure) -> Aggregation:
    aggregation = functions.find_aggregation(measure.function)
    if aggregation is None:
        near = functions.nearest(measure.function, functions.aggregation_names())
        hint = MEASURES.get(measure.function.rstrip("0123456789")) or meant(near)
        if not measure.arguments:
            hint = hint or "a field stands in brackets, `avg(field)`, or after BY; the name of a measure after AS"
        hint = hint or "a measure is one such as `count`, `dc(field)`, `avg(field)`, `max(field)`, `values(field)`"
        reason = f"there is no aggregation `{clip(measure.function)}`"
        raise TrawlError(Code.UNKNOWN_FUNCTION, reason, hint=hint, span=measure.span)
    return aggregation


def _constant_hint(argument: Expr) -> str:
    """What is meant by an argument that should be a constant and is not."""
    shown = clip(argument.name) if isinstance(argument, Field) else "…"
    return f'a text takes double quotes: "{shown}"'


def _swapped_hint(name: str, position: int, arguments: tuple[Expr, ...]) -> str | None:
    """What is meant where the one of two arguments is a constant that should be the other; None elsewhere."""
    match arguments:
        case (Field(field), Literal(str(text))) if position == 0:
            return f'the constant stands first: `{name}("{clip(text)}", {clip(field)})`'
        case (Literal(str(text)), Field(field)) if position == 1:
            return f'the constant stands second: `{name}({clip(field)}, "{clip(text)}")`'
    return None


def _accept(callee: Function | Aggregation, name: str, arguments: tuple[Expr, ...], span: Span | None) -> None:
    """Refuses a wrong number of arguments, what should be constant and is not, and constants that make no sense."""
    least, most, count = callee.least, callee.most, len(arguments)
    if count < least or (most is not None and count > most):
        expected = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            f"`{name}` has {count} {'argument' if count == 1 else 'arguments'}, expected {expected}",
            hint=f"it is written `{name}({', '.join(callee.parameters)})`",
            span=span,
        )
    for position in callee.constants:
        if position < count and not isinstance(arguments[position], Literal):
            raise TrawlError(
                Code.INVALID_ARGUMENT,
                f"argument {position + 1} of `{name}` is computed, a constant is expected",
                hint=_swapped_hint(name, position, arguments) or _constant_hint(arguments[position]),
                span=arguments[position].span or span,
            )
    if callee.check is not None:
        with placed(span):
            callee.check(arguments)


def _result(result: functions.ResultType, typed: tuple[Type, ...], span: Span | None) -> Type:
    with placed(span):
        return result(typed)


class placed:  # noqa: N801  # reads as a verb where it is used, like those of contextlib
    """Gives an error raised inside that has no place in the query this one."""

    __slots__ = ("_span",)

    def __init__(self, span: Span | None) -> None:
        self._span = span

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TrawlError):
            error.span = error.span or self._span
