"""Operators of expressions: logic, comparison, arithmetic, concatenation (language.md 4)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.functions.base import Example, Fault, Function, Multivalue, fixed
from trawl.functions.coercion import expect, finite, fits, float_of_numbers, number, numeric, text, truth
from trawl.functions.ordering import compare, equal
from trawl.instants import in_range
from trawl.schema import BOOLEAN, FLOAT, STRING, TIME, Kind, Type
from trawl.values import NANOSECONDS, Instant, Scalar, Value


def _and(*conditions: Callable[[], Value]) -> bool | None:
    result: bool | None = True
    for condition in conditions:
        found = truth(condition())
        if found is False:
            return False
        if found is None:
            result = None
    return result


def _or(*conditions: Callable[[], Value]) -> bool | None:
    result: bool | None = False
    for condition in conditions:
        found = truth(condition())
        if found is True:
            return True
        if found is None:
            result = None
    return result


def _not(condition: Value) -> bool | None:
    found = truth(condition)
    return None if found is None else not found


def _in(value: Scalar | None, *items: Scalar | None) -> bool | None:
    if value is None:
        return None
    if any(item is not None and equal(value, item) for item in items):
        return True
    return None if None in items else False


def _not_equal(left: Value, right: Value) -> bool | None:
    return _not(EQUAL.apply((left, right)))


def _ordered(holds: Callable[[int], bool]) -> Callable[[Scalar, Scalar], bool | None]:
    def evaluate(left: Scalar, right: Scalar) -> bool | None:
        order = compare(left, right)
        return None if order is None else holds(order)

    return evaluate


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
        return int(math.copysign(1, dividend)) * (abs(dividend) % abs(divisor))
    return math.fmod(dividend, divisor)


def _negate(value: Scalar) -> Value:
    return _held(-number(value))


def _concatenate(*parts: Scalar) -> str:
    return "".join(text(part) for part in parts)


def _held(result: float) -> int | float:
    return fits(result) if isinstance(result, int) else finite(result)


def _shifted(instant: Instant, seconds: float) -> Instant:
    nanoseconds = seconds * NANOSECONDS if isinstance(seconds, int) else round(seconds * NANOSECONDS)
    shifted = in_range(instant.nanoseconds + nanoseconds)
    if shifted is None:
        raise Fault("overflow", "a time is too far from today to be held")
    return shifted


def _conditions(arguments: tuple[Type, ...]) -> Type:
    expect(arguments, BOOLEAN.kinds, "a condition")
    return BOOLEAN


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


EQUAL: Final = Function(
    "eq",
    ("left", "right"),
    fixed(BOOLEAN),
    equal,
    "Whether two values are equal: text by code point and with regard to case, numbers and numeric text by value.",
    examples=(
        Example('"-1" == -1', True),
        Example('"1.0" == 1', True),
        Example('"1.0" == "1"', False),
        Example("9007199254740993 == 9007199254740992.0", False),
        Example('"a" == "A"', False),
    ),
    multivalue=Multivalue.ANY,
    is_operator=True,
)

FUNCTIONS: Final = (
    Function(
        "and",
        ("condition", "..."),
        _conditions,
        _and,
        "Whether all conditions are true; unknown where one is null and none is false.",
        examples=(Example("1 == 1 AND 2 == 2", True), Example("1 == 1 AND 2 == 3", False)),
        lazy=True,
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "or",
        ("condition", "..."),
        _conditions,
        _or,
        "Whether one of the conditions is true; unknown where one is null and none is true.",
        examples=(Example("1 == 1 OR 2 == 3", True),),
        lazy=True,
        is_operator=True,
        takes_text=False,
    ),
    Function(
        "not",
        ("condition",),
        _conditions,
        _not,
        "Whether a condition is false; null stays null.",
        examples=(Example("NOT 1 == 2", True),),
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    EQUAL,
    Function(
        "ne",
        ("left", "right"),
        fixed(BOOLEAN),
        _not_equal,
        "Whether two values are not equal: the opposite of `==`, for multivalues too.",
        examples=(Example('"1" != 1', False), Example('"a" != "b"', True)),
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    Function(
        "lt",
        ("left", "right"),
        fixed(BOOLEAN),
        _ordered(lambda order: order < 0),
        "Whether the left value is below the right one; null where a number meets text that is none.",
        examples=(Example('"9" < 10', True), Example('"9" < "10"', False), Example('"x" < 10', None)),
        is_operator=True,
    ),
    Function(
        "le",
        ("left", "right"),
        fixed(BOOLEAN),
        _ordered(lambda order: order <= 0),
        "Whether the left value is not above the right one.",
        examples=(Example("2 <= 2", True),),
        is_operator=True,
    ),
    Function(
        "gt",
        ("left", "right"),
        fixed(BOOLEAN),
        _ordered(lambda order: order > 0),
        "Whether the left value is above the right one.",
        examples=(Example("9007199254740993 > 9007199254740992.0", True),),
        is_operator=True,
    ),
    Function(
        "ge",
        ("left", "right"),
        fixed(BOOLEAN),
        _ordered(lambda order: order >= 0),
        "Whether the left value is not below the right one.",
        examples=(Example('"b" >= "a"', True),),
        is_operator=True,
    ),
    Function(
        "in",
        ("value", "item", "..."),
        fixed(BOOLEAN),
        _in,
        "Whether the value equals one of the items, as `==` compares; also written `value IN (item, …)`.",
        examples=(Example("in(2, 1, 2, 3)", True), Example('in("4", 1, 2)', False), Example("in(2, 1, null)", None)),
        takes_null=True,
        multivalue=Multivalue.ANY,
    ),
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
