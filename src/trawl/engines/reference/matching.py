"""Rows with what a table, or a database of places, says of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from trawl import functions, wildcards
from trawl.algebra import How, Locate, Match, MatchKey
from trawl.engines.reference.rows import Row
from trawl.functions.base import spread
from trawl.functions.locating import located
from trawl.functions.searching import within
from trawl.values import Scalar, Value, box, simple_lower, text_of


def match(relation: Match, rows: list[Row], table: list[Row]) -> list[Row]:
    """Each row with the values of the first rows of the table that match it."""
    found = []
    for row in rows:
        matches = [other for other in table if all(_is_match(key, row, other) for key in relation.keys)]
        taken = {name: _together(matches[: relation.most], column, relation) for name, column in relation.taken}
        found.append(row | taken)
    return found


def locate(relation: Locate, rows: list[Row], database: Path) -> list[Row]:
    """Each row with where its address is."""
    addresses = [next(iter(spread(row.get(relation.field.name))), None) for row in rows]
    texts = {address for address in addresses if isinstance(address, str)}
    places = dict(located(database, texts, {fact for _, fact in relation.taken}))
    found = [places.get(address, {}) if isinstance(address, str) else {} for address in addresses]
    return [
        row | {name: place.get(fact) for name, fact in relation.taken} for row, place in zip(rows, found, strict=True)
    ]


def _is_match(key: MatchKey, row: Row, other: Row) -> bool:
    mine, theirs = row.get(key.field.name), other.get(key.column)
    if key.how is How.EXACT and not key.folds:
        equal = functions.find("eq")
        assert equal is not None
        return equal.apply((mine, theirs)) is True
    fold = simple_lower if key.folds else str
    holds = _HOLDS[key.how]
    values, cells = ([fold(text_of(value)) for value in spread(side)] for side in (mine, theirs))
    return any(holds(value, cell) for value in values for cell in cells)


def _lies_in(address: str, block: str) -> bool:
    try:
        return within(address, ipaddress.ip_network(block, strict=False))
    except ValueError:
        return False


_HOLDS: Final[Mapping[How, Callable[[str, str], bool]]] = {
    How.EXACT: lambda value, wanted: value == wanted,
    How.WILDCARD: lambda value, pattern: wildcards.matches(pattern, value),
    How.CIDR: _lies_in,
}


def _together(matches: Iterable[Row], column: str, relation: Match) -> Value:
    values: list[Scalar | None] = [value for other in matches for value in spread(other.get(column))]
    if relation.distinct:
        first: dict[str | None, Scalar | None] = {}
        for value in values:
            first.setdefault(box(value), value)
        values = list(first.values())
    return values if len(values) > 1 else values[0] if values else None
