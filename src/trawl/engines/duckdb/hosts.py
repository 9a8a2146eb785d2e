"""What compiling may ask of the connection: where only the data tells how to go on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pyarrow as pa

from trawl.engines.duckdb.frames import Frame
from trawl.errors import Notice

SHARED: Final = re.compile(r"\bshared\d+\b")
"""The names that shared queries have."""


class Host(Protocol):
    """What compiling may ask the connection for, where the data tells how to go on.

    Attributes:
        answers: whether there is any data to ask.
    """

    answers: bool

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query, to be read to their end before anything else runs."""

    def keep(self, query: str, name: str | None = None) -> str:
        """The name of a table that holds the rows of a query, a new one unless it is given."""

    def hand(self, table: pa.Table) -> str:
        """The name of a table that holds these rows."""

    def tell(self, notice: Notice) -> None:
        """Leaves a warning."""


@dataclass(frozen=True)
class Shared:
    """A query whose rows several others read, by its name.

    Attributes:
        is_kept: whether its rows are computed before they are read.
    """

    name: str
    query: str
    is_kept: bool = True

    def __str__(self) -> str:
        """As `WITH` says it."""
        return f"{self.name} AS {'' if self.is_kept else 'NOT '}MATERIALIZED ({self.query})"


def sharing(query: str, shared: Collection[Shared]) -> str:
    """A query with the queries that it shares in front, as far as it reads them."""
    read = _read(shared, [query])
    used = [str(one) for one in shared if one.name in read]
    return f"WITH {', '.join(used)} {query}" if used else query


def compute(host: Host, shared: list[Shared], readers: Iterable[str], *, offers: bool) -> None:
    """Computes into tables what queries share that are about to run one after the other; the rest stays as it is.

    Args:
        readers: these queries.
        offers: whether also what need not be kept is.
    """
    read = _read(shared, readers)
    rest: list[Shared] = []
    for one in shared:
        if one.name in read and (one.is_kept or offers):
            host.keep(sharing(one.query, rest), one.name)
        else:
            rest.append(one)
    shared[:] = rest


def asking(query: str, host: Host, shared: list[Shared]) -> str:
    """A query that is run at once, with the queries that it shares in front.

    Those that are computed before they are read are so now, for this query and for all that follow.
    """
    compute(host, shared, [query], offers=False)
    return sharing(query, shared)


def _read(shared: Collection[Shared], readers: Iterable[str]) -> set[str]:
    """The names of the shared queries that are read, by readers or by other shared ones, each of which comes later."""
    found = {name for query in readers for name in SHARED.findall(query)}
    for one in reversed([*shared]):
        if one.name in found:
            found.update(SHARED.findall(one.query))
    return found


def kept(frame: Frame, host: Host, shared: list[Shared]) -> None:
    """Computes the rows into a table, so that they can be looked at and read again."""
    frame.close()
    query = f"SELECT {', '.join(frame.selected())} FROM {frame.source}"
    frame.wrap(host.keep(asking(query, host, shared)))
    frame.is_ordered = False
