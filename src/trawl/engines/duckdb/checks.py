"""Queries that count faults of the data, to run beside the statement that comes upon them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trawl.algebra import Extend, Filter, Project, Relation
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.scopes import Flaw
from trawl.errors import Span


@dataclass(frozen=True)
class Check:
    """A query that counts faults of the data: one row, a column for each flaw.

    Attributes:
        query: the SELECT.
        flaws: what is counted, and at which place in the query's text.
    """

    query: str
    flaws: tuple[tuple[Flaw, Span | None], ...]


def carrying(order: Iterable[Relation], uses: Mapping[int, int]) -> set[int]:
    """The identities of the relations whose faults are counted with those of the next one that looks at single rows.

    Args:
        order: all relations, inputs before what reads them.
        uses: how many relations read each, by its identity.
    """
    found = set()
    for relation in order:
        if isinstance(relation, Extend | Filter):
            below = relation.input
            while isinstance(below, Project) and uses[id(below)] == 1:
                below = below.input
            if isinstance(below, Extend) and uses[id(below)] == 1:
                found.add(id(below))
    return found


def of_rows(to: Expressions) -> list[Check]:
    """Counts the faults that expressions may come upon, in the rows as they are now, and those carried along."""
    frame = to.frame.copy()
    carried, to.frame.carried = to.frame.carried, []
    return list(of_groups(frame, [*carried, *_noted(to, frame)]))


def carry(to: Expressions) -> None:
    """Has the frame carry along which rows are at fault, so that one query counts them with those to come."""
    frame = to.frame
    frame.carried += [(flaw, span, frame.compute(when)) for flaw, span, when in _noted(to, frame)]


def _noted(to: Expressions, frame: Frame) -> Iterator[tuple[Flaw, Span | None, str]]:
    for noted in to.noted.values():
        for flaw, when in noted.counted(frame.bind):
            yield flaw, noted.span, when


def of_groups(frame: Frame, flaws: Iterable[tuple[Flaw, Span | None, str]]) -> Iterator[Check]:
    """Counts the groups of which something is wrong; each flaw with the condition under which it is."""
    found = list(flaws)
    if found:
        counts = [f"count(*) FILTER (WHERE {condition})" for _, _, condition in found]
        yield Check(frame.select(counts), tuple((flaw, span) for flaw, span, _ in found))
