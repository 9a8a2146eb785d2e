"""Relations over nothing else: events of sources, and rows that are there already."""

from __future__ import annotations

from dataclasses import dataclass

from trawl.algebra.base import Relation
from trawl.errors import Span
from trawl.expr import Expr
from trawl.values import Instant, Value


@dataclass(frozen=True, eq=False)
class Scan(Relation):
    """Events of sources within a range of time: newest first, ties in the order they were loaded.

    Attributes:
        sources: names of the sources, resolved (no patterns), each once.
        time_field: the field that holds the time; events without it are out of range.
        start: first instant, inclusive. end: last instant, exclusive.
        newest: only so many newest events over all sources together (`qsize`), None for all.
        only: names of the columns wanted, None for all (set by the rule that prunes).
        where: a condition on the events that the scan may use to skip what cannot match; the
            relation above it still filters (set by a rule).
    """

    sources: tuple[str, ...]
    time_field: str
    start: Instant
    end: Instant
    newest: int | None = None
    only: tuple[str, ...] | None = None
    where: Expr | None = None
    span: Span | None = None


@dataclass(frozen=True, eq=False)
class Generate(Relation):
    """`count` rows out of nothing, numbered from 1 in column `number` if that is named; lazy.

    `time_field` holds the clock's `now` in every row.
    """

    count: int
    time_field: str
    now: Instant
    number: str | None = None


@dataclass(frozen=True, eq=False)
class Rows(Relation):
    """Constant rows in the order given; bound from the start (`schema` is required)."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, eq=False)
class Given(Relation):
    """Rows handed over under a name when the plan runs: another engine's output, a stored result."""

    name: str
