"""Values of all rows together: `values`, `list`, and the most frequent one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Aggregation, Example, Fault, fixed, same_as_first
from trawl.functions.ordering import distinct, identity, in_order, order_key
from trawl.schema import STRING, Type, array_of
from trawl.values import Scalar, Value, text_of

LONGEST_LIST: Final = 100
"""So many values `list` keeps, unless the setting says otherwise."""
LIMITED_LIST: Final = "limited_list"
"""What `list` is where a query does not say how many values it keeps."""


def _values(values: Sequence[Scalar]) -> Value:
    return list(in_order(distinct(values))) or None


def _list(values: Sequence[Scalar], most: int = LONGEST_LIST) -> Value:
    return list(values[: most or None]) or None


def _limited(values: Sequence[Scalar], most: int) -> Value:
    if len(values) > most:
        message = "a list has more values than `sme.core.list_limit` allows; the first ones are kept"
        raise Fault("list_limit_reached", message, list(values[:most]))
    return list(values) or None


def _joined(values: Sequence[Scalar], between: str) -> str | None:
    return between.join(map(text_of, values)) if values else None


def _mode(values: Sequence[Scalar]) -> Scalar | None:
    counts: dict[object, int] = {}
    for value in values:
        counts[identity(value)] = counts.get(identity(value), 0) + 1
    ranked = sorted(distinct(values), key=lambda value: (-counts[identity(value)], order_key(value)))
    return ranked[0] if ranked else None


def _list_type(arguments: tuple[Type, ...]) -> Type:
    return array_of(arguments[0])


def _check_most(arguments: tuple[Expr, ...]) -> None:
    for most in arguments[1:]:
        value = most.value if isinstance(most, Literal) else None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 31:
            raise TrawlError(Code.INVALID_ARGUMENT, "how many values are listed is no whole number", span=most.span)


AGGREGATIONS: Final = (
    Aggregation(
        "values",
        ("field",),
        _list_type,
        _values,
        "The distinct values, sorted.",
        examples=(Example("values(f)", [2, 4, 14]),),
    ),
    Aggregation(
        "list",
        ("field", "most?"),
        _list_type,
        _list,
        "All values in the order of the events, so many as are given, 0 for all; else at most "
        f"`sme.core.list_limit`, {LONGEST_LIST}, with a warning that counts the groups that have more.",
        examples=(Example("list(f)", [14, 4, 4, 2]), Example("list(f, 2)", [14, 4])),
        constants=(1,),
        check=_check_most,
    ),
    Aggregation(
        LIMITED_LIST,
        ("field", "most"),
        _list_type,
        _limited,
        "All values in the order of the events, at most so many, with a counted warning (api.md 10).",
        constants=(1,),
        is_operator=True,
    ),
    Aggregation(
        "search_joined",
        ("text", "between"),
        fixed(STRING),
        _joined,
        "All texts in the order of the events, as one.",
        constants=(1,),
        is_operator=True,
    ),
    Aggregation(
        "mode",
        ("field",),
        same_as_first,
        _mode,
        "The most frequent value; of several the first as `sort` orders.",
        examples=(Example("mode(f)", 4),),
    ),
)
