"""Where addresses are, by a database in the MaxMind format; `iplocation` asks for many at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
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

Place: TypeAlias = dict[Fact, str | float | int]
"""What is known of an address."""


def check(database: Path) -> None:
    """Opens a database. Raises `OSError` or `ValueError` if it is none."""
    try:
        maxminddb.open_database(database).close()
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError("it is not of the MaxMind format") from error


def located(database: Path, addresses: Iterable[str]) -> Iterator[tuple[str, Place]]:
    """What a database knows of addresses; those that it does not know, and what is none, are left out."""
    with maxminddb.open_database(database) as reader:
        for address in addresses:
            try:
                record = reader.get(ipaddress.ip_address(address))
            except ValueError:  # no address, or one of version 6 where the database has none
                continue
            if place := _place(record):
                yield address, place


def _place(record: Any) -> Place:
    found = {
        Fact.CITY: _name(record, "city"),
        Fact.COUNTRY: _name(record, "country"),
        Fact.REGION: _name(record, "subdivisions", 0),
        Fact.LATITUDE: _at(record, "location", "latitude"),
        Fact.LONGITUDE: _at(record, "location", "longitude"),
        Fact.CONTINENT: _name(record, "continent"),
        Fact.TIME_ZONE: _at(record, "location", "time_zone"),
        Fact.METRO_CODE: _at(record, "location", "metro_code"),
    }
    return {fact: kept for fact, value in found.items() if (kept := _kept(value, TYPES[fact])) is not None}


def _name(record: Any, *path: str | int) -> Any:
    return _at(record, *path, "names", "en")


def _at(record: Any, *path: str | int) -> Any:
    for step in path:
        try:
            record = record[step]
        except (LookupError, TypeError):
            return None
    return record


def _kept(value: Any, type_: Type) -> str | float | int | None:
    """A value, if it is of the kind that is expected."""
    if type_ == FLOAT:
        return float(value) if isinstance(value, int | float) else None
    return value if isinstance(value, str if type_ == STRING else int) else None
