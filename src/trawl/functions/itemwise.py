"""Expressions of each value of a multivalue: filtering and changing them (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Field, fields_of, walk
from trawl.functions.base import Clock, Example, Function, spread
from trawl.functions.coercion import expect
from trawl.schema import BOOLEAN, Type, array_of
from trawl.values import Scalar, Value

Of = Callable[[Scalar], Value]
"""What the second argument is for one value of the field."""

_NAMES: Final = ("mvfilter", "mvmap")

DEEPEST: Final = 4
"""So many of these functions may stand inside each other: an engine's work may double with each."""


def _filter(values: Callable[[], Value], holds: Of) -> Value:
    kept: list[Scalar | None] = [item for item in spread(values()) if holds(item)]
    return kept or None


def _map(values: Callable[[], Value], result: Of) -> Value:
    found: list[Scalar | None] = [made for item in spread(values()) for made in spread(result(item))]
    return found or None


def _expand_filter(call: Call, clock: Clock) -> Call:
    """Adds to `mvfilter` the one field that its condition reads: `mvfilter(f, condition)`."""
    if len(call.arguments) != 1:
        return call
    condition = call.arguments[0]
    names = fields_of(condition)
    if len(names) != 1:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            f"the condition reads {len(names)} fields, mvfilter is for one",
            span=condition.span,
        )
    (field,) = {node.name: node for node in walk(condition) if isinstance(node, Field)}.values()
    return Call(call.function, (field, condition), call.span)


def _depth(expression: Expr) -> int:
    """How many of these functions stand inside each other in an expression."""
    if not isinstance(expression, Call):
        return 0
    return (expression.function in _NAMES) + max(map(_depth, expression.arguments), default=0)


def _check_depth(arguments: tuple[Expr, ...]) -> None:
    if _depth(arguments[1]) >= DEEPEST:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            f"more than {DEEPEST} of {' and '.join(_NAMES)} stand inside each other",
            hint="`eval` computes the inner ones first: `eval a = …, b = mvmap(a, …)`",
        )


def _check(name: str) -> Callable[[tuple[Expr, ...]], None]:
    def check(arguments: tuple[Expr, ...]) -> None:
        _check_depth(arguments)
        values = arguments[0]
        if not isinstance(values, Field):
            raise TrawlError(
                Code.INVALID_ARGUMENT,
                f"the first argument of {name} is no field",
                hint=f"`eval` gives values a name first: `eval a = …, b = {name}(a, …)`",
                span=values.span,
            )

    return check


def _filtered(arguments: tuple[Type, ...]) -> Type:
    expect(arguments[1:], BOOLEAN.kinds, "a condition")
    return array_of(arguments[0])


def _mapped(arguments: tuple[Type, ...]) -> Type:
    return array_of(arguments[1])


FUNCTIONS: Final = (
    Function(
        "mvfilter",
        ("field?", "condition"),
        _filtered,
        _filter,
        "The values of the one field in the condition for which it is true; null if there are none.",
        examples=(Example('mvfilter(host != "web-01")', None),),
        lazy=True,
        per_value=True,
        filters=True,
        check=_check("mvfilter"),
        expand=_expand_filter,
    ),
    Function(
        "mvmap",
        ("field", "expression"),
        _mapped,
        _map,
        "What an expression is for each value of a field, in which the field's name stands for the value; nulls are "
        "left out, several values come one after another; null if there are none.",
        examples=(Example("mvmap(port, port + 1)", [81]), Example("mvmap(host, upper(host))", ["WEB-01"])),
        lazy=True,
        per_value=True,
        check=_check("mvmap"),
    ),
)
