"""The embedded engine: DuckDB over segments, behind the port (`trawl.engines.base`)."""

from __future__ import annotations

from trawl.algebra import Relation
from trawl.engines.base import Execution, Work
from trawl.engines.duckdb.abilities import is_able
from trawl.engines.duckdb.execution import Running
from trawl.engines.duckdb.explaining import written


class DuckDBEngine:
    """Runs relations with DuckDB, in this process."""

    @property
    def name(self) -> str:
        """`duckdb`."""
        return "duckdb"

    def can(self, relation: Relation) -> bool:
        """Whether it runs this relation: whether it has a spelling of all that the relation calls."""
        return is_able(relation)

    def start(self, work: Work) -> Execution:
        """Begins to run a relation. Nothing is read before the first batch is asked for."""
        return Running(work)

    def explain(self, work: Work) -> str:
        """The SQL of the relation over all segments at once."""
        return written(work)

    def close(self) -> None:
        """Frees nothing: every execution closes its own connection."""
