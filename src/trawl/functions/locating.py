"""Where addresses are, by a database in the MaxMind format; `iplocation` asks for many at once."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, Final, TypeAlias

import maxminddb

from trawl.algebra import Fact
from trawl.schema import FLOAT, INTEGER, STRING, Type

TYPES: Final[Mapping[Fact, Type]] = {
    **dict.fromkeys(Fact, STRING),
    Fact.LATITUDE: FLOAT,
    Fact.LONGITUDE: FLOAT,
    Fact.METRO_CODE: INTEGER,
}
"""What kind of value each fact is."""

_NAME: Final = ("names", "en")
_PATHS: Final[Mapping[Fact, tuple[str | int, ...]]] = {
    Fact.CITY: ("city", *_NAME),
    Fact.COUNTRY: ("country", *_NAME),
    Fact.REGION: ("subdivisions", 0, *_NAME),
    Fact.LATITUDE: ("location", "latitude"),
    Fact.LONGITUDE: ("location", "longitude"),
    Fact.CONTINENT: ("continent", *_NAME),
    Fact.TIME_ZONE: ("location", "time_zone"),
    Fact.METRO_CODE: ("location", "metro_code"),
}
"""Where in a record each fact is."""

Place: TypeAlias = dict[Fact, str | float | int]
"""What is known of an address."""


def check(database: Path) -> None:
    """Opens a database. Raises `OSError` or `ValueError` if it is none."""
    try:
        maxminddb.open_database(database).close()
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError("it is not of the MaxMind format") from error


def located(database: Path, addresses: Iterable[str], facts: Collection[Fact]) -> Iterator[tuple[str, Place]]:
    """What a database knows of addresses, as far as it is asked for; those of which it knows nothing are left out."""
    with maxminddb.open_database(database) as reader:
        for address in filter(_is_address, addresses):
            try:
                record = reader.get(_unmapped(address))
            except ValueError:  # one of version 6 where the database has none
                continue
            known = ((fact, _kept(_at(record, _PATHS[fact]), TYPES[fact])) for fact in facts)
            if place := {fact: value for fact, value in known if value is not None}:
                yield address, place


def _is_address(text: str) -> bool:
    """Whether a text is an address, of either version; the database's reader takes shorter forms too."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return True
    return False


def _unmapped(address: str) -> str:
    """An address of version 4 in the form of version 6 (`::ffff:203.0.113.7`) as it is without; others as they are."""
    mapped = IPv6Address(address).ipv4_mapped if ":ffff:" in address.lower() else None
    return address if mapped is None else str(mapped)


def _at(record: Any, path: Iterable[str | int]) -> Any:
    try:
        for step in path:
            record = record[step]
    except (LookupError, TypeError):
        return None
    return record


def _kept(value: Any, type_: Type) -> str | float | int | None:
    """A value, if it is of the kind that is expected."""
    if type_ == FLOAT:
        return float(value) if isinstance(value, int | float) else None
    return value if isinstance(value, str if type_ == STRING else int) else None
