"""Addresses and networks (language.md 4)."""

from __future__ import annotations

from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Function, fixed
from trawl.functions.coercion import text
from trawl.functions.searching import network, within
from trawl.schema import BOOLEAN
from trawl.values import Scalar


def _in_network(block: Scalar, address: Scalar) -> bool:
    found = network(text(block))
    assert found is not None, "the call was checked"
    return within(text(address), found)


def _check_network(arguments: tuple[Expr, ...]) -> None:
    block = arguments[0]
    value = block.value if isinstance(block, Literal) else None
    if not isinstance(value, str) or network(value) is None:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            "the first argument is no network in CIDR form",
            hint='cidrmatch("10.0.0.0/8", ip)',
            span=block.span,
        )


FUNCTIONS: Final = (
    Function(
        "cidrmatch",
        ("network", "address"),
        fixed(BOOLEAN),
        _in_network,
        "Whether an address, version 4 or 6, lies in a network; what is no address does not.",
        examples=(
            Example('cidrmatch("10.0.0.0/8", "10.1.2.3")', True),
            Example('cidrmatch("10.0.0.0/8", "11.1.2.3")', False),
            Example('cidrmatch("fe80::/10", "fe80::1")', True),
            Example('cidrmatch("10.0.0.0/8", "no address")', False),
        ),
        constants=(0,),
        check=_check_network,
    ),
)
