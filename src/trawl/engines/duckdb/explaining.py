"""The SQL of a relation without running it, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from trawl.algebra import Given, post_order
from trawl.engines.base import Work
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.compile import Compiler
from trawl.engines.duckdb.shaping import handed_over
from trawl.errors import Notice


def written(work: Work) -> str:
    """The SQL of a relation, without running it: what is handed over is a table of its name."""
    compiler = Compiler(work.snapshot, Silent(), work.zone)
    given = {}
    for leaf in post_order(work.relation):
        if isinstance(leaf, Given) and leaf.name not in work.snapshot.segments:
            compiler.know(leaf, leaf.columns)
            given[id(leaf)] = handed_over(compiler.names, sql.name(leaf.name), leaf.columns, frozenset())
    frame = compiler.frame(work.relation, given)
    return compiler.result(frame, compiler.schema_of(work.relation))


class Silent:
    """Stands in for a connection where nothing may run: no row is found."""

    answers = False

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """No rows."""
        return []

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """No rows."""
        return iter(())

    def hand(self, table: pa.Table) -> str:
        """A name that says where rows would come from."""
        return sql.name("worked out")

    def keep(self, query: str, name: str | None = None) -> str:
        """The query itself, in the place of a table."""
        return f"({query})"

    def tell(self, notice: Notice) -> None:
        """Nothing: no row was cut off."""
