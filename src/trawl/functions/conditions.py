"""Choosing between values: if, case, coalesce and their kin (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.functions.base import Example, Function, Multivalue, common, fixed, same_as_first
from trawl.functions.coercion import expect_conditions, truth
from trawl.functions.operators import EQUAL
from trawl.schema import BOOLEAN, Type
from trawl.values import Value

Argument = Callable[[], Value]


def _if(condition: Argument, then: Argument, otherwise: Argument) -> Value:
    return then() if truth(condition()) else otherwise()


def _case(*arguments: Argument) -> Value:
    for condition, value in zip(arguments[::2], arguments[1::2], strict=True):
        if truth(condition()):
            return value()
    return None


def _validate(*arguments: Argument) -> Value:
    for condition, value in zip(arguments[::2], arguments[1::2], strict=True):
        if not truth(condition()):
            return value()
    return None


def _coalesce(*arguments: Argument) -> Value:
    for argument in arguments:
        value = argument()
        if value is not None:
            return value
    return None


def _null_if(value: Value, other: Value) -> Value:
    return None if EQUAL.apply((value, other)) else value


def _chosen(arguments: tuple[Type, ...]) -> Type:
    expect_conditions(arguments[:1])
    return common(arguments[1:])


def _paired(arguments: tuple[Type, ...]) -> Type:
    if len(arguments) % 2:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            f"an odd number of arguments was found, {len(arguments)}, pairs of a condition and a value are expected",
            hint='the last pair may be `true, "anything else"`',
        )
    expect_conditions(arguments[::2])
    return common(arguments[1::2])


FUNCTIONS: Final = (
    Function(
        "if",
        ("condition", "then", "else"),
        _chosen,
        _if,
        "The second argument where the condition is true, else the third, for null too; null for what is no boolean.",
        examples=(Example('if(1 < 2, "yes", "no")', "yes"), Example('if(null == 1, "yes", "no")', "no")),
        lazy=True,
    ),
    Function(
        "case",
        ("condition", "value", "..."),
        _paired,
        _case,
        "The value after the first condition that is true; null if none is.",
        examples=(
            Example('case(1 > 2, "a", 2 > 1, "b", true, "c")', "b"),
            Example('case(1 > 2, "a")', None),
        ),
        lazy=True,
    ),
    Function(
        "validate",
        ("condition", "value", "..."),
        _paired,
        _validate,
        "The value after the first condition that is not true; null if all are.",
        examples=(
            Example('validate(isint(80), "no integer", 80 > 1024, "a low port")', "a low port"),
            Example('validate(isint(80), "no integer")', None),
        ),
        lazy=True,
    ),
    Function(
        "coalesce",
        ("value", "..."),
        common,
        _coalesce,
        "The first value that is not null.",
        examples=(Example('coalesce(null, "a", "b")', "a"), Example("coalesce(null, null)", None)),
        lazy=True,
    ),
    Function(
        "nullif",
        ("value", "other"),
        same_as_first,
        _null_if,
        "Null where the two are equal as `==` compares, else the first.",
        examples=(Example('nullif("a", "a")', None), Example('nullif("a", "b")', "a")),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "isnull",
        ("value",),
        fixed(BOOLEAN),
        lambda value: value is None,
        "Whether the value is null: the field is not there.",
        examples=(Example("isnull(null)", True), Example('isnull("")', False)),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "isnotnull",
        ("value",),
        fixed(BOOLEAN),
        lambda value: value is not None,
        "Whether the value is not null.",
        examples=(Example("isnotnull(0)", True), Example("isnotnull(null)", False)),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
)
