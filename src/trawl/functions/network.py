"""Addresses and networks (language.md 4)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Expr, Literal
from trawl.functions.base import Example, Function, fixed
from trawl.functions.coercion import text
from trawl.functions.searching import network, within
from trawl.schema import BOOLEAN, STRING
from trawl.values import Scalar

PRIVATE: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
    "::ffff:10.0.0.0/104",
    "::ffff:172.16.0.0/108",
    "::ffff:192.168.0.0/112",
    "::ffff:127.0.0.0/104",
    "::ffff:169.254.0.0/112",
)
"""Networks that no other network routes to: RFC 1918, loopback, link-local, unique local; written as version 6 too."""
_PRIVATE: Final = tuple(ipaddress.ip_network(block) for block in PRIVATE)
LONGEST: Final = {4: 32, 6: 128}
ZEROS: Final = tuple(rf"(^|:)0(:0){{{count - 1}}}(:|$)" for count in range(8, 1, -1))
"""Runs of groups of an address of version 6 that are zero, the longest first: the first found becomes `::`."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What is kept of an address: of version 4 the bits that are set; of version 6 the first so many, if not None."""

    bits: int
    prefix: int | None


def read_mask(text: str) -> Mask | None:
    """The mask of a text such as `255.255.255.0`, for version 4, or `/24`, for both; None if it is none."""
    if re.fullmatch(r"/\d{1,3}", text, re.ASCII):
        length = int(text[1:])
        return Mask((1 << 32) - (1 << 32 - min(length, 32)), length) if length <= LONGEST[6] else None
    try:
        return Mask(int(ipaddress.IPv4Address(text)), None)
    except ValueError:
        return None


def _masked(mask: Scalar, address: Scalar) -> str | None:
    found = read_mask(text(mask))
    assert found is not None, "the call was checked"
    try:
        given = ipaddress.ip_address(text(address))
    except ValueError:
        return None
    if given.version == 4:
        return str(ipaddress.IPv4Address(int(given) & found.bits))
    if found.prefix is None:
        return None
    dropped = LONGEST[6] - found.prefix
    return _version_6(int(given) >> dropped << dropped)


def _version_6(number: int) -> str:
    """An address of version 6 as RFC 5952 writes it."""
    plain = ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
    for zeros in ZEROS:
        short, count = re.subn(zeros, "::", plain, count=1)
        if count:
            return short
    return plain


def _check_mask(arguments: tuple[Expr, ...]) -> None:
    mask = arguments[0]
    value = mask.value if isinstance(mask, Literal) else None
    if not isinstance(value, str) or read_mask(value) is None:
        raise TrawlError(
            Code.INVALID_ARGUMENT,
            "the first argument is no mask",
            hint='ipmask("255.255.255.0", ip) or ipmask("/24", ip)',
            span=mask.span,
        )


def _is_private(address: Scalar) -> bool:
    return any(within(text(address), block) for block in _PRIVATE)


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
    Function(
        "ipmask",
        ("mask", "address"),
        fixed(STRING),
        _masked,
        "The address with only the bits that the mask has: `255.255.255.0` for version 4, `/24` for the first bits of "
        "either version; null for what is no address.",
        examples=(
            Example('ipmask("255.255.255.0", "10.1.2.3")', "10.1.2.0"),
            Example('ipmask("0.255.0.255", "10.20.30.40")', "0.20.0.40"),
            Example('ipmask("/20", "10.1.34.5")', "10.1.32.0"),
            Example('ipmask("/64", "fe80::1:2:3:4")', "fe80::"),
            Example('ipmask("/24", "no address")', None),
        ),
        constants=(0,),
        check=_check_mask,
    ),
    Function(
        "isprivate_ip",
        ("address",),
        fixed(BOOLEAN),
        _is_private,
        "Whether an address is one inside of a site: RFC 1918, loopback, link-local, unique local; what is no address "
        "is not.",
        examples=(
            Example('isprivate_ip("192.168.1.1")', True),
            Example('isprivate_ip("8.8.8.8")', False),
            Example('isprivate_ip("fd00::1")', True),
            Example('isprivate_ip("::ffff:10.0.0.1")', True),
            Example('isprivate_ip("no address")', False),
        ),
    ),
)
