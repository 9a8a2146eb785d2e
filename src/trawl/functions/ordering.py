"""How values compare: what `==` and `<` say of two, how a column of mixed values is sorted, what counts as the same.

Three notions, and no fourth (language.md 4, 6):

- `equal` and `compare` are the operators. A number and a numeric string are compared as numbers, a time and
  what can be read as one as times. What cannot be compared is not equal, and has no order.
- `order_key` is the order of `sort`, groups, `values`, `min` and `max`, and of ties: numbers, then text by code
  point, then booleans, then times. It never reads numbers out of text.
- `identity` is what groups, `dc`, `dedup` and `values` count as one value: the same number (1 and 1.0),
  the same text. The text "1" is not the number 1.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import TypeAlias

from trawl.algebra import SortMode
from trawl.functions.base import spread
from trawl.instants import read_time
from trawl.values import Instant, Scalar, Value, exact_number, text_of

Number: TypeAlias = int | float | Decimal
OrderKey: TypeAlias = tuple[int, int | float | str | Instant]


def equal(left: Scalar, right: Scalar) -> bool:
    """Whether `==` holds. A boolean equals its text, too; against anything else of another kind nothing is equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        if isinstance(left, bool) and isinstance(right, bool):
            return left == right
        both_text = isinstance(left, bool | str) and isinstance(right, bool | str)
        return both_text and text_of(left) == text_of(right)
    return compare(left, right) == 0


def compare(left: Scalar, right: Scalar) -> int | None:
    """Below, equal or above: -1, 0, 1; None where the two have no order (a number and a text that is none)."""
    if isinstance(left, Instant) or isinstance(right, Instant):
        first, second = read_time(left), read_time(right)
        return None if first is None or second is None else _sign(first.nanoseconds, second.nanoseconds)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, bool) or isinstance(right, bool):
        return _sign(left, right) if isinstance(left, bool) and isinstance(right, bool) else None
    one = exact_number(left) if isinstance(left, str) else left
    other = exact_number(right) if isinstance(right, str) else right
    return None if one is None or other is None else compare_numbers(one, other)


def compare_numbers(left: Number, right: Number) -> int:
    """-1, 0 or 1, exactly: whole numbers never pass through floats, whatever form they come in.

    A number with a fraction in decimal text is compared with a float as the nearest float, so that
    the text "0.1" is the float 0.1.
    """
    one, other = _whole(left), _whole(right)
    if one is not None and other is not None:
        return _sign(one, other)
    if isinstance(left, float) or isinstance(right, float):
        return _sign(float(left), float(right))
    return _sign(Decimal(left), Decimal(right))


def order_key(value: Scalar) -> OrderKey:
    """The place of a value in the order of mixed values, ascending."""
    if isinstance(value, bool):
        return 2, int(value)
    if isinstance(value, str):
        return 1, value
    return (3, value) if isinstance(value, Instant) else (0, value)


def sort_key(value: Value, mode: SortMode) -> OrderKey | None:
    """The place of a field's value under a mode of `sort`: that of its first value; None for what comes last.

    `num` reads numbers out of text and puts everything else last; `ip` does so with addresses (version 4
    before 6); `str` compares the text that a value is.
    """
    first = next(iter(spread(value)), None)
    if first is None:
        return None
    match mode:
        case SortMode.AUTO:
            return order_key(first)
        case SortMode.STRING:
            return 1, text_of(first)
        case SortMode.NUMBER:
            number = _number_of(first)
            return None if number is None else (0, number)
        case SortMode.IP:
            return _address_key(first)


def identity(value: Value) -> Hashable:
    """What makes a value the same as another for groups and distinct values; an array is the same item by item."""
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(identity(item) for item in value)
    return order_key(value)


def distinct(values: Iterable[Scalar]) -> list[Scalar]:
    """Each value once, in order of first sight. Of a number that is an integer and a float the integer is kept."""
    found: dict[Hashable, Scalar] = {}
    for value in values:
        key = identity(value)
        if key not in found or (isinstance(found[key], float) and isinstance(value, int)):
            found[key] = value
    return list(found.values())


def in_order(values: Iterable[Scalar]) -> list[Scalar]:
    """The values sorted, ties as they came."""
    return sorted(values, key=order_key)


def _sign(left: int | float | Decimal, right: int | float | Decimal) -> int:
    return (left > right) - (left < right)


def _whole(number: Number) -> int | None:
    if isinstance(number, int):
        return number
    if isinstance(number, float):
        return int(number) if number.is_integer() else None
    if number.adjusted() > 310:  # beyond every float; as an integer it could be megabytes long
        return None
    return int(number) if number == number.to_integral_value() else None


def _number_of(value: Scalar) -> int | float | None:
    if isinstance(value, bool | Instant):
        return None
    if not isinstance(value, str):
        return value
    exact = exact_number(value)
    if exact is None:
        return None
    whole = _whole(exact)
    return whole if whole is not None else float(exact)


def _address_key(value: Scalar) -> OrderKey | None:
    if not isinstance(value, str):
        return None
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    return address.version, int(address)
