"""Rounding: to integers, decimal places and significant digits (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Literal
from trawl.functions.base import Clock, Example, Function
from trawl.functions.coercion import (
    expect_numbers,
    finite,
    fits,
    float_of_numbers,
    integer_of_numbers,
    number,
    whole,
)
from trawl.schema import FLOAT, INTEGER, Type
from trawl.values import Scalar, Value

MOST_PLACES: Final = 18
"""Decimal places that `trunc` takes, before and after the point: as many as integers of 64 bits have digits."""
_WIDE: Final = Context(prec=800)
"""Room for every digit of every float."""


def _whole_number(rounding: str) -> Callable[[Scalar], Value]:
    def evaluate(value: Scalar) -> Value:
        return fits(int(_decimal(value).to_integral_value(rounding, _WIDE)))

    return evaluate


def _round(value: Scalar, places: Scalar | None = None) -> Value:
    found = number(value)
    digits = 0 if places is None else whole(places)
    if isinstance(found, int) and digits >= 0:
        return fits(found)
    if abs(digits) > 400:
        return found if digits > 0 else 0
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)
    return fits(int(rounded)) if places is None or isinstance(found, int) else finite(float(rounded))


def _truncate(value: Scalar, places: Scalar | None = None) -> Value:
    digits = 0 if places is None else whole(places)
    cut = _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN, _WIDE)
    return fits(int(cut)) if places is None or isinstance(number(value), int) else float(cut)


def _check_places(arguments: tuple[Expr, ...]) -> None:
    places = arguments[1] if len(arguments) > 1 else Literal(0)
    value = places.value if isinstance(places, Literal) else None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_PLACES:
        reason = f"the number of places is no integer from -{MOST_PLACES} to {MOST_PLACES}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="trunc(x, 2)", span=places.span)


def _check_digits(arguments: tuple[Expr, ...]) -> None:
    digits = arguments[1] if len(arguments) > 1 else Literal(1)
    value = digits.value if isinstance(digits, Literal) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PLACES:
        reason = f"the number of digits is no integer from 1 to {MOST_PLACES}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="sigfig(x, 3)", span=digits.span)


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
        return Call(call.function, (calculation, Literal(min(digits, MOST_PLACES))), call.span)
    return call


def _written(operand: Expr) -> str | None:
    """The digits of a constant as the query spells them; None for what is no constant number."""
    if not isinstance(operand, Literal) or not isinstance(operand.value, int | float):
        return None
    return (operand.text or str(operand.value)).lstrip("+-").lower().partition("e")[0]


def _decimal(value: Scalar) -> Decimal:
    """The decimal that a number is written as, so that 2.555 lies halfway between 2.55 and 2.56."""
    return Decimal(repr(number(value)))


def _round_type(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments)
    return INTEGER if len(arguments) == 1 or arguments[0].kinds <= INTEGER.kinds else FLOAT


def _exact_type(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments)
    return Type(arguments[0].kinds)


FUNCTIONS: Final = (
    Function(
        "ceil",
        ("number",),
        integer_of_numbers,
        _whole_number(ROUND_CEILING),
        "The least integer that is not below the number.",
        examples=(Example("ceil(1.2)", 2), Example("ceil(-1.8)", -1)),
        aliases=("ceiling",),
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
        "trunc",
        ("number", "places?"),
        _round_type,
        _truncate,
        "The number cut off after so many decimal places (none), towards zero, as the number is written.",
        examples=(
            Example("trunc(2.9)", 2),
            Example("trunc(-2.9)", -2),
            Example("trunc(2.555, 2)", 2.55),
            Example("trunc(1250, -2)", 1200),
        ),
        takes_text=False,
        constants=(1,),
        check=_check_places,
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
        check=_check_digits,
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
)
