"""Buckets of time and of numbers, as operators: what `bin` and `timechart` lower to (language.md 5)."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from typing import Final, get_args

from trawl import calendars
from trawl.calendars import BucketUnit
from trawl.functions.base import Fault, Function, fixed
from trawl.functions.coercion import finite, fits, number, numeric, text, whole
from trawl.instants import read_time
from trawl.schema import NUMBER, TIME, Type
from trawl.values import Instant, Scalar

_EXACT: Final = Context(prec=100)


def _bucket_of_time(value: Scalar, size: Scalar, unit: Scalar, zone: Scalar) -> Instant:
    instant = read_time(value)
    if instant is None:
        raise Fault("not_a_time", "a value that cannot be read as a time was found")
    return calendars.floor(instant, whole(size), _unit(text(unit)), text(zone))


def _no_number(value: Scalar) -> Scalar:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Fault("not_a_time", "a number was found where a time is expected")
    return value


def _type_without_numbers(arguments: tuple[Type, ...]) -> Type:
    return Type(arguments[0].kinds - NUMBER.kinds)


def _unit(name: str) -> BucketUnit:
    for unit in get_args(BucketUnit):
        if unit == name:
            return unit  # type: ignore[no-any-return]  # get_args is untyped; these are the literal's own words
    raise AssertionError(f"{name} is no unit of buckets")


def _bucket_of_number(value: Scalar, width: Scalar) -> int | float:
    found, size = number(value), number(width)
    if isinstance(found, int) and isinstance(size, int):
        return fits(found // size * size)
    exact, step = Decimal(repr(found)), Decimal(repr(size))
    if abs(exact.adjusted() - step.adjusted()) > 80:
        return found
    return finite(float((exact / step).to_integral_value(ROUND_FLOOR, _EXACT) * step))


FUNCTIONS: Final = (
    Function(
        "bucket_time",
        ("time", "size", "unit", "zone"),
        fixed(TIME),
        _bucket_of_time,
        "The lower edge of the bucket of time (`trawl.calendars`).",
        is_operator=True,
        constants=(1, 2, 3),
    ),
    Function(
        "bucket_value_of_time",
        ("value",),
        _type_without_numbers,
        _no_number,
        "What a bucket of time is sought for where numbers come too, which lie in none (language.md 7, `bin`).",
        is_operator=True,
    ),
    Function(
        "bucket_number",
        ("number", "width"),
        numeric,
        _bucket_of_number,
        "The greatest multiple of the width that is not above the number.",
        is_operator=True,
        constants=(1,),
    ),
)
