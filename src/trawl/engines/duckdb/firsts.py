"""Filters that keep the first few events of each group: these are found by the columns that decide.

Where there are other columns, they are read of the rows alone that are kept, by their places, as those of a sort are
(`trawl.engines.duckdb.late`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from trawl.algebra import Extend, Filter, Given, Project, Relation, Scan, Window
from trawl.engines.duckdb import windows
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import kept
from trawl.engines.duckdb.late import MOST
from trawl.engines.duckdb.places import located
from trawl.expr import fields_of

if TYPE_CHECKING:
    from trawl.engines.duckdb.compile import Compiler


def can(relation: Relation) -> TypeGuard[Filter]:
    """Whether a relation keeps the first few events of each group, so that those can be found on their own."""
    return windows.keeps_first(relation) and windows.counted(relation) is not None


def numbered(compiler: Compiler, relation: Filter, frame: Frame) -> Frame:
    """The rows, numbered, of which a filter keeps the first few of each group: all of them, or few with those.

    Args:
        relation: the filter (`can`). frame: all rows, numbered as `windows.extend` does where the first are kept.
    """
    window, leaf = relation.input, windows.counted(relation)
    assert isinstance(window, Window)
    assert leaf is not None
    is_stored = isinstance(leaf, Scan) or leaf.name in compiler.snapshot.segments
    decisive = _decisive(window, leaf)
    others = set(leaf.columns.names) - decisive - ({leaf.time_field} if isinstance(leaf, Scan) else set())
    if not (is_stored and others and compiler.host.answers):
        return frame
    checks = len(compiler.checks)
    few = None if isinstance(leaf, Scan) and leaf.newest is not None else _few(compiler, relation, leaf, decisive)
    if few is None:  # to group many rows takes more memory than a window, which DuckDB puts aside
        frame = compiler.windowed(window)
    else:
        kept(few, compiler.host, compiler.shared)
        frame = compiler.windowed(window, {id(leaf): few})
    del compiler.checks[checks:]  # the faults of all rows are counted already
    return frame


def _few(compiler: Compiler, relation: Filter, leaf: Scan | Given, decisive: set[str]) -> Frame | None:
    """The events that are kept, where they are few and the files have all events in order."""
    reading = compiler.reading(leaf)
    segments = reading.in_order()
    if not segments:
        return None
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
