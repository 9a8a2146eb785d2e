"""Expressions: what is computed for one event. One small tree for all commands and all engines.

Operators are calls like any other: `a == 1` is `Call("eq", …)`, `host=web*` of `search` is
`Call("search_eq", …)`; their names and meanings are in `trawl.functions`. The parser leaves `type`
unset; `trawl.planning.bind` sets it. Spans do not count in comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from trawl.errors import Span
from trawl.schema import Type
from trawl.values import Scalar

DEEPEST: Final = 200
"""Brackets and operators may nest this deep (api.md 1); n-ary `and`, `or`, `add` … count once."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant, or null. `text` is how the query spelled a number (`1.50`), where that may matter."""

    value: Scalar | None
    span: Span | None = field(default=None, compare=False, repr=False)
    text: str | None = None
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """The value of a field of the event."""

    name: str
    span: Span | None = field(default=None, compare=False, repr=False)
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class EveryField:
    """All fields but the time field, as arguments of a full-text call. The binder replaces it by them."""

    span: Span | None = field(default=None, compare=False, repr=False)
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator applied to arguments."""

    function: str
    arguments: tuple[Expr, ...]
    span: Span | None = field(default=None, compare=False, repr=False)
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Subsearch:
    """A subquery as a condition of `search`: one of its rows holds with all its fields. Its command replaces it.

    Attributes:
        place: of the subquery among those of the command.
    """

    place: int
    span: Span | None = field(default=None, compare=False, repr=False)
    type: Type | None = None


Expr: TypeAlias = Literal | Field | EveryField | Call | Subsearch


def walk(expression: Expr) -> Iterator[Expr]:
    """The expression and all in it, parents first. Depth is bounded by the parser (`DEEPEST`)."""
    yield expression
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from walk(argument)


def rewrite(expression: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """A copy with `change` applied to every node, arguments before calls."""
    if isinstance(expression, Call):
        arguments = tuple(rewrite(argument, change) for argument in expression.arguments)
        if any(new is not old for new, old in zip(arguments, expression.arguments, strict=True)):
            expression = replace(expression, arguments=arguments)
    return change(expression)


def fields_of(expression: Expr) -> set[str]:
    """The names of the fields that the expression reads."""
    return {node.name for node in walk(expression) if isinstance(node, Field)}


def all_of(*conditions: Expr) -> Expr:
    """The conjunction of conditions, flat."""
    flat: list[Expr] = []
    for condition in conditions:
        nested = isinstance(condition, Call) and condition.function == "and"
        flat.extend(condition.arguments if nested and isinstance(condition, Call) else (condition,))
    return flat[0] if len(flat) == 1 else Call("and", tuple(flat))
