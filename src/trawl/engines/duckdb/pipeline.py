"""Pipelines that run slice by slice, newest first, so that first rows come early and enough is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from trawl.algebra import Explode, Extend, Filter, Given, Locate, Match, Project, Relation, Scan, Slice, Unpack
from trawl.engines.duckdb import totals
from trawl.engines.duckdb.compile import Compiler
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.scan import Reading, is_clock
from trawl.engines.duckdb.slices import Cut, cut, joined
from trawl.engines.duckdb.statements import BATCH_ROWS, FIRST_ROWS, Statements
from trawl.schema import Schema

_BY_ROW = Filter | Extend | Project | Slice | Explode | Match | Locate


@dataclass(frozen=True)
class Pipeline:
    """A scan or a stored result, and relations over it that look at one row at a time.

    The last one may unpack texts, whose fields all of them are looked at for beforehand.

    Attributes:
        leaf: where rows come from.
        stages: from the scan up. Rows that a `Slice` lets pass are counted from cut to cut.
    """

    leaf: Scan | Given
    stages: tuple[Relation, ...]

    @classmethod
    def of(cls, relation: Relation) -> Pipeline | None:
        """The relation as a pipeline, if it is one."""
        stages: list[Relation] = []
        if isinstance(relation, Unpack):
            stages.append(relation)
            relation = relation.input
        while isinstance(relation, _BY_ROW) or totals.can(relation):
            if isinstance(relation, Slice) and relation.notice is not None:
                return None
            stages.append(relation)
            relation = relation.inputs[0]
        if not isinstance(relation, Scan | Given):
            return None
        found = cls(relation, tuple(reversed(stages)))
        return found if found._all_are_asked else None

    @property
    def _all_are_asked(self) -> bool:
        """Whether all rows that there are reach the stages that ask all of them before the first one comes out."""
        asking = (number for number, stage in enumerate(self.stages) if totals.can(stage) or isinstance(stage, Unpack))
        last = max(asking, default=-1)
        is_cut = any(isinstance(stage, Slice) for stage in self.stages[: last + 1])
        is_limited = isinstance(self.leaf, Scan) and self.leaf.newest is not None
        return last < 0 or not (is_cut or is_limited)

    @property
    def root(self) -> Relation:
        """The relation that the pipeline is."""
        return self.stages[-1] if self.stages else self.leaf

    def batches(self, compiler: Compiler, host: Statements, threads: int, *, eager: bool) -> Iterator[pa.RecordBatch]:
        """The rows, at least one batch. So many threads read them.

        Args:
            eager: whether the first rows should come early: those of the first cut in small batches then.
        """
        reading = Reading.of(self.leaf, compiler.snapshot.segments, compiler.names)
        steps = (self.leaf, *self.stages)
        wanted = [Wanted.of(step, steps[number + 1 :]) for number, step in enumerate(steps)]
        self._measure_groups(compiler, host, reading)
        schema = self._schema(compiler, host, reading)
        found = False
        batch_rows = FIRST_ROWS if eager else BATCH_ROWS
        for current in joined(self._cuts(reading), threads):
            if any(each.is_enough for each in wanted):
                break
            host.reading([placed.segment for placed in current.segments])
            frame = self._frame(compiler, host, reading, current, wanted)
            for batch in host.stream(compiler.result(frame, schema), schema, batch_rows):
                for each in wanted:
                    each.see(batch.num_rows)
                if batch.num_rows or not found:
                    found = True
                    yield batch
            host.count_faults(compiler)
            host.read()
            batch_rows = BATCH_ROWS
        if not found:
            frame = self._frame(compiler, host, reading, Cut((), True), [Wanted(None, 0)] * len(wanted))
            yield from host.stream(compiler.result(frame, schema), schema)

    def _measure_groups(self, compiler: Compiler, host: Statements, reading: Reading) -> None:
        """Computes what is measured of whole groups, over all rows, before the first of them comes out."""
        for number, stage in enumerate(self.stages):
            if totals.can(stage):
                frame = self._all_rows(number, compiler, host, reading)
                measured, found = totals.measure(frame, stage, compiler.zone)
                compiler.checks += found
                host.count_faults(compiler)
                compiler.totals[id(stage)] = measured.kept(host, compiler.shared)

    def _schema(self, compiler: Compiler, host: Statements, reading: Reading) -> Schema:
        """The columns; where only the data tells them, it is asked."""
        if not isinstance(self.root, Unpack):
            return self.root.columns
        compiler.know(self.leaf, self.leaf.columns)
        compiler.find(self.root, self._all_rows(len(self.stages) - 1, compiler, host, reading))
        return compiler.schema_of(self.root)

    def _all_rows(self, before: int, compiler: Compiler, host: Statements, reading: Reading) -> Frame:
        """All rows that come into a stage. The faults in single rows are counted when these come out."""
        host.reading([])
        checks = len(compiler.checks)
        steps = (self.leaf, *self.stages)
        frame = compiler.frame(steps[before], {id(self.leaf): reading.frame(reading.segments)})
        del compiler.checks[checks:]
        return frame

    def _cuts(self, reading: Reading) -> Sequence[Cut]:
        if isinstance(self.leaf, Given):
            return [Cut((placed,), True) for placed in reading.segments]
        if all(is_clock(placed.segment, self.leaf) for placed in reading.segments):
            return cut(reading.segments)
        return [Cut(reading.segments, False)] if reading.segments else []

    def _frame(
        self, compiler: Compiler, host: Statements, reading: Reading, current: Cut, wanted: list[Wanted]
    ) -> Frame:
        """The rows of one cut, with those counted that pass where only so many may."""
        frame = reading.frame(current.segments, is_ordered=current.is_ordered)
        wanted[0].let_pass(frame, compiler, host)
        compiled: Relation = self.leaf
        for stage, most in zip(self.stages, wanted[1:], strict=True):
            if isinstance(stage, Slice):
                frame = compiler.frame(stage.input, {id(compiled): frame})
                most.let_pass(frame, compiler, host)
                compiled = stage
        return compiler.frame(self.root, {id(compiled): frame})


@dataclass
class Wanted:
    """How many rows may still pass at one place of a pipeline.

    Attributes:
        most: None for all.
        skip: so many are left out first.
        is_seen: whether the rows that pass are those that come out, so that they need not be counted apart.
    """

    most: int | None
    skip: int
    is_seen: bool = False

    @classmethod
    def of(cls, relation: Relation, after: Sequence[Relation]) -> Wanted:
        """What the relation lets pass, before the relations after it."""
        is_seen = all(isinstance(later, Extend | Project | Match | Locate) for later in after)
        match relation:
            case Scan():
                return cls(relation.newest, 0, is_seen)
            case Slice():
                return cls(relation.count, relation.offset, is_seen and not relation.offset)
            case _:
                return cls(None, 0)

    @property
    def is_enough(self) -> bool:
        """Whether no further row may pass."""
        return self.most == 0

    def let_pass(self, frame: Frame, compiler: Compiler, host: Statements) -> None:
        """Cuts the rows off, and counts how many come unless they are seen anyway."""
        if self.most is None and not self.skip:
            return
        if self.is_seen:
            frame.limit(self.most, self.skip)
            return
        reach = None if self.most is None else self.most + self.skip
        counted = frame.copy()
        if reach is not None:
            counted.limit(reach)
        ((passing,),) = host.rows(compiler.statement(counted.select(["count(*)"])))
        assert isinstance(passing, int)
        frame.limit(self.most, self.skip)
        skipped = min(passing, self.skip)
        self.skip -= skipped
        if self.most is not None:
            self.most -= passing - skipped

    def see(self, rows: int) -> None:
        """Notes that so many rows came out."""
        if self.is_seen and self.most is not None:
            self.most -= rows
