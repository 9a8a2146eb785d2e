"""Arithmetic by name: rounding, powers, logarithms, the least and the greatest (language.md 4)."""

from __future__ import annotations

import math
from typing import Final

from trawl.functions.base import Example, Fault, Function, Multivalue, common, fixed, spread
from trawl.functions.coercion import (
    finite,
    fits,
    float_of_numbers,
    number,
    numeric,
)
from trawl.functions.ordering import order_key
from trawl.schema import FLOAT, Type
from trawl.values import Scalar, Value


def _absolute(value: Scalar) -> Value:
    found = abs(number(value))
    return fits(found) if isinstance(found, int) else found


def _power(base: Scalar, exponent: Scalar) -> Value:
    try:
        return finite(math.pow(number(base), number(exponent)))
    except OverflowError:
        raise Fault("overflow", "a number is too large to be held") from None
    except ValueError:
        raise _undefined() from None


def _exponential(value: Scalar) -> Value:
    try:
        return math.exp(number(value))
    except OverflowError:
        raise Fault("overflow", "a number is too large to be held") from None


def _natural_logarithm(value: Scalar) -> Value:
    found = number(value)
    if found <= 0:
        raise _undefined()
    return math.log(found)


def _logarithm(value: Scalar, base: Scalar = 10) -> Value:
    found, to = number(value), number(base)
    if found <= 0 or to <= 0 or to == 1:
        raise _undefined()
    return math.log10(found) if to == 10 else math.log(found) / math.log(to)


def _root(value: Scalar) -> Value:
    found = number(value)
    if found < 0:
        raise _undefined()
    return math.sqrt(found)


def _pi() -> float:
    return math.pi


def _greatest(*arguments: Value) -> Value:
    every = (value for argument in arguments for value in spread(argument))
    return max(every, key=lambda value: (order_key(value), isinstance(value, int)), default=None)


def _least(*arguments: Value) -> Value:
    every = (value for argument in arguments for value in spread(argument))
    return min(every, key=lambda value: (order_key(value), isinstance(value, float)), default=None)


def _undefined() -> Fault:
    return Fault("not_defined", "the function is not defined for a number that was found")


def _element_type(arguments: tuple[Type, ...]) -> Type:
    return common(arguments).element


FUNCTIONS: Final = (
    Function(
        "abs",
        ("number",),
        numeric,
        _absolute,
        "The number without its sign.",
        examples=(Example("abs(-5)", 5), Example("abs(-0.5)", 0.5)),
    ),
    Function(
        "exp",
        ("number",),
        float_of_numbers,
        _exponential,
        "e to the power of the number.",
        examples=(Example("exp(0)", 1.0),),
    ),
    Function(
        "ln",
        ("number",),
        float_of_numbers,
        _natural_logarithm,
        "The natural logarithm.",
        examples=(Example("ln(1)", 0.0), Example("ln(0)", None)),
    ),
    Function(
        "log",
        ("number", "base?"),
        float_of_numbers,
        _logarithm,
        "The logarithm to a base (10).",
        examples=(Example("log(1000)", 3.0), Example("log(8, 2)", 3.0)),
        takes_text=False,
    ),
    Function(
        "pow",
        ("base", "exponent"),
        float_of_numbers,
        _power,
        "The base to the power of the exponent.",
        examples=(Example("pow(2, 10)", 1024.0), Example("pow(2, -1)", 0.5)),
        takes_text=False,
    ),
    Function(
        "sqrt",
        ("number",),
        float_of_numbers,
        _root,
        "The square root.",
        examples=(Example("sqrt(9)", 3.0), Example("sqrt(-1)", None)),
    ),
    Function("pi", (), fixed(FLOAT), _pi, "The number π.", examples=(Example("pi()", math.pi),)),
    Function(
        "max",
        ("value", "..."),
        _element_type,
        _greatest,
        "The greatest of the values, of multivalues too: numbers, of 1 and 1.0 the integer, then text by code point; "
        "nulls do not count.",
        examples=(Example("max(1, 3, 2)", 3), Example('max(1, "a")', "a"), Example("max(1, null)", 1)),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "min",
        ("value", "..."),
        _element_type,
        _least,
        "The least of the values, in the order of `max`.",
        examples=(Example("min(1, 3, 2)", 1), Example('min(1, "a")', 1)),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
)
