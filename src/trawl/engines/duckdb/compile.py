"""Relations as SQL: each becomes a frame over those of its inputs, from the leaves up, without recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from trawl.algebra import Given, Relation, Scan, Unpack, post_order
from trawl.catalog.base import Snapshot
from trawl.engines.columns import real_schema
from trawl.engines.duckdb import checks, firsts, needs, unpacking
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.frames import Frame, Names
from trawl.engines.duckdb.hosts import Host, Shared, compute, sharing
from trawl.engines.duckdb.layouts import laid_out
from trawl.engines.duckdb.relations import compiled
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
        found: which fields the objects in texts have, by the identity of what unpacks them.
        counted: identities of leaves of which only the number of rows is asked for.
        put_aside: identities of relations whose filtered rows are kept for those above.
        carrying: identities of what computes values whose faults what comes next counts with its own.
        kept_firsts: identities of windows that number the rows of groups of which a filter keeps the first few.
    """

    snapshot: Snapshot
    host: Host
    zone: str = "UTC"
    names: Names = field(default_factory=Names)
    shared: list[Shared] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    totals: dict[int, Totals] = field(default_factory=dict)
    found: dict[int, unpacking.Found] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    put_aside: set[int] = field(default_factory=set)
    carrying: set[int] = field(default_factory=set)
    kept_firsts: set[int] = field(default_factory=set)
    _schemas: dict[int, Schema] = field(default_factory=dict)
    _readings: dict[int, Reading] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def frame(self, root: Relation, given: Mapping[int, Frame] | None = None) -> Frame:
        """The relation as a frame.

        Args:
            given: frames that stand for relations, by their identity; what is below these is not looked at.
        """
        known = dict(given or {})
        order = list(post_order(root, known))
        self.counted |= {id(leaf) for relation in order if (leaf := needs.counted(relation)) is not None}
        uses = Counter(id(child) for relation in order for child in relation.inputs)
        ordered = needs.ordered(order)
        outside, self.carrying = self.carrying, checks.carrying(order, uses)
        self.kept_firsts |= {id(r.input) for r in order if firsts.can(r) and uses[id(r.input)] == 1}
        done: dict[int, Frame] = {}
        for relation in order:
            if id(relation) in known:
                done[id(relation)] = known[id(relation)]
            else:
                inputs = tuple(self._taken(done[id(child)], uses[id(child)]) for child in relation.inputs)
                done[id(relation)] = compiled(relation, inputs, self)
                if id(relation) not in ordered:
                    done[id(relation)].order = ()
            if id(relation) not in self._schemas:
                inputs_of = [self._schemas[id(child)] for child in relation.inputs if id(child) in self._schemas]
                self._schemas[id(relation)] = real_schema(relation, inputs_of)
            if uses[id(relation)] > 1:
                self.share(done[id(relation)])
        self.carrying = outside
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
        self.kept_firsts.discard(id(relation))
        return self.frame(relation, given)

    def find(self, relation: Unpack, frame: Frame) -> None:
        """Learns which fields the objects have, of which the frame has all rows."""
        self.found[id(relation)] = found = unpacking.find(frame.copy(), relation, self.zone, self.host, self.shared)
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

    def share(self, frame: Frame, *, is_kept: bool = True) -> None:
        """Computes the rows once for all that read them."""
        name = f"shared{next(self._numbers)}"
        frame.close()
        query = f"SELECT {', '.join(frame.selected())} FROM {frame.source}"
        self.shared.append(Shared(name, query, is_kept))
        frame.wrap(name)
        frame.is_ordered = False

    def offer(self, frame: Frame, *, is_kept: bool = False) -> None:
        """Has rows that are dear to compute kept where faults are counted beside the result, if they are narrow: of
        wide ones a count of faults looks at few columns, which takes less than to keep all.

        Args:
            is_kept: whether they are kept in any case.
        """
        frame.close()
        if len(frame.selected()) <= NARROW:
            self.share(frame, is_kept=is_kept)
