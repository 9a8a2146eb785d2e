"""How DuckDB spells every function and aggregate that it runs: one module a family, and the folder is the registry.

A function that no table names is one that this engine cannot run (`DuckDBEngine.can`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any, Final

from trawl import functions
from trawl.engines.duckdb.spelling import search
from trawl.engines.duckdb.spelling.operators import Builder, Predicate

_FAMILIES: Final = tuple(
    vars(importlib.import_module(f"{__name__}.{module.name}")) for module in pkgutil.iter_modules(__path__)
)


def _all(table: str) -> dict[str, Any]:
    return {name: builder for family in _FAMILIES for name, builder in family.get(table, {}).items()}


PREDICATES: Final[Mapping[str, Predicate]] = _all("PREDICATES")
"""Conditions that are null where a value is."""

SEARCHES: Final[Mapping[str, Predicate]] = search.SEARCHES
"""Conditions that are false where a value is null."""

SCALARS: Final[Mapping[str, Builder]] = _all("SCALARS")
"""Everything else."""


def name_of(function: str) -> str:
    """The name that the tables know a function by: an alias counts as what it stands for."""
    known = functions.find(function)
    return known.name if known else function


def can(function: str) -> bool:
    """Whether there is a spelling of a function."""
    name = name_of(function)
    return name in SCALARS or name in PREDICATES or name in SEARCHES
