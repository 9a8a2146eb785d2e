"""What functions take an argument for: a number, a text, a truth value, and the types that follow from it.

Numeric strings count as numbers wherever a number is wanted; they count as floats, so that the type of
a result follows from the types of the arguments.
"""

from __future__ import annotations

import math
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.functions.base import Fault, single
from trawl.functions.ordering import Number
from trawl.schema import FLOAT, INTEGER, Kind, Type
from trawl.values import Instant, Scalar, Value, exact_number, text_of

LARGEST: Final = (1 << 63) - 1
SMALLEST: Final = -(1 << 63)


def number(value: Scalar) -> int | float:
    """The value as a number; numeric text as the nearest float, one that no float can hold is none.

    Raises:
        Fault: `not_a_number`.
    """
    if isinstance(value, str):
        exact = exact_number(value)
        if exact is None or math.isinf(near := float(exact)):
            raise Fault("not_a_number", "a text that is no number was found where a number is expected")
        return near
    if isinstance(value, bool | Instant):
        kind = "boolean" if isinstance(value, bool) else "time"
        raise Fault("not_a_number", f"a {kind} was found where a number is expected")
    return value


def exact(value: Scalar) -> Number | None:
    """The number that a value is, without loss: numeric text as a decimal. None if it is none."""
    if isinstance(value, str):
        return exact_number(value)
    return None if isinstance(value, bool | Instant) else value


def whole(value: Scalar) -> int:
    """The value as an integer of 64 bits, where it is a whole number.

    Raises:
        Fault: `not_a_number`, `not_an_integer`, `overflow`.
    """
    found = number(value)
    if found != int(found):
        raise Fault("not_an_integer", "a number with a fraction was found where an integer is expected")
    return fits(int(found))


def truth(value: Value) -> bool | None:
    """The value as a condition: true, false or unknown.

    Raises:
        Fault: `not_a_boolean`, `several_values`.
    """
    found = single(value)
    if found is None or isinstance(found, bool):
        return found
    raise Fault("not_a_boolean", "a value that is no boolean was found where a condition is expected")


def text(value: Scalar) -> str:
    """The value as text (`trawl.values.text_of`)."""
    return text_of(value)


def finite(result: float) -> float:
    """A result that is a number.

    Raises:
        Fault: `overflow`.
    """
    if result - result != 0:  # infinite or NaN
        raise Fault("overflow", "a number is too large to be held")
    return result


def fits(result: int) -> int:
    """A result that 64 bits hold.

    Raises:
        Fault: `overflow`.
    """
    if not SMALLEST <= result <= LARGEST:
        raise Fault("overflow", "an integer is beyond 64 bits")
    return result


def numeric(arguments: tuple[Type, ...]) -> Type:
    """Integer if all arguments are integers, else float.

    Raises:
        TrawlError: `TYPE_MISMATCH` where an argument can never be a number.
    """
    expect_numbers(arguments)
    return INTEGER if all(argument.kinds <= INTEGER.kinds for argument in arguments) else FLOAT


def float_of_numbers(arguments: tuple[Type, ...]) -> Type:
    """Float, of arguments that can be numbers. Raises `TrawlError` as `numeric` does."""
    expect_numbers(arguments)
    return FLOAT


def integer_of_numbers(arguments: tuple[Type, ...]) -> Type:
    """Integer, of arguments that can be numbers. Raises `TrawlError` as `numeric` does."""
    expect_numbers(arguments)
    return INTEGER


def expect_numbers(arguments: tuple[Type, ...]) -> None:
    """Refuses arguments that can never be numbers (`TYPE_MISMATCH`)."""
    expect(arguments, frozenset({Kind.INTEGER, Kind.FLOAT, Kind.STRING}), "a number")


def expect(arguments: tuple[Type, ...], kinds: frozenset[Kind], wanted: str, hint: str | None = None) -> None:
    """Refuses arguments that can never be of one of the kinds (`TYPE_MISMATCH`)."""
    for argument in arguments:
        if not argument.is_null and not argument.kinds & kinds:
            reason = f"{argument.called} was found, {wanted} is expected"
            raise TrawlError(Code.TYPE_MISMATCH, reason, hint=hint)


def expect_conditions(arguments: tuple[Type, ...]) -> None:
    """Refuses arguments that can never be true or false (`TYPE_MISMATCH`)."""
    hint = "a comparison is whole on either side of OR: `a == 1 OR a == 2`; a field that is there: `isnotnull(field)`"
    expect(arguments, frozenset({Kind.BOOLEAN}), "a condition", hint)
