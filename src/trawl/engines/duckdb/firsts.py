"""Filters that keep the first few events of each group: these are found by the columns that decide.

Where there are other columns, they are read of the rows alone that are kept, by their places, as those of a sort are
(`trawl.engines.duckdb.late`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeGuard

from trawl.algebra import Extend, Filter, Given, Project, Relation, Scan, Window
from trawl.engines.duckdb import needs, windows
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.groups import Placed
from trawl.engines.duckdb.hosts import kept
from trawl.engines.duckdb.late import MOST
from trawl.engines.duckdb.places import located
from trawl.expr import fields_of

if TYPE_CHECKING:
    from trawl.engines.duckdb.compile import Compiler

SAMPLED: Final = 100_000
"""Of how many events it is found out how often they are of the same group."""
MOST_DIFFERENT: Final = 0.3
"""Groups for each event of these, up to which it pays to gather them."""


def can(relation: Relation) -> TypeGuard[Filter]:
    """Whether a relation keeps the first few events of each group, so that those can be found on their own."""
    return windows.keeps_first(relation) and needs.counted(relation) is not None


def numbered(compiler: Compiler, relation: Filter, frame: Frame) -> Frame:
    """The rows, numbered, of which a filter keeps the first few of each group: all of them, or few with those.

    Args:
        relation: the filter (`can`). frame: all rows, numbered as `windows.extend` does where the first are kept.
    """
    window, leaf = relation.input, needs.counted(relation)
    assert isinstance(window, Window)
    assert leaf is not None
    segments = _in_order(compiler, leaf)
    if not segments:
        return frame
    decisive = _decisive(window, leaf)
    others = set(leaf.columns.names) - decisive - ({leaf.time_field} if isinstance(leaf, Scan) else set())
    checks = len(compiler.checks)
    if not _repeat(compiler, window, leaf, segments, decisive):
        frame = compiler.windowed(window)
    elif others:  # to group many rows whole takes more memory than a window, which DuckDB puts aside
        few = _few(compiler, relation, leaf, segments, decisive)
        if few is not None:
            kept(few, compiler.host, compiler.shared)
        frame = compiler.windowed(window, {} if few is None else {id(leaf): few})
    del compiler.checks[checks:]  # the faults of all rows are counted already
    return frame


def _in_order(compiler: Compiler, leaf: Scan | Given) -> tuple[Placed, ...]:
    """The segments that have all events in order, one after the other; none where they do not, or may not be asked."""
    is_stored = isinstance(leaf, Scan) or leaf.name in compiler.snapshot.segments
    is_limited = isinstance(leaf, Scan) and leaf.newest is not None
    if not is_stored or is_limited or not compiler.host.answers:
        return ()
    return compiler.reading(leaf).in_order() or ()


def _repeat(
    compiler: Compiler, window: Window, leaf: Scan | Given, segments: Sequence[Placed], decisive: set[str]
) -> bool:
    """Whether the first events are of few groups. Many groups DuckDB sorts faster than it gathers them."""
    first = compiler.reading(leaf).narrowed(decisive).frame(segments[:1])
    frame = compiler.frame(window.input, {id(leaf): first})
    groups = windows.Partition.of(window, Expressions(frame, compiler.zone))
    if not groups.columns:
        return True
    sample = f"{frame.select(groups.columns)} LIMIT {SAMPLED}"
    found = compiler.host.rows(
        compiler.statement(
            f"SELECT coalesce(sum(n), 0), count(*) FROM (SELECT count(*) AS n FROM ({sample}) GROUP BY ALL)"
        )
    )
    return all(MOST_DIFFERENT * rows >= different for rows, different in found)


def _few(
    compiler: Compiler, relation: Filter, leaf: Scan | Given, segments: Sequence[Placed], decisive: set[str]
) -> Frame | None:
    """The events that are kept, where they are few."""
    reading = compiler.reading(leaf)
    deciding = reading.narrowed(decisive).frame(segments, is_ordered=True)
    found = compiler.frame(relation.input, {id(leaf): deciding})
    found.filter(Expressions(found, compiler.zone).truth(relation.condition))
    (place,) = found.order
    places = compiler.host.rows(compiler.statement(found.select([place.sql]) + f" LIMIT {MOST + 1}"))
    if len(places) > MOST:
        return None
    few = reading.restricted(located((number for (number,) in places), segments))
    return few.frame(few.segments)


def _decisive(relation: Window, leaf: Relation) -> set[str]:
    """The fields of the events that tell which of them there are, and in which group each is."""
    fields: set[str] = set().union(*map(fields_of, relation.partition))
    below: Relation = relation.input
    while below is not leaf:
        match below:
            case Filter():
                fields |= fields_of(below.condition)
            case Extend():
                computed = [fields_of(value) for name, value in below.assignments if name in fields]
                fields = (fields - {name for name, _ in below.assignments}).union(*computed)
            case Project():
                fields = {old for new, old in below.names if new in fields}
        (below,) = below.inputs
    return fields
