"""Operators of expressions: arithmetic and concatenation (language.md 4)."""

from __future__ import annotations

import math
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.functions.base import Example, Fault, Function, fixed
from trawl.functions.coercion import finite, fits, float_of_numbers, number, numeric, text
from trawl.instants import in_range
from trawl.schema import FLOAT, STRING, TIME, Kind, Type
from trawl.values import LAST_INSTANT, NANOSECONDS, Instant, Scalar, Value


def _add(left: Scalar, right: Scalar) -> Value:
    if isinstance(left, Instant) or isinstance(right, Instant):
        instant, seconds = (left, right) if isinstance(left, Instant) else (right, left)
        assert isinstance(instant, Instant)
        return _shifted(instant, number(seconds))
    return _held(number(left) + number(right))


def _subtract(left: Scalar, right: Scalar) -> Value:
    if isinstance(left, Instant):
        if isinstance(right, Instant):
            return (left.nanoseconds - right.nanoseconds) / NANOSECONDS
        return _shifted(left, -number(right))
    return _held(number(left) - number(right))


def _multiply(left: Scalar, right: Scalar) -> Value:
    return _held(number(left) * number(right))


def _divide(left: Scalar, right: Scalar) -> Value:
    dividend, divisor = float(number(left)), float(number(right))
    return finite(dividend / divisor) if divisor else None


def _remainder(left: Scalar, right: Scalar) -> Value:
    dividend, divisor = number(left), number(right)
    if not divisor:
        return None
    if isinstance(dividend, int) and isinstance(divisor, int):
        return fits((-1 if dividend < 0 else 1) * (abs(dividend) % abs(divisor)))
    return math.fmod(dividend, divisor)


def _negate(value: Scalar) -> Value:
    return _held(-number(value))


def _concatenate(*parts: Scalar) -> str:
    return "".join(text(part) for part in parts)


def _held(result: float) -> int | float:
    return fits(result) if isinstance(result, int) else finite(result)


def _shifted(instant: Instant, seconds: float) -> Instant:
    nanoseconds = seconds * NANOSECONDS
    if not isinstance(nanoseconds, int):
        nanoseconds = round(nanoseconds) if math.isfinite(nanoseconds) else LAST_INSTANT.nanoseconds * 2
    shifted = in_range(instant.nanoseconds + nanoseconds)
    if shifted is None:
        raise Fault("overflow", "a time is too far from today to be held")
    return shifted


def _sum_type(arguments: tuple[Type, ...]) -> Type:
    times = sum(_is_time(argument) for argument in arguments)
    if times > 1:
        raise TrawlError(Code.TYPE_MISMATCH, "two times were found where a time and a number of seconds are expected")
    return TIME if times else numeric(arguments)


def _difference_type(arguments: tuple[Type, ...]) -> Type:
    left, right = (_is_time(argument) for argument in arguments)
    if right and not left:
        raise TrawlError(Code.TYPE_MISMATCH, "a time is taken from what is no time")
    return FLOAT if right else TIME if left else numeric(arguments)


def _is_time(argument: Type) -> bool:
    if Kind.TIME in argument.kinds and argument.kinds != TIME.kinds:
        raise TrawlError(
            Code.TYPE_MISMATCH, "a value that is a time in some events was found, a time or a number is expected"
        )
    return argument.kinds == TIME.kinds


FUNCTIONS: Final = (
    Function(
        "add",
        ("left", "right"),
        _sum_type,
        _add,
        "The sum of two numbers, or a time so many seconds later.",
        examples=(Example("1 + 2", 3), Example('"1" + 2', 3.0)),
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "sub",
        ("left", "right"),
        _difference_type,
        _subtract,
        "The difference of two numbers; a time so many seconds earlier; the seconds between two times.",
        examples=(Example("1 - 2", -1),),
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "mul",
        ("left", "right"),
        numeric,
        _multiply,
        "The product of two numbers.",
        examples=(Example("2 * 3", 6), Example("9223372036854775807 * 2", None)),
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "div",
        ("left", "right"),
        float_of_numbers,
        _divide,
        "The quotient of two numbers, computed with floats; null where the right one is 0.",
        examples=(Example("1 / 2", 0.5), Example("1 / 0", None)),
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "mod",
        ("left", "right"),
        numeric,
        _remainder,
        "The remainder of a division, with the sign of the left number; null where the right one is 0.",
        examples=(Example("7 % 3", 1), Example("(-7) % 3", -1), Example("7 % 0", None)),
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "neg",
        ("value",),
        numeric,
        _negate,
        "The number with the opposite sign.",
        examples=(Example("-(2)", -2),),
        is_operator=True,
    ),
    Function(
        "concat",
        ("part", "..."),
        fixed(STRING),
        _concatenate,
        "The texts of all parts, one after the other.",
        examples=(Example('"a" . 1 . "b"', "a1b"),),
        is_operator=True,
    ),
)
