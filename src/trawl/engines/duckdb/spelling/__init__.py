"""How DuckDB spells every function and aggregate that it runs: one module a family, as in `trawl.functions`.

A function that no table names is one that this engine cannot run (`DuckDBEngine.can`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trawl.engines.duckdb.spelling import network, operators, search
from trawl.engines.duckdb.spelling.operators import Builder, Predicate

PREDICATES: Final[Mapping[str, Predicate]] = operators.PREDICATES
"""Conditions that are null where a value is."""

SEARCHES: Final[Mapping[str, Predicate]] = search.SEARCHES
"""Conditions that are false where a value is null."""

SCALARS: Final[Mapping[str, Builder]] = {**operators.SCALARS, **network.SCALARS}
"""Everything else."""


def can(function: str) -> bool:
    """Whether there is a spelling of a function."""
    return function in SCALARS or function in PREDICATES or function in SEARCHES
