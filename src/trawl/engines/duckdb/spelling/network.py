"""DuckDB's spelling of addresses and networks (`trawl.functions.network`), without an extension for them."""

from __future__ import annotations

import ipaddress
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.scopes import Scope
from trawl.expr import Call, Literal
from trawl.functions.network import PRIVATE, ZEROS, read_mask
from trawl.functions.searching import Network, network
from trawl.schema import Kind

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_VERSION_4: Final = rf"'{_OCTET}(?:\.{_OCTET}){{3}}'"


def within(address: str, block: Network, to: Scope) -> str:
    """Whether a text is an address in a network."""
    address = to.bind(address)
    if isinstance(block, ipaddress.IPv4Network):
        low, high = int(block.network_address), int(block.broadcast_address)
        is_address = f"regexp_full_match({address}, {_VERSION_4})"
        return f"CASE WHEN {is_address} THEN {_number(address)} BETWEEN {low} AND {high} ELSE false END"
    low_text, high_text = (f"'{int(edge):032x}'" for edge in (block.network_address, block.broadcast_address))
    return f"coalesce({_digits(address, to)} BETWEEN {low_text} AND {high_text}, false)"


def address_key(address: str, to: Scope) -> str:
    """A text that orders addresses: version 4 before 6, then by number; null of what is no address."""
    address = to.bind(address)
    version_4 = f"'4' || printf('%08x', {_number(address)})"
    return (
        f"CASE WHEN regexp_full_match({address}, {_VERSION_4}) THEN {version_4} ELSE '6' || {_digits(address, to)} END"
    )


def _number(address: str) -> str:
    """The number of a version 4 address; of another text some number or null, without running over."""
    octets = (f"{_octet(address, n)} * {1 << 8 * (4 - n)}" for n in range(1, 5))
    return f"({' + '.join(octets)})"


def _octet(address: str, number: int) -> str:
    return f"CAST(try_cast(split_part({address}, '.', {number}) AS UTINYINT) AS BIGINT)"


def _digits(address: str, to: Scope) -> str:
    """The 32 hexadecimal digits of a version 6 address; null of what is none."""
    address = to.bind(f"CASE WHEN contains({address}, ':') THEN {address} END")  # lists are slow: not for the others
    tail = to.bind(f"regexp_extract({address}, '([0-9.]+)(?:%.+)?$', 1)")
    octet = [_octet(tail, n) for n in range(1, 5)]
    as_groups = f"printf('%x:%x', {octet[0]} * 256 + {octet[1]}, {octet[2]} * 256 + {octet[3]})"
    dotted = f"regexp_full_match({tail}, {_VERSION_4})"
    plain = f"regexp_replace({address}, '%.+$', '')"
    text = to.bind(f"CASE WHEN {dotted} THEN regexp_replace({plain}, '[0-9.]+$', {as_groups}) ELSE {plain} END")
    sides = to.bind(f"string_split({text}, '::')")
    before, after = (
        to.bind(f"list_filter(string_split(coalesce({sides}[{n}], ''), ':'), lambda g: g != '')") for n in (1, 2)
    )
    zeros = f"list_transform(range(8 - len({before}) - len({after})), lambda n: '0')"
    groups = f"CASE len({sides}) WHEN 1 THEN {before} WHEN 2 THEN list_concat({before}, {zeros}, {after}) END"
    joined = to.bind(f"array_to_string(list_transform({groups}, lambda g: lpad(lower(g), 4, '0')), '')")
    right_form = f"regexp_full_match({text}, '(?:(?:[0-9A-Fa-f]{{1,4}})?:){{2,7}}(?:[0-9A-Fa-f]{{1,4}})?')"
    edges = f"NOT regexp_matches({text}, '^:[^:]|[^:]:$|:::')"
    return f"CASE WHEN {right_form} AND {edges} AND len({joined}) = 32 THEN {joined} END"


def _in_network(to: Expressions, call: Call) -> Operand:
    block, address = call.arguments
    assert isinstance(block, Literal)
    assert isinstance(block.value, str)
    found = network(block.value)
    assert found is not None, "the call was checked"
    value = to.bind(text(to.operand(address), to))
    return one(Kind.BOOLEAN, f"CASE WHEN {value} IS NOT NULL THEN {within(value, found, to)} END")


def _masked(to: Expressions, call: Call) -> Operand:
    mask, address = call.arguments
    assert isinstance(mask, Literal)
    assert isinstance(mask.value, str)
    found = read_mask(mask.value)
    assert found is not None, "the call was checked"
    value = to.bind(text(to.operand(address), to))
    bits = to.bind(f"{_number(value)} & {found.bits}")
    octets = (f"({bits} >> {shift}) & 255" for shift in (24, 16, 8, 0))
    version_4 = f"CASE WHEN regexp_full_match({value}, {_VERSION_4}) THEN concat_ws('.', {', '.join(octets)}) END"
    if found.prefix is None:
        return one(Kind.STRING, version_4)
    digits = to.bind(_kept(to, _digits(value, to), found.prefix))
    groups = (f"coalesce(nullif(ltrim({digits}[{n}:{n + 3}], '0'), ''), '0')" for n in range(1, 33, 4))
    plain = to.bind(f"concat_ws(':', {', '.join(groups)})")
    short = " ".join(
        f"WHEN regexp_matches({plain}, '{zeros}') THEN regexp_replace({plain}, '{zeros}', '::')" for zeros in ZEROS
    )
    version_6 = f"CASE WHEN {digits} IS NOT NULL THEN CASE {short} ELSE {plain} END END"
    return one(Kind.STRING, f"coalesce({version_4}, {version_6})")


def _kept(to: Expressions, digits: str, prefix: int) -> str:
    """The hexadecimal digits of an address of which so many bits are kept."""
    whole, rest = divmod(prefix, 4)
    if not rest:
        return f"rpad(left({digits}, {whole}), 32, '0')"
    digits = to.bind(digits)
    kept = "".join(f"{digit & 16 - (1 << 4 - rest):x}" for digit in range(16))
    last = f"translate({digits}[{whole + 1}], '0123456789abcdef', '{kept}')"
    return f"rpad(left({digits}, {whole}) || {last}, 32, '0')"


def _is_private(to: Expressions, call: Call) -> Operand:
    value = to.bind(text(to.operand(call.arguments[0]), to))
    key = to.bind(address_key(value, to))
    found = sql.any_of(f"{key} BETWEEN {low} AND {high}" for low, high in map(_edges, PRIVATE))
    return one(Kind.BOOLEAN, f"CASE WHEN {value} IS NOT NULL THEN coalesce({found}, false) END")


def _edges(block: str) -> tuple[str, str]:
    """The first and the last address of a network, as `address_key` has them."""
    found = ipaddress.ip_network(block)
    digits = 8 if found.version == 4 else 32
    low, high = (
        f"'{found.version}{int(edge):0{digits}x}'" for edge in (found.network_address, found.broadcast_address)
    )
    return low, high


SCALARS: Final = {"cidrmatch": _in_network, "ipmask": _masked, "isprivate_ip": _is_private}
