"""Operators of `search`: without regard to case, never null (language.md 3)."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

from trawl import wildcards
from trawl.expr import Call, Expr
from trawl.functions.base import Clock, Example, Function, Multivalue, fixed, spread
from trawl.functions.coercion import exact
from trawl.functions.ordering import compare, compare_numbers
from trawl.instants import read_time
from trawl.schema import BOOLEAN, STRING
from trawl.values import Instant, Scalar, Value, exact_number, simple_lower, text_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@cache
def network(text: str) -> Network | None:
    """The network that a text in CIDR form is (`10.0.0.0/8`, `fe80::/10`); None if it is none."""
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def within(address: str, block: Network) -> bool:
    """Whether an address lies in a network; what is no address does not."""
    try:
        return ipaddress.ip_address(address) in block
    except ValueError:
        return False


@cache
def terms(text: str) -> tuple[str, ...]:
    """The terms of a text, folded: maximal runs of letters, digits and `_`."""
    found = []
    start = None
    for place, character in enumerate(text):
        if character == "_" or unicodedata.category(character)[0] in "LN":
            start = place if start is None else start
        elif start is not None:
            found.append(simple_lower(text[start:place]))
            start = None
    if start is not None:
        found.append(simple_lower(text[start:]))
    return tuple(found)


def _is(field: Value, wanted: Scalar | None) -> bool:
    if field is None or wanted is None:
        return False
    text = text_of(wanted)
    return text == "*" or any(_one_is(value, text) for value in spread(field))


def _is_one_of(field: Value, *wanted: Scalar | None) -> bool:
    return any(_is(field, each) for each in wanted)


def _one_is(value: Scalar, wanted: str) -> bool:
    if "*" in wanted:
        return wildcards.matches(simple_lower(wanted), simple_lower(text_of(value)))
    if simple_lower(text_of(value)) == simple_lower(wanted):
        return True
    if isinstance(value, str):
        block = network(wanted)
        return block is not None and within(value, block)
    if isinstance(value, Instant):
        return read_time(wanted) == value
    number = None if isinstance(value, bool) else exact_number(wanted)
    return number is not None and compare_numbers(value, number) == 0


def _ordered(holds: Callable[[int], bool]) -> Callable[[Value, Scalar | None], bool]:
    def evaluate(field: Value, bound: Scalar | None) -> bool:
        if bound is None:
            return False
        orders = (_order(value, bound) for value in spread(field))
        return any(order is not None and holds(order) for order in orders)

    return evaluate


def _order(value: Scalar, bound: Scalar) -> int | None:
    if isinstance(value, Instant) or isinstance(bound, Instant):
        return compare(value, bound)
    left, right = exact(value), exact(bound)
    return None if left is None or right is None else compare_numbers(left, right)


def _has_text(wanted: Scalar, *fields: Value) -> bool:
    text = text_of(wanted)
    return any(_one_has(text_of(value), text) for field in fields for value in spread(field))


def _one_has(value: str, wanted: str) -> bool:
    if "*" in wanted:
        return wildcards.matches(simple_lower(wanted), simple_lower(value))
    sought = terms(wanted)
    if not sought:
        return simple_lower(wanted) in simple_lower(value)
    found = terms(value)
    return any(found[place : place + len(sought)] == sought for place in range(len(found) - len(sought) + 1))


def _match(text: Scalar, condition: Value) -> Value:
    raise AssertionError("the call is rewritten as the condition")


def _expand_match(call: Call, clock: Clock) -> Expr:
    """The condition that the reader found in the text."""
    return call.arguments[1] if len(call.arguments) == 2 else call


def _written(value: Value, name: Value) -> str | None:
    before = text_of(spread(name)[0])
    texts = [before + quoted(text_of(item)) for item in spread(value)]
    if not texts:
        return None
    return texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})"


def quoted(text: str) -> str:
    """A text in double quotes, as a query writes it: a backslash escapes the quote and itself."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comparison(name: str, holds: Callable[[int], bool], summary: str, example: Example) -> Function:
    return Function(
        name,
        ("field", "bound"),
        fixed(BOOLEAN),
        _ordered(holds),
        summary,
        examples=(example,),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    )


FUNCTIONS: Final = (
    Function(
        "search_eq",
        ("field", "value"),
        fixed(BOOLEAN),
        _is,
        "`field=value` of `search`: equal as folded text, or the same number, or inside the network; `*` is any run "
        "of characters, and alone says that the field is there.",
        examples=(Example("host=WEB*", True),),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    Function(
        "search_in",
        ("field", "value", "..."),
        fixed(BOOLEAN),
        _is_one_of,
        "`field IN (value, …)` of `search`: equal to one of the values, as `field=value` is.",
        examples=(Example("host IN (web*, db*)", True),),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    _comparison(
        "search_lt",
        lambda order: order < 0,
        "`field<value` of `search`: below as numbers, or as times; false for anything else.",
        Example("port<1024", True),
    ),
    _comparison(
        "search_le", lambda order: order <= 0, "`field<=value` of `search`: not above.", Example("port<=80", True)
    ),
    _comparison("search_gt", lambda order: order > 0, "`field>value` of `search`: above.", Example("port>8080", False)),
    _comparison(
        "search_ge", lambda order: order >= 0, "`field>=value` of `search`: not below.", Example("port>=80", True)
    ),
    Function(
        "search_written",
        ("value", "name"),
        fixed(STRING),
        _written,
        "The condition of `search` that a field has this value, or one of these; `name` is `field=` or nothing.",
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    Function(
        "search_text",
        ("text", "field?", "..."),
        fixed(BOOLEAN),
        _has_text,
        "A word or text of `search`: its terms stand side by side in one value of one field; with `*` it matches one "
        "whole value.",
        examples=(Example('"access denied"', False),),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
    ),
    Function(
        "searchmatch",
        ("search",),
        fixed(BOOLEAN),
        _match,
        "Whether the event is one that `search` would keep by this text.",
        examples=(
            Example('searchmatch("host=WEB* port>=80")', True),
            Example('searchmatch("error OR host=db*")', False),
        ),
        expand=_expand_match,
    ),
)
