"""A small database of places in the MaxMind format, and what writes one."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PLACES: Mapping[str, Any] = {
    "203.0.113.0/24": {
        "city": {"names": {"en": "Berlin", "de": "Berlin"}},
        "continent": {"names": {"en": "Europe"}},
        "country": {"iso_code": "DE", "names": {"en": "Germany"}},
        "location": {"latitude": 52.5, "longitude": 13.25, "time_zone": "Europe/Berlin"},
        "subdivisions": [{"names": {"en": "Land Berlin"}}],
    },
    "198.51.100.0/25": {
        "city": {"names": {"en": "Chicago"}},
        "country": {"names": {"en": "United States"}},
        "location": {"latitude": 41.0, "longitude": -87.5, "metro_code": 602},
    },
    "2001:db8::/32": {"country": {"names": {"en": "Nowhere"}}, "location": {"latitude": "north"}, "city": "odd"},
}


def write_places(path: Path, places: Mapping[str, Any] = PLACES) -> Path:
    """Writes a database: a binary tree of address bits, whose leaves point at data; then what the file is."""
    data = b""
    nodes: list[list[int | None]] = [[None, None]]
    leaves: dict[tuple[int, int], int] = {}
    for block, place in places.items():
        network = ipaddress.ip_network(block)
        is_old = network.version == 4
        bits = f"{int(network.network_address):0{128}b}"[: network.prefixlen + (96 if is_old else 0)]
        node = 0
        for bit in bits[:-1]:
            following = nodes[node][int(bit)]
            if following is None:
                nodes[node][int(bit)] = following = len(nodes)
                nodes.append([None, None])
            node = following
        leaves[node, int(bits[-1])] = len(data)
        data += _encoded(place)
    tree = b"".join(
        struct.pack(
            ">I", leaves[at, side] + len(nodes) + 16 if (at, side) in leaves else len(nodes) if to is None else to
        )
        for at, sides in enumerate(nodes)
        for side, to in enumerate(sides)
    )
    about = {
        "node_count": _number(6, len(nodes)),
        "record_size": _number(5, 32),
        "ip_version": _number(5, 6),
        "database_type": _encoded("Test-City"),
        "languages": _encoded(["en"]),
        "binary_format_major_version": _number(5, 2),
        "binary_format_minor_version": _number(5, 0),
        "build_epoch": _number(9, 1_700_000_000),
        "description": _encoded({"en": "places of tests"}),
    }
    described = _control(7, len(about)) + b"".join(_encoded(key) + value for key, value in about.items())
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + described)
    return path


def _control(kind: int, size: int) -> bytes:
    first, rest = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return bytes([(kind << 5) | first]) + rest if kind < 8 else bytes([first, kind - 7]) + rest


def _number(kind: int, value: int) -> bytes:
    size = (value.bit_length() + 7) // 8
    return _control(kind, size) + value.to_bytes(size)


def _encoded(value: Any) -> bytes:
    match value:
        case str():
            return _control(2, len(value.encode())) + value.encode()
        case float():
            return _control(3, 8) + struct.pack(">d", value)
        case int():
            return _number(6, value)
        case list():
            return _control(11, len(value)) + b"".join(map(_encoded, value))
        case _:
            pairs = (_encoded(key) + _encoded(item) for key, item in value.items())
            return _control(7, len(value)) + b"".join(pairs)
