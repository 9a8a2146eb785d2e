"""Rows of which only the first few are kept: looked for where they are likely, and read whole by their places.

DuckDB passes over what cannot be among the first rows any more, so that it should see the first ones early. To sort
events of many columns it would read all of them all through: the order and the conditions need a few columns, and the
rest is read only of the rows that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        is_few: whether they are so few of all that the others are better read late.
        first: the field that the rows are sorted by before all others; None for what is computed.
        descending: whether its greatest values come first.
    """

    leaf: Scan | Given
    fields: set[str]
    is_few: bool
    first: str | None
    descending: bool


def sliced(compiler: Compiler, relation: Slice, frame: Frame) -> Frame:
    """The rows that a slice keeps of a frame. Where it has a notice, that is told if there are rows beyond."""
    if relation.count is None:
        frame.limit(None, relation.offset)
        return frame
    reach = relation.offset + relation.count
    beyond = reach + (relation.notice is not None)
    found = None
    decision = _decided_by(relation.input)
    if decision is not None and _is_stored(decision.leaf, compiler):
        if decision.is_few and beyond <= MOST and compiler.host.answers:
            frame, found = _read_late(compiler, relation.input, decision, beyond)
        elif decision.first is not None:
            frame = _again(compiler, relation.input, {id(decision.leaf): _promising_first(compiler, decision)})
    if found is None and relation.notice is not None:
        frame.limit(beyond)
        kept(frame, compiler.host, compiler.shared)
        ((found,),) = compiler.host.rows(frame.copy().select(["count(*)"])) or [(0,)]
    if relation.notice is not None and found is not None and found > reach:
        compiler.host.tell(relation.notice)
    frame.limit(relation.count, relation.offset)
    return frame


def _read_late(compiler: Compiler, relation: Relation, decision: Decision, reach: int) -> tuple[Frame, int]:
    """The first rows of a relation that sorts events, and how many they are.

    Args:
        relation: what is sliced. reach: how many rows are wanted at most.
    """
    leaf = decision.leaf
    reading = compiler.reading(leaf)
    deciding = _promising_first(compiler, decision, is_located=True)
    located = _again(compiler, relation, {id(leaf): deciding})
    located.close()
    file, row = located.order[-2:]
    places = compiler.host.rows(compiler.statement(located.select_in_order([file.sql, row.sql], reach)))
    few = reading.restricted((str(path), int(place)) for path, place in places)
    read = few.frame(few.segments)
    kept(read, compiler.host, compiler.shared)  # DuckDB fails at `ORDER BY … LIMIT` over places in files
    return _again(compiler, relation, {id(leaf): read}), len(places)


def _again(compiler: Compiler, relation: Relation, given: Mapping[int, Frame]) -> Frame:
    """A relation over other rows of its leaf; the faults of all rows are counted already."""
    checks = len(compiler.checks)
    frame = compiler.frame(relation, given)
    del compiler.checks[checks:]
    return frame


def _is_stored(leaf: Scan | Given, compiler: Compiler) -> bool:
    """Whether the rows of a leaf are in files, of which there are any."""
    is_handed_over = isinstance(leaf, Given) and leaf.name not in compiler.snapshot.segments
    return not is_handed_over and bool(compiler.reading(leaf).segments)


def _promising_first(compiler: Compiler, decision: Decision, *, is_located: bool = False) -> Frame:
    """The events, read in an order in which DuckDB soon passes over row groups that cannot have the first rows.

    Args:
        is_located: whether only the columns that decide are read, and each row's file and its place there.
    """
    reading = compiler.reading(decision.leaf)
    segments = _promising(reading.segments, decision)
    if not is_located:
        return reading.frame(segments)
    return reading.narrowed(decision.fields).frame(segments, is_located=True)


def _promising(segments: Iterable[Placed], decision: Decision) -> list[Placed]:
    """The segments, those first that may hold the first rows."""
    sign = -1 if decision.descending else 1

    def bounds(parts: Sequence[Part]) -> list[float]:
        found = [part.maximum if decision.descending else part.minimum for part in parts]
        return [sign * bound for bound in found if bound is not None]

    def promise(placed: Placed) -> float:
        return min(bounds(placed.segment.fields.get(decision.first or "", ())), default=float("inf"))

    return sorted(segments, key=promise)


def _decided_by(relation: Relation) -> Decision | None:
    """What decides which of sorted events come first; None where they are not sorted."""
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
    if not is_sorted or is_limited:
        return None
    if leading is None and isinstance(relation, Scan):
        first = relation.time_field
    descending = (leading is None or leading.descending) != (reverses % 2 == 1)
    return Decision(relation, fields, len(columns - fields) > len(fields), first, descending)
