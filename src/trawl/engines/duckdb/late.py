"""Rows of which only the first few are kept: found by the columns that decide, then read whole by their places.

To sort events of many columns DuckDB would read all of them all through. The order and the conditions need a few
columns, and the rest is read only of the rows that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trawl.algebra import Extend, Filter, Given, Project, Relation, Reverse, Scan, Slice, Sort, SortKey
from trawl.catalog.base import Part
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.groups import Placed
from trawl.engines.duckdb.hosts import kept
from trawl.expr import Field, fields_of

if TYPE_CHECKING:
    from trawl.engines.duckdb.compile import Compiler

MOST: Final = 20_000
"""Rows up to which it pays: more of them lie everywhere, and everything is read anyway."""


@dataclass(frozen=True)
class Decision:
    """What decides which events come first.

    Attributes:
        leaf: the events.
        fields: the fields that decide.
        first: the field that the rows are sorted by before all others; None for what is computed.
        descending: whether its greatest values come first.
    """

    leaf: Scan | Given
    fields: set[str]
    first: str | None
    descending: bool


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
    decision = _decided_by(relation)
    if decision is None or reach > MOST or not compiler.host.answers:
        return None
    leaf = decision.leaf
    if isinstance(leaf, Given) and leaf.name not in compiler.snapshot.segments:
        return None
    reading = compiler.reading(leaf)
    if not reading.segments:
        return None
    checks = len(compiler.checks)
    deciding = reading.narrowed(decision.fields).frame(_promising(reading.segments, decision), is_located=True)
    located = compiler.frame(relation, {id(leaf): deciding})
    located.close()
    file, row = located.order[-2:]
    places = compiler.host.rows(compiler.statement(located.select_in_order([file.sql, row.sql], reach)))
    few = reading.restricted((str(path), int(place)) for path, place in places)
    read = few.frame(few.segments)
    kept(read, compiler.host, compiler.shared)  # DuckDB fails at `ORDER BY … LIMIT` over places in files
    frame = compiler.frame(relation, {id(leaf): read})
    del compiler.checks[checks:]  # the faults of all rows are counted already
    return frame, len(places)


def _promising(segments: Iterable[Placed], decision: Decision) -> list[Placed]:
    """The segments, those first that may hold the first rows: of the others DuckDB then passes over row groups."""
    sign = -1 if decision.descending else 1

    def bounds(parts: Sequence[Part]) -> list[float]:
        found = [part.maximum if decision.descending else part.minimum for part in parts]
        return [sign * bound for bound in found if bound is not None]

    def promise(placed: Placed) -> float:
        return min(bounds(placed.segment.fields.get(decision.first or "", ())), default=float("inf"))

    return sorted(segments, key=promise)


def _decided_by(relation: Relation) -> Decision | None:
    """What decides which of sorted events come first; None where these are most of all fields, or none are sorted."""
    columns = set(relation.columns.names)
    fields: set[str] = set()
    leading: SortKey | None = None
    first: str | None = None
    reverses = 0
    while not isinstance(relation, Scan | Given):
        match relation:
            case Filter():
                fields |= fields_of(relation.condition)
            case Sort():
                fields.update(*(fields_of(key.value) for key in relation.keys))
                if leading is None:
                    leading = relation.keys[0]
                    first = leading.value.name if isinstance(leading.value, Field) else None
            case Reverse():
                reverses += leading is None
            case Extend():
                computed = [fields_of(value) for name, value in relation.assignments if name in fields]
                fields = (fields - {name for name, _ in relation.assignments}).union(*computed)
                first = first if first in fields else None
            case Project():
                fields = {old for new, old in relation.names if new in fields}
                first = dict(relation.names).get(first) if first else None
            case _:
                return None
        (relation,) = relation.inputs
    is_limited = isinstance(relation, Scan) and relation.newest is not None
    is_sorted = leading is not None or reverses > 0
    if not is_sorted or is_limited or len(columns - fields) <= len(fields):
        return None
    if leading is None and isinstance(relation, Scan):
        first = relation.time_field
    descending = (leading is None or leading.descending) != (reverses % 2 == 1)
    return Decision(relation, fields, first, descending)
