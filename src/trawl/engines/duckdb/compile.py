"""Relations as SQL: each becomes a frame over those of its inputs, from the leaves up, without recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod
from itertools import count
from typing import Final

from trawl.algebra import (
    Aggregate,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Given,
    Join,
    Locate,
    Lump,
    Match,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Rows,
    Scan,
    Session,
    Slice,
    Sort,
    Templates,
    Transpose,
    Union,
    Unpack,
    Unpivot,
    Window,
    post_order,
)
from trawl.catalog.base import Snapshot
from trawl.engines.columns import real_schema
from trawl.engines.duckdb import (
    aggregating,
    checks,
    firsts,
    joining,
    late,
    matching,
    needs,
    ordering,
    profiling,
    reshaping,
    sessions,
    shaping,
    templates,
    totals,
    transposing,
    unpacking,
    windows,
)
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.columns import columns_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame, Names
from trawl.engines.duckdb.hosts import Host, Shared, compute, kept, sharing
from trawl.engines.duckdb.layouts import laid_out
from trawl.engines.duckdb.scan import Reading
from trawl.engines.duckdb.totals import Totals
from trawl.schema import Schema

NARROW: Final = 12
"""Columns up to which rows count as narrow."""


@dataclass
class Compiler:
    """Compiles one relation and all below it.

    Attributes:
        snapshot: the segments behind scans.
        host: the connection.
        zone: IANA name of the time zone of calendar units.
        names: makes names for columns, unique over the whole statement.
        shared: the queries of what is read more than once, for `WITH`.
        checks: what counts the faults of the data, over what was compiled.
        totals: what is measured already of whole groups, by the identity of the window.
    """

    snapshot: Snapshot
    host: Host
    zone: str = "UTC"
    names: Names = field(default_factory=Names)
    shared: list[Shared] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    totals: dict[int, Totals] = field(default_factory=dict)
    _schemas: dict[int, Schema] = field(default_factory=dict)
    _found: dict[int, unpacking.Found] = field(default_factory=dict)
    _readings: dict[int, Reading] = field(default_factory=dict)
    _counted: set[int] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)
    _put_aside: set[int] = field(default_factory=set)
    _firsts: set[int] = field(default_factory=set)

    def frame(self, root: Relation, given: Mapping[int, Frame] | None = None) -> Frame:
        """The relation as a frame.

        Args:
            given: frames that stand for relations, by their identity; what is below these is not looked at.
        """
        known = dict(given or {})
        order = list(post_order(root, known))
        self._counted |= {id(leaf) for relation in order if (leaf := needs.counted(relation)) is not None}
        uses = Counter(id(child) for relation in order for child in relation.inputs)
        ordered = needs.ordered(order)
        self._firsts |= {id(r.input) for r in order if firsts.can(r) and uses[id(r.input)] == 1}
        done: dict[int, Frame] = {}
        for relation in order:
            if id(relation) in known:
                done[id(relation)] = known[id(relation)]
            else:
                inputs = tuple(self._taken(done[id(child)], uses[id(child)]) for child in relation.inputs)
                done[id(relation)] = self._compile(relation, inputs)
                if id(relation) not in ordered:
                    done[id(relation)].order = ()
            if id(relation) not in self._schemas:
                inputs_of = [self._schemas[id(child)] for child in relation.inputs if id(child) in self._schemas]
                self._schemas[id(relation)] = real_schema(relation, inputs_of)
            if uses[id(relation)] > 1:
                self._share(done[id(relation)])
        return done[id(root)]

    def statement(self, body: str) -> str:
        """A SELECT with what it shares in front."""
        return sharing(body, self.shared)

    def keep_shared(self, result: Frame) -> None:
        """Computes into tables what several statements would compute, the result's and those that count faults.

        Nothing is compiled after it.
        """
        if self.checks:
            readers = [result.source, *(check.query for check in self.checks)]
            compute(self.host, self.shared, readers, offers=True)

    def result(self, frame: Frame, schema: Schema) -> str:
        """The SELECT of a relation's columns, `o0`, `o1` …, in order."""
        expressions = [
            f"{laid_out(frame.columns.get(column.name, ()), column.type, frame)} AS o{number}"
            for number, column in enumerate(schema)
        ]
        return self.statement(frame.select_in_order(expressions or ["1 AS o0"]))

    def reading(self, leaf: Scan | Given) -> Reading:
        """How a leaf is read, which is settled once."""
        if id(leaf) not in self._readings:
            self._readings[id(leaf)] = Reading.of(leaf, self.snapshot.segments, self.names)
        return self._readings[id(leaf)]

    def windowed(self, relation: Relation, given: Mapping[int, Frame] | None = None) -> Frame:
        """A relation again that numbers the rows of groups, all of them, by a window of DuckDB."""
        self._firsts.discard(id(relation))
        return self.frame(relation, given)

    def find(self, relation: Unpack, frame: Frame) -> None:
        """Learns which fields the objects have, of which the frame has all rows."""
        self._found[id(relation)] = found = unpacking.find(frame.copy(), relation, self.zone, self.host, self.shared)
        self._schemas[id(relation)] = found.schema(self._schemas[id(relation.input)])

    def know(self, relation: Relation, schema: Schema) -> None:
        """Says what columns a relation has that is handed over as a frame."""
        self._schemas[id(relation)] = schema

    def schema_of(self, relation: Relation) -> Schema:
        """The columns of a relation that was compiled; where the plan left them open, those that the data told."""
        return self._schemas[id(relation)]

    def _taken(self, frame: Frame, uses: int) -> Frame:
        """A frame to grow from another; one that several grow from has names of its own in each."""
        return frame.copy() if uses == 1 else frame.renamed()

    def _share(self, frame: Frame, *, is_kept: bool = True) -> None:
        """Computes the rows once for all that read them."""
        name = f"shared{next(self._numbers)}"
        frame.close()
        query = f"SELECT {', '.join(frame.selected())} FROM {frame.source}"
        self.shared.append(Shared(name, query, is_kept))
        frame.wrap(name)
        frame.is_ordered = False

    def _offer(self, frame: Frame, *, is_kept: bool = False) -> None:
        """Has rows that are dear to compute kept where faults are counted beside the result, if they are narrow: of
        wide ones a count of faults looks at few columns, which takes less than to keep all.

        Args:
            is_kept: whether they are kept in any case.
        """
        frame.close()
        if len(frame.selected()) <= NARROW:
            self._share(frame, is_kept=is_kept)

    # --- relations -----------------------------------------------------------------------------------

    @singledispatchmethod
    def _compile(self, relation: Relation, inputs: tuple[Frame, ...]) -> Frame:
        raise AssertionError(f"{type(relation).__name__} has no spelling in DuckDB")

    @_compile.register
    def _(self, relation: Scan, inputs: tuple[Frame, ...]) -> Frame:
        frame = self.reading(relation).whole(is_counted=id(relation) in self._counted)
        if relation.newest is not None:
            frame.limit(relation.newest)
        return frame

    @_compile.register
    def _(self, relation: Given, inputs: tuple[Frame, ...]) -> Frame:
        return self.reading(relation).whole(is_counted=id(relation) in self._counted)

    @_compile.register
    def _(self, relation: Rows, inputs: tuple[Frame, ...]) -> Frame:
        return shaping.constant_rows(self.names, relation)

    @_compile.register
    def _(self, relation: Generate, inputs: tuple[Frame, ...]) -> Frame:
        return shaping.generated(self.names, relation)

    @_compile.register
    def _(self, relation: Filter, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        if id(relation.input) in self._firsts:
            frame = firsts.numbered(self, relation, frame)
        to = Expressions(frame, self.zone)
        condition = to.truth(relation.condition)
        self.checks += checks.of_rows(to)
        frame.filter(condition)
        frame.settle(frame.columns)
        return frame

    @_compile.register
    def _(self, relation: Extend, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        to = Expressions(frame, self.zone)
        added = {name: to.operand(expression) for name, expression in relation.assignments}
        if to.noted and totals.is_filtered(relation.input, self._put_aside):
            self._offer(frame, is_kept=True)
            self._put_aside.add(id(relation))
        self.checks += checks.of_rows(to)
        frame.settle({**frame.columns, **added})
        return frame

    @_compile.register
    def _(self, relation: Project, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        frame.settle({new: frame.columns.get(old, ()) for new, old in relation.names})
        return frame

    @_compile.register
    def _(self, relation: Sort, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        to = Expressions(frame, self.zone)
        keys = [found for key in relation.keys for found in ordering.sort_keys(key, to.operand(key.value), to)]
        self.checks += checks.of_rows(to)
        frame.settle(frame.columns, (*keys, *frame.order))
        return frame

    @_compile.register
    def _(self, relation: Reverse, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        frame.reverse()
        return frame

    @_compile.register
    def _(self, relation: Slice, inputs: tuple[Frame, ...]) -> Frame:
        return late.sliced(self, relation, *inputs)

    @_compile.register
    def _(self, relation: Aggregate, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        groups, found = aggregating.aggregate(
            frame, relation, self.zone, lambda found: self._offer(found, is_kept=True)
        )
        self.checks += found
        return groups

    @_compile.register
    def _(self, relation: Union, inputs: tuple[Frame, ...]) -> Frame:
        return shaping.union(self.names, inputs, relation.columns.names)

    @_compile.register
    def _(self, relation: Explode, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        shaping.explode(frame, relation)
        return frame

    @_compile.register
    def _(self, relation: Unpivot, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        return shaping.unpivot(frame, relation)

    @_compile.register
    def _(self, relation: Window, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        if not totals.can(relation):
            is_first_kept = id(relation) in self._firsts
            self.checks += windows.extend(frame, relation, self.zone, is_first_kept=is_first_kept)
            if not (relation.only_numbers or is_first_kept):
                self._offer(frame)
            return frame
        known = self.totals.get(id(relation))
        if known is not None:
            totals.join(frame, relation, known, self.zone)
            return frame
        if not totals.is_streamed(relation.input):
            self._share(frame)
        elif totals.is_filtered(relation.input, self._put_aside):
            self._offer(frame, is_kept=True)
            self._put_aside.add(id(relation))
        measured, found = totals.measure(frame.copy(), relation, self.zone)
        self.checks += found
        totals.join(frame, relation, measured, self.zone)
        self._offer(frame)
        return frame

    @_compile.register
    def _(self, relation: Session, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        self.checks += sessions.extend(frame, relation, self.zone, self.host, self.statement)
        return frame

    @_compile.register
    def _(self, relation: Join, inputs: tuple[Frame, ...]) -> Frame:
        left, right = inputs
        return joining.join(relation, left, right, self.zone)

    @_compile.register
    def _(self, relation: Match, inputs: tuple[Frame, ...]) -> Frame:
        left, right = inputs
        return matching.match(relation, left, right, self.host, self.shared, self.zone)

    @_compile.register
    def _(self, relation: Locate, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        return matching.locate(relation, frame, self.snapshot, self.host, self.shared)

    @_compile.register
    def _(self, relation: Lump, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        if not totals.is_streamed(relation.input):
            self._share(frame)
        reshaping.lump(frame, relation, self.host, self.shared, self.zone)
        return frame

    @_compile.register
    def _(self, relation: Pivot, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        known = self._schemas[id(relation.input)]
        result, self._schemas[id(relation)] = reshaping.pivot(frame, relation, known, self.host, self.shared)
        return result

    @_compile.register
    def _(self, relation: Transpose, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        known = self._schemas[id(relation.input)]
        result, self._schemas[id(relation)] = transposing.transpose(frame, relation, known, self.host, self.shared)
        return result

    @_compile.register
    def _(self, relation: Unpack, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        if id(relation) not in self._found:
            if unpacking.are_few(relation.input):
                kept(frame, self.host, self.shared)
            self.find(relation, frame)
        self.checks += unpacking.unpack(frame, relation, self._found[id(relation)], self.zone)
        return frame

    @_compile.register
    def _(self, relation: Fill, inputs: tuple[Frame, ...]) -> Frame:
        return reshaping.fill(inputs[0], relation, self.host, self.shared)

    @_compile.register
    def _(self, relation: Profile, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        source = columns_of(relation.input, frame, self.snapshot.segments, self.host, self.shared)
        return profiling.profile(relation, self._schemas[id(relation.input)], source, self.names, self.host)

    @_compile.register
    def _(self, relation: Templates, inputs: tuple[Frame, ...]) -> Frame:
        (frame,) = inputs
        return templates.mined(frame, relation, self.host, self.statement)
