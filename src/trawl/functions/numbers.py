"""Arithmetic by name: rounding, powers, logarithms, the least and the greatest (language.md 4)."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final

from trawl.expr import Call, Expr, Literal
from trawl.functions.base import Clock, Example, Fault, Function, Multivalue, common, fixed, same_as_first, spread
from trawl.functions.coercion import (
    expect_numbers,
    finite,
    fits,
    float_of_numbers,
    integer_of_numbers,
    number,
    numeric,
    whole,
)
from trawl.functions.ordering import order_key
from trawl.schema import FLOAT, INTEGER, Type
from trawl.values import Scalar, Value

_WIDE: Final = Context(prec=800)
"""Room for every digit of every float."""


def _absolute(value: Scalar) -> Value:
    found = abs(number(value))
    return fits(found) if isinstance(found, int) else found


def _whole_number(rounding: str) -> Callable[[Scalar], Value]:
    def evaluate(value: Scalar) -> Value:
        return fits(int(_decimal(value).to_integral_value(rounding, _WIDE)))

    return evaluate


def _round(value: Scalar, places: Scalar = 0) -> Value:
    digits = whole(places)
    found = number(value)
    if isinstance(found, int) and digits >= 0:
        return found
    if abs(digits) > 400:
        return found if digits > 0 else 0
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)
    return fits(int(rounded)) if isinstance(found, int) or digits == 0 else finite(float(rounded))


def _significant(value: Scalar, digits: Scalar | None = None) -> Value:
    if digits is None:
        return float(number(value))
    return float(Context(prec=whole(digits), rounding=ROUND_HALF_UP).create_decimal(_decimal(value)))


def _expand_significant(call: Call, clock: Clock) -> Call:
    """Adds to `sigfig` how precise its calculation is: of a sum the fewest places, else the fewest digits."""
    if len(call.arguments) != 1 or not isinstance(call.arguments[0], Call):
        return call
    calculation = call.arguments[0]
    written = [_written(operand) for operand in calculation.arguments]
    known = [text for text in written if text is not None]
    if not known:
        return call
    if calculation.function in {"add", "sub"}:
        places = min(len(text.partition(".")[2]) for text in known)
        return Call("round", (calculation, Literal(places)), call.span)
    if calculation.function in {"mul", "div"}:
        digits = min(max(1, len(text.replace(".", "").lstrip("0"))) for text in known)
        return Call(call.function, (calculation, Literal(digits)), call.span)
    return call


def _written(operand: Expr) -> str | None:
    """The digits of a constant as the query spells them; None for what is no constant number."""
    if not isinstance(operand, Literal) or not isinstance(operand.value, int | float):
        return None
    return (operand.text or str(operand.value)).lstrip("+-").lower().partition("e")[0]


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
    return max((value for argument in arguments for value in spread(argument)), key=order_key, default=None)


def _least(*arguments: Value) -> Value:
    return min((value for argument in arguments for value in spread(argument)), key=order_key, default=None)


def _decimal(value: Scalar) -> Decimal:
    """The decimal that a number is written as, so that 2.555 lies halfway between 2.55 and 2.56."""
    return Decimal(repr(number(value)))


def _undefined() -> Fault:
    return Fault("not_defined", "the function is not defined for a number that was found")


def _round_type(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments)
    return INTEGER if len(arguments) == 1 or arguments[0].kinds <= INTEGER.kinds else FLOAT


def _element_type(arguments: tuple[Type, ...]) -> Type:
    return common(arguments).element


def _exact_type(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments)
    return same_as_first(arguments)


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
        "ceil",
        ("number",),
        integer_of_numbers,
        _whole_number(ROUND_CEILING),
        "The least integer that is not below the number.",
        examples=(Example("ceil(1.2)", 2), Example("ceil(-1.8)", -1)),
    ),
    Function(
        "floor",
        ("number",),
        integer_of_numbers,
        _whole_number(ROUND_FLOOR),
        "The greatest integer that is not above the number.",
        examples=(Example("floor(1.8)", 1), Example("floor(-1.2)", -2)),
    ),
    Function(
        "round",
        ("number", "places?"),
        _round_type,
        _round,
        "The number with so many decimal places (none); halves go away from zero, as the number is written.",
        examples=(
            Example("round(2.5)", 3),
            Example("round(-2.5)", -3),
            Example("round(2.555, 2)", 2.56),
            Example("round(1250, -2)", 1300),
        ),
        takes_text=False,
    ),
    Function(
        "sigfig",
        ("calculation", "digits?"),
        float_of_numbers,
        _significant,
        "The result of a calculation, no more precise than the constants in it: of `*` and `/` the fewest digits, of "
        "`+` and `-` the fewest decimal places; fields do not limit it.",
        examples=(Example("sigfig(1.00 * 1111)", 1110.0), Example("sigfig(1.234, 2)", 1.2)),
        constants=(1,),
        expand=_expand_significant,
        takes_text=False,
    ),
    Function(
        "exact",
        ("calculation",),
        _exact_type,
        lambda value: value,
        "The calculation as it is; the opposite of `sigfig`.",
        examples=(Example("exact(3.14 * 2)", 6.28),),
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
        "The greatest of the values, of multivalues too: numbers, then text by code point; nulls do not count.",
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
