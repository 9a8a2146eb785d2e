"""Angles and hyperbolas: sine, cosine, tangent and their kin, in radians (language.md 4)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from trawl.functions.base import Example, Fault, Function
from trawl.functions.coercion import finite, float_of_numbers, number
from trawl.values import Scalar, Value


def _of_floats(function: Callable[..., float]) -> Callable[..., Value]:
    def evaluate(*values: Scalar) -> Value:
        floats = [float(number(value)) for value in values]
        try:
            return finite(function(*floats))
        except OverflowError:
            raise Fault("overflow", "a number is too large to be held") from None
        except ValueError:
            raise Fault("not_defined", "the function is not defined for a number that was found") from None

    return evaluate


def _function(name: str, function: Callable[..., float], summary: str, *examples: Example) -> Function:
    return Function(
        name, ("number",), float_of_numbers, _of_floats(function), summary, examples=examples, takes_text=False
    )


def _function_of_two(
    name: str, parameters: tuple[str, str], function: Callable[..., float], summary: str, *examples: Example
) -> Function:
    return Function(
        name, parameters, float_of_numbers, _of_floats(function), summary, examples=examples, takes_text=False
    )


FUNCTIONS: Final = (
    _function(
        "sin", math.sin, "The sine of an angle in radians.", Example("sin(0)", 0.0), Example("sin(pi() / 2)", 1.0)
    ),
    _function(
        "cos", math.cos, "The cosine of an angle in radians.", Example("cos(0)", 1.0), Example("cos(pi())", -1.0)
    ),
    _function("tan", math.tan, "The tangent of an angle in radians.", Example("tan(pi() / 4)", 1.0)),
    _function(
        "asin",
        math.asin,
        "The angle of a sine, from -π/2 to π/2; null where the number is beyond -1 and 1.",
        Example("asin(1)", math.pi / 2),
        Example("asin(2)", None),
    ),
    _function(
        "acos",
        math.acos,
        "The angle of a cosine, from 0 to π; null where the number is beyond -1 and 1.",
        Example("acos(1)", 0.0),
        Example("acos(-2)", None),
    ),
    _function("atan", math.atan, "The angle of a tangent, from -π/2 to π/2.", Example("atan(1)", math.pi / 4)),
    _function_of_two(
        "atan2",
        ("y", "x"),
        math.atan2,
        "The angle of the point (x, y) seen from the origin, from -π to π.",
        Example("atan2(1, -1)", 3 * math.pi / 4),
        Example("atan2(0, 0)", 0.0),
    ),
    _function("sinh", math.sinh, "The hyperbolic sine.", Example("sinh(0)", 0.0), Example("sinh(1000)", None)),
    _function("cosh", math.cosh, "The hyperbolic cosine.", Example("cosh(0)", 1.0)),
    _function("tanh", math.tanh, "The hyperbolic tangent.", Example("tanh(0)", 0.0)),
    _function("asinh", math.asinh, "The number whose hyperbolic sine it is.", Example("asinh(sinh(2))", 2.0)),
    _function(
        "acosh",
        math.acosh,
        "The number whose hyperbolic cosine it is; null below 1.",
        Example("acosh(1)", 0.0),
        Example("acosh(0)", None),
    ),
    _function(
        "atanh",
        math.atanh,
        "The number whose hyperbolic tangent it is; null from 1 on and from -1 down.",
        Example("atanh(0)", 0.0),
        Example("atanh(1)", None),
    ),
    _function_of_two(
        "hypot",
        ("x", "y"),
        math.hypot,
        "The length of the line from the origin to the point (x, y).",
        Example("hypot(3, 4)", 5.0),
    ),
)
