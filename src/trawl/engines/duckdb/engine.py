"""The embedded engine: DuckDB over segments, behind the port (`trawl.engines.base`)."""

from __future__ import annotations

from typing import Final

import duckdb

from trawl.algebra import Relation
from trawl.engines.base import Execution, Work
from trawl.engines.duckdb.abilities import is_able
from trawl.engines.duckdb.connection import instance
from trawl.engines.duckdb.execution import Running
from trawl.engines.duckdb.explaining import written

SPARE: Final = 3
"""Instances that are kept ready: a search has one for itself, and one for each subquery that planning asks."""


class DuckDBEngine:
    """Runs relations with DuckDB, in this process. Every relation has an instance of its own."""

    def __init__(self) -> None:
        self._spare: list[duckdb.DuckDBPyConnection] = []

    @property
    def name(self) -> str:
        """`duckdb`."""
        return "duckdb"

    def can(self, relation: Relation) -> bool:
        """Whether it runs this relation: whether it has a spelling of all that the relation calls."""
        return is_able(relation)

    def start(self, work: Work) -> Execution:
        """Begins to run a relation. Nothing is read before the first batch is asked for."""
        return Running(work, self._instance)

    def warm(self) -> None:
        """Has instances ready, each of which takes a search longer to start than to plan its statements."""
        while len(self._spare) < SPARE:
            self._spare.append(instance())

    def explain(self, work: Work) -> str:
        """The SQL of the relation over all segments at once."""
        return written(work)

    def close(self) -> None:
        """Frees what `warm` made; every execution closes its own connection."""
        while self._spare:
            self._spare.pop().close()

    def _instance(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._spare.pop()
        except IndexError:
            return instance()
