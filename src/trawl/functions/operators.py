"""Operators of expressions: logic and comparison (language.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from trawl.functions.base import Example, Fault, Function, Multivalue, fixed
from trawl.functions.coercion import expect_conditions, truth
from trawl.functions.ordering import compare, equal
from trawl.schema import BOOLEAN, Type
from trawl.values import Scalar, Value


def _and(*conditions: Callable[[], Value]) -> bool | None:
    return _joined(conditions, decisive=False)


def _or(*conditions: Callable[[], Value]) -> bool | None:
    return _joined(conditions, decisive=True)


def _joined(conditions: Iterable[Callable[[], Value]], *, decisive: bool) -> bool | None:
    """The truth that settles it, if one of the conditions has it. One that is no boolean is unknown like null, and a
    fault where the others leave the answer open.
    """
    result: bool | None = not decisive
    faults = []
    for condition in conditions:
        try:
            found = truth(condition())
        except Fault as fault:
            faults.append(fault)
            found = None
        if found is decisive:
            return decisive
        if found is None:
            result = None
    if faults:
        raise faults[0]
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


def _conditions(arguments: tuple[Type, ...]) -> Type:
    expect_conditions(arguments)
    return BOOLEAN


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
)
