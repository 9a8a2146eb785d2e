"""Asking what kind of value a field has: isnum, isstr, typeof and their kin (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.functions.base import Example, Function, Multivalue, fixed, spread
from trawl.schema import BOOLEAN, STRING
from trawl.values import Instant, Scalar, Value


def _is(kind: Callable[[Scalar], bool]) -> Callable[[Value], bool]:
    def evaluate(value: Value) -> bool:
        values = spread(value)
        return len(values) == 1 and kind(values[0])

    return evaluate


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Scalar) -> bool:
    return _is_number(value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _type_of(value: Value) -> str:
    values = spread(value)
    if len(values) != 1:
        return "multivalue" if isinstance(value, list) else "null"
    match values[0]:
        case bool():
            return "boolean"
        case str():
            return "string"
        case Instant():
            return "time"
        case int():
            return "integer"
        case float():
            return "float"


def _question(name: str, kind: Callable[[Scalar], bool], summary: str, *examples: Example) -> Function:
    return Function(
        name,
        ("value",),
        fixed(BOOLEAN),
        _is(kind),
        summary,
        examples=examples,
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    )


FUNCTIONS: Final = (
    _question(
        "isbool",
        lambda value: isinstance(value, bool),
        "Whether the value is a boolean.",
        Example("isbool(true)", True),
        Example('isbool("true")', False),
    ),
    _question(
        "isint",
        _is_integer,
        "Whether the value is a whole number; text is none, whatever it spells.",
        Example("isint(4)", True),
        Example("isint(4.0)", True),
        Example("isint(4.5)", False),
        Example('isint("4")', False),
    ),
    _question(
        "isnum",
        _is_number,
        "Whether the value is a number; text is none, whatever it spells.",
        Example("isnum(4.5)", True),
        Example('isnum("4.5")', False),
    ),
    _question(
        "isstr",
        lambda value: isinstance(value, str),
        "Whether the value is text.",
        Example('isstr("a")', True),
        Example("isstr(1)", False),
    ),
    Function(
        "typeof",
        ("value",),
        fixed(STRING),
        _type_of,
        "The kind of the value: string, integer, float, boolean, time, multivalue or null. An array of one is its "
        "value.",
        examples=(Example("typeof(1)", "integer"), Example('typeof("1")', "string"), Example("typeof(null)", "null")),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
)
