"""How DuckDB spells every function and aggregate that it runs: one module a family, as in `trawl.functions`.

A function that no table names is one that this engine cannot run (`DuckDBEngine.can`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trawl import functions
from trawl.engines.duckdb.spelling import (
    arithmetic,
    buckets,
    clock,
    conditions,
    conversion,
    kinds,
    multivalue,
    network,
    numbers,
    operators,
    search,
    text,
)
from trawl.engines.duckdb.spelling.operators import Builder, Predicate

_FAMILIES: Final = (
    arithmetic,
    buckets,
    clock,
    conditions,
    conversion,
    kinds,
    multivalue,
    network,
    numbers,
    operators,
    text,
)

PREDICATES: Final[Mapping[str, Predicate]] = {**operators.PREDICATES, **text.PREDICATES}
"""Conditions that are null where a value is."""

SEARCHES: Final[Mapping[str, Predicate]] = search.SEARCHES
"""Conditions that are false where a value is null."""

SCALARS: Final[Mapping[str, Builder]] = {
    name: builder for family in _FAMILIES for name, builder in family.SCALARS.items()
}
"""Everything else."""


def name_of(function: str) -> str:
    """The name that the tables know a function by: an alias counts as what it stands for."""
    known = functions.find(function)
    return known.name if known else function


def can(function: str) -> bool:
    """Whether there is a spelling of a function."""
    name = name_of(function)
    return name in SCALARS or name in PREDICATES or name in SEARCHES
