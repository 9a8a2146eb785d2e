"""Rows of which only the first few are kept: found by the columns that decide, then read whole by their places.

To sort events of many columns DuckDB would read all of them all through. The order and the conditions need a few
columns, and the rest is read only of the rows that are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trawl.algebra import Extend, Filter, Given, Project, Relation, Reverse, Scan, Slice, Sort
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import kept
from trawl.engines.duckdb.scan import Reading
from trawl.expr import fields_of

if TYPE_CHECKING:
    from trawl.engines.duckdb.compile import Compiler

MOST: Final = 20_000
"""Rows up to which it pays: more of them lie everywhere, and everything is read anyway."""


def sliced(compiler: Compiler, relation: Slice, frame: Frame) -> Frame:
    """The rows that a slice keeps of a frame. Where it has a notice, that is told if there are rows beyond."""
    if relation.count is None:
        frame.limit(None, relation.offset)
        return frame
    reach = relation.offset + relation.count
    beyond = reach + (relation.notice is not None)
    few = _first_rows(compiler, relation.input, beyond)
    if few is not None:
        frame, found = few
    elif relation.notice is not None:
        frame.limit(beyond)
        kept(frame, compiler.host, compiler.shared)
        ((found,),) = compiler.host.rows(frame.copy().select(["count(*)"])) or [(0,)]
    if relation.notice is not None and found > reach:
        compiler.host.tell(relation.notice)
    frame.limit(relation.count, relation.offset)
    return frame


def _first_rows(compiler: Compiler, relation: Relation, reach: int) -> tuple[Frame, int] | None:
    """The first rows of a relation that sorts events, and how many they are; None where this does not pay.

    Args:
        relation: what is sliced. reach: how many rows are wanted at most.
    """
    found = _decided_by(relation)
    if found is None or reach > MOST or not compiler.host.answers:
        return None
    leaf, fields = found
    if isinstance(leaf, Given) and leaf.name not in compiler.snapshot.segments:
        return None
    segments, names = compiler.snapshot.segments, compiler.names
    deciding = Reading.of(leaf, segments, names, fields)
    if not deciding.segments:
        return None
    checks = len(compiler.checks)
    located = compiler.frame(relation, {id(leaf): deciding.frame(deciding.segments, is_located=True)})
    located.close()
    file, row = located.order[-2:]
    places = compiler.host.rows(compiler.statement(located.select_in_order([file.sql, row.sql], reach)))
    few = Reading.of(leaf, segments, names).restricted((str(path), int(place)) for path, place in places)
    read = few.frame(few.segments)
    kept(read, compiler.host, compiler.shared)  # DuckDB fails at `ORDER BY … LIMIT` over places in files
    frame = compiler.frame(relation, {id(leaf): read})
    del compiler.checks[checks:]  # the faults of all rows are counted already
    return frame, len(places)


def _decided_by(relation: Relation) -> tuple[Scan | Given, set[str]] | None:
    """The events that are sorted, and their fields that decide which are kept; None where these are most of all."""
    columns, is_sorted = set(relation.columns.names), False
    fields: set[str] = set()
    while not isinstance(relation, Scan | Given):
        match relation:
            case Filter():
                fields |= fields_of(relation.condition)
            case Sort():
                is_sorted = True
                fields.update(*(fields_of(key.value) for key in relation.keys))
            case Reverse():
                is_sorted = True
            case Extend():
                computed = [fields_of(value) for name, value in relation.assignments if name in fields]
                fields = (fields - {name for name, _ in relation.assignments}).union(*computed)
            case Project():
                fields = {old for new, old in relation.names if new in fields}
            case _:
                return None
        (relation,) = relation.inputs
    is_limited = isinstance(relation, Scan) and relation.newest is not None
    pays = is_sorted and not is_limited and len(columns - fields) > len(fields)
    return (relation, fields) if pays else None
