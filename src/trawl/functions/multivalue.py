"""Multivalues: making, counting, joining, filtering them (language.md 4, 6a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Field, fields_of, walk
from trawl.functions.base import Clock, Example, Function, Multivalue, common, fixed, spread
from trawl.functions.coercion import expect, text
from trawl.schema import BOOLEAN, INTEGER, STRING, Type, array_of
from trawl.values import Scalar, Value


def _append(*arguments: Value) -> Value:
    values: list[Scalar | None] = [value for argument in arguments for value in spread(argument)]
    return values or None


def _count(value: Value) -> int:
    return len(spread(value))


def _join(value: Value, delimiter: Value) -> str:
    (between,) = spread(delimiter)
    return text(between).join(text(item) for item in spread(value))


def _filter(value: Callable[[], Value], *conditions: Callable[[Scalar], Value]) -> Value:
    (condition,) = conditions
    kept: list[Scalar | None] = [item for item in spread(value()) if condition(item) is True]
    return kept or None


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


def _filtered(arguments: tuple[Type, ...]) -> Type:
    expect(arguments[1:], BOOLEAN.kinds, "a condition")
    return array_of(arguments[0])


def _appended(arguments: tuple[Type, ...]) -> Type:
    return array_of(common(arguments))


FUNCTIONS: Final = (
    Function(
        "mvappend",
        ("value", "..."),
        _appended,
        _append,
        "The values of all arguments as one multivalue; nulls are left out.",
        examples=(Example('mvappend("a", "b")', ["a", "b"]), Example("mvappend(null, 1)", [1])),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvcount",
        ("value",),
        fixed(INTEGER),
        _count,
        "How many values there are: 1 of a single one, 0 of an empty array.",
        examples=(
            Example('mvcount(mvappend("a", "b"))', 2),
            Example('mvcount("a")', 1),
            Example("mvcount(null)", None),
        ),
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvfilter",
        ("field?", "condition"),
        _filtered,
        _filter,
        "The values of the one field in the condition for which it is true; null if there are none.",
        examples=(Example('mvfilter(host != "web-01")', None),),
        lazy=True,
        expand=_expand_filter,
    ),
    Function(
        "mvjoin",
        ("value", "delimiter"),
        fixed(STRING),
        _join,
        "The texts of all values with a delimiter between them.",
        examples=(Example('mvjoin(mvappend("a", "b"), ", ")', "a, b"), Example('mvjoin("a", ",")', "a")),
        multivalue=Multivalue.ACCEPT,
    ),
)
