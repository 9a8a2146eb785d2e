"""Values out of the texts that columns of several types are boxed in (`trawl.values.box`), for commands alone."""

from __future__ import annotations

from typing import Final

from trawl.functions.base import Function, Multivalue, ResultType, fixed, spread
from trawl.schema import NUMBER, Kind, Type
from trawl.values import Scalar, Value, unbox


def _unboxed(value: Value) -> Value:
    found = [_single(text) for text in spread(value)]
    if isinstance(value, list):
        return list(found)
    return found[0]


def _single(text: Scalar) -> Scalar | None:
    assert isinstance(text, str)
    value = unbox(text)
    return None if isinstance(value, list) else value


def _of_any_kind(arguments: tuple[Type, ...]) -> Type:
    many = arguments[0].multivalue
    return Type(frozenset(Kind), single=not many, multivalue=many)


def _function(name: str, result: ResultType, summary: str) -> Function:
    return Function(
        name, ("text",), result, _unboxed, summary, multivalue=Multivalue.ACCEPT, is_operator=True, takes_text=False
    )


FUNCTIONS: Final = (
    _function(
        "boxed_value", _of_any_kind, "The value that a boxed text holds, or the values that a list of them holds."
    ),
    _function(
        "boxed_number", fixed(NUMBER), "The number that a boxed text holds, of which it is known that it is one."
    ),
)
