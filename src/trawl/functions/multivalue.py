"""Multivalues: making, counting, joining, sorting them, and taking values out (language.md 4, 6a)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Fault, Function, Multivalue, common, fixed, spread
from trawl.functions.coercion import expect_numbers, fits, number, numeric, text, whole
from trawl.functions.constants import compiled
from trawl.functions.ordering import distinct, order_key
from trawl.functions.regex import compile_re2
from trawl.schema import INTEGER, STRING, Type, array_of
from trawl.values import Scalar, Value, box, exact_number

MOST_VALUES: Final = 10_000
"""So many values `mvrange` makes for one event."""


def _all(values: Sequence[Scalar]) -> Value:
    """The values as a multivalue; null if there are none."""
    return list(values) or None


def _append(*arguments: Value) -> Value:
    return _all([value for argument in arguments for value in spread(argument)])


def _count(value: Value) -> int:
    return len(spread(value))


def _join(value: Value, delimiter: Scalar) -> str:
    return text(delimiter).join(text(item) for item in spread(value))


def _index(value: Value, start: Scalar, end: Scalar | None = None) -> Value:
    values = spread(value)
    first = _place(start, len(values))
    if end is None:
        return values[first] if first is not None and 0 <= first < len(values) else None
    last = _place(end, len(values))
    return None if first is None or last is None else _all(values[max(0, first) : max(0, last + 1)])


def _place(given: Scalar, count: int) -> int | None:
    """A place counted from 0, where it may be counted from the end; None if it is beyond all places."""
    place = whole(given)
    return place if place >= 0 else count + place


def _find(value: Value, pattern: Scalar) -> int | None:
    search = compile_re2(text(pattern)).search
    return next((place for place, item in enumerate(spread(value)) if search(text(item))), None)


def _deduplicated(value: Value) -> Value:
    return _all(distinct(spread(value)))


def _sorted(value: Value) -> Value:
    return _all(sorted(spread(value), key=lambda item: (order_key(item), box(item) or "")))


def _zip(left: Value, right: Value, delimiter: Scalar = ",") -> Value:
    pairs = zip(spread(left), spread(right), strict=False)
    return _all([text(delimiter).join((text(one), text(other))) for one, other in pairs])


def _range(start: Scalar, end: Scalar, step: Scalar = 1) -> Value:
    first, last, width = (_held(number(given)) for given in (start, end, step))
    if width == 0:
        raise Fault("not_defined", "the function is not defined for a number that was found")
    if isinstance(first, int) and isinstance(last, int) and isinstance(width, int):
        if (last - first) * (1 if width > 0 else -1) > MOST_VALUES * abs(width):
            raise _too_many()
        return _all(list(range(first, last, width)))
    count = (float(last) - float(first)) / float(width)
    if count > MOST_VALUES:
        raise _too_many()
    return _all([float(first) + place * float(width) for place in range(math.ceil(max(count, 0.0)))])


def _held(found: int | float) -> int | float:
    return fits(found) if isinstance(found, int) else found


def _too_many() -> Fault:
    return Fault("too_many_values", "more values were asked for than a multivalue is made of")


def _check_step(arguments: tuple[Expr, ...]) -> None:
    """Refuses a step that is a length of time, as SPL has it."""
    step = arguments[2] if len(arguments) > 2 else None
    if isinstance(step, Literal) and isinstance(step.value, str) and exact_number(step.value) is None:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            "the step is a text that is no number",
            hint="a length of time is a number of seconds: 3600",
            span=step.span,
        )


def _check_find(arguments: tuple[Expr, ...]) -> None:
    compiled(arguments[1])


def _appended(arguments: tuple[Type, ...]) -> Type:
    return array_of(common(arguments))


def _same_values(arguments: tuple[Type, ...]) -> Type:
    return array_of(arguments[0])


def _picked(arguments: tuple[Type, ...]) -> Type:
    expect_numbers(arguments[1:])
    return array_of(arguments[0]) if len(arguments) > 2 else arguments[0].element


def _ranged(arguments: tuple[Type, ...]) -> Type:
    return array_of(numeric(arguments))


_LETTERS: Final = 'mvappend("c", "a", "b", "a")'

FUNCTIONS: Final = (
    Function(
        "mvappend",
        ("value", "..."),
        _appended,
        _append,
        "The values of all arguments as one multivalue; nulls are left out.",
        examples=(Example('mvappend("a", "b")', ["a", "b"]), Example("mvappend(null, 1)", [1])),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvcount",
        ("value",),
        fixed(INTEGER),
        _count,
        "How many values there are: 1 of a single one, 0 of an empty array.",
        examples=(
            Example('mvcount(mvappend("a", "b"))', 2),
            Example('mvcount("a")', 1),
            Example("mvcount(null)", None),
        ),
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvdedup",
        ("value",),
        _same_values,
        _deduplicated,
        "Each value once, in order of first sight; null of an empty array.",
        examples=(Example(f"mvdedup({_LETTERS})", ["c", "a", "b"]),),
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvfind",
        ("value", "regex"),
        fixed(INTEGER),
        _find,
        "The place, counted from 0, of the first value that a regular expression (RE2) matches somewhere; null if it "
        "matches none.",
        examples=(Example(f'mvfind({_LETTERS}, "^b")', 2), Example(f'mvfind({_LETTERS}, "z")', None)),
        multivalue=Multivalue.ACCEPT,
        many=(0,),
        constants=(1,),
        check=_check_find,
    ),
    Function(
        "mvindex",
        ("value", "start", "end?"),
        _picked,
        _index,
        "The value at a place, counted from 0 or, negative, from the end; or as a multivalue those from a place to "
        "another, both included; null where there are none.",
        examples=(
            Example(f"mvindex({_LETTERS}, 0)", "c"),
            Example(f"mvindex({_LETTERS}, -2)", "b"),
            Example(f"mvindex({_LETTERS}, 1, 2)", ["a", "b"]),
            Example(f"mvindex({_LETTERS}, 9)", None),
        ),
        multivalue=Multivalue.ACCEPT,
        many=(0,),
        takes_text=False,
    ),
    Function(
        "mvjoin",
        ("value", "delimiter"),
        fixed(STRING),
        _join,
        "The texts of all values with a delimiter between them.",
        examples=(Example('mvjoin(mvappend("a", "b"), ", ")', "a, b"), Example('mvjoin("a", ",")', "a")),
        multivalue=Multivalue.ACCEPT,
        many=(0,),
    ),
    Function(
        "mvrange",
        ("start", "end", "step?"),
        _ranged,
        _range,
        "The numbers from a start to before an end, at equal steps (1, or as wide as is said); null if there are "
        f"none. More than {MOST_VALUES:,} are too many.",
        examples=(
            Example("mvrange(1, 5)", [1, 2, 3, 4]),
            Example("mvrange(10, 0, -4)", [10, 6, 2]),
            Example("mvrange(0, 1, 0.25)", [0.0, 0.25, 0.5, 0.75]),
        ),
        takes_text=False,
        check=_check_step,
    ),
    Function(
        "mvsort",
        ("value",),
        _same_values,
        _sorted,
        "The values in the order of `sort`: numbers, then text by code point; null of an empty array.",
        examples=(Example(f"mvsort({_LETTERS})", ["a", "a", "b", "c"]), Example('mvsort(mvappend("a", 2))', [2, "a"])),
        multivalue=Multivalue.ACCEPT,
    ),
    Function(
        "mvzip",
        ("left", "right", "delimiter?"),
        fixed(array_of(STRING)),
        _zip,
        "The texts of the first values of both, of the second, and so on, with a delimiter (a comma) between the two; "
        "what the longer one has more is left out.",
        examples=(
            Example('mvzip(mvappend("a", "b"), mvappend(1, 2))', ["a,1", "b,2"]),
            Example('mvzip("a", "b", ": ")', ["a: b"]),
        ),
        multivalue=Multivalue.ACCEPT,
        many=(0, 1),
    ),
)
