"""The port, by interpretation: every relation as its docstring says, over lists of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from trawl import algebra
from trawl.algebra import Relation, post_order
from trawl.arrow import schema_of
from trawl.catalog.base import Segment
from trawl.engines.base import Cost, Execution, Progress, Work
from trawl.engines.columns import real_schema
from trawl.engines.reference.aggregation import aggregate, sorted_by
from trawl.engines.reference.expressions import Faults, evaluate, is_true
from trawl.engines.reference.joins import join, unite
from trawl.engines.reference.matching import locate, match
from trawl.engines.reference.profiles import profile, templates
from trawl.engines.reference.reshaping import explode, fill, lump, pivot, transpose, unpivot
from trawl.engines.reference.rows import Row, Sequence, rows_of
from trawl.engines.reference.scan import scan, stored
from trawl.engines.reference.sessions import sessions
from trawl.engines.reference.unpacking import unpack
from trawl.engines.reference.windows import window
from trawl.errors import Code, Notice, TrawlError


class Reference:
    """The engine that everything is compared with. It holds all rows in memory and is slow."""

    @property
    def name(self) -> str:
        """`reference`."""
        return "reference"

    def can(self, relation: Relation) -> bool:
        """Whether it runs this relation: it runs all of them."""
        return True

    def start(self, work: Work) -> Execution:
        """Begins to run a relation. Nothing is read before the first batch is asked for."""
        return Interpretation(work)

    def warm(self) -> None:
        """Nothing: it waits for nothing."""

    def explain(self, work: Work) -> str:
        """The relations, in the order in which they are computed."""
        return "\n".join(type(relation).__name__ for relation in post_order(work.relation))

    def close(self) -> None:
        """Frees nothing: nothing is held."""


@dataclass
class Interpretation:
    """A relation being interpreted."""

    work: Work
    faults: Faults = field(default_factory=Faults)
    stopped: bool = False
    read: list[Segment] = field(default_factory=list)
    told: list[Notice] = field(default_factory=list)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order. Raises `TrawlError` (`STOPPED`) after `stop`."""
        done: dict[int, Sequence] = {}
        for relation in post_order(self.work.relation):
            self.check()
            done[id(relation)] = self.run(relation, [done[id(child)] for child in relation.inputs])
        for batch in done[id(self.work.relation)].batches():
            self.check()
            yield batch

    def check(self) -> None:
        """Raises `TrawlError` (`STOPPED`) after `stop`."""
        if self.stopped:
            raise TrawlError(Code.STOPPED, "the search was stopped")

    def progress(self) -> Progress:
        """By segments: those that were read."""
        segments = [segment for found in self.work.snapshot.segments.values() for segment in found]
        return Progress(
            sum(segment.rows for segment in self.read),
            sum(segment.rows for segment in segments),
            sum(segment.bytes for segment in self.read),
            sum(segment.bytes for segment in segments),
        )

    def stop(self) -> None:
        """Ends it before the next relation or batch."""
        self.stopped = True

    def cost(self) -> Cost:
        """What was read."""
        progress = self.progress()
        return Cost(progress.scanned_rows, progress.scanned_bytes, files_read=len(self.read))

    def notices(self) -> list[Notice]:
        """What was cut off, and the faults of the data so far."""
        return [*self.told, *self.faults.notices()]

    def run(self, relation: Relation, inputs: list[Sequence]) -> Sequence:
        """The rows of a relation over those of its inputs."""
        match relation:
            case algebra.Given(name=name) if name in self.work.given:
                return self.given(name)
            case algebra.Given():
                return Sequence(relation.columns, stored(relation, self.work.snapshot, self.read.append))
            case algebra.Pivot():
                return pivot(relation, inputs[0])
            case algebra.Transpose():
                return transpose(relation, inputs[0])
            case algebra.Unpack():
                return unpack(relation, inputs[0], self.faults, self.told.append)
            case _:
                return Sequence(real_schema(relation, [each.schema for each in inputs]), self.rows(relation, inputs))

    def given(self, name: str) -> Sequence:
        """Rows handed over under a name."""
        reader = self.work.given[name]
        schema = schema_of(reader.schema)
        return Sequence(schema, rows_of(reader, schema))

    def rows(self, relation: Relation, inputs: list[Sequence]) -> list[Row]:
        """The rows of a relation whose columns the plan tells."""
        rows = inputs[0].rows if inputs else []
        match relation:
            case algebra.Scan():
                return scan(relation, self.work.snapshot, self.read.append)
            case algebra.Generate():
                return [_generated(relation, number) for number in range(1, relation.count + 1)]
            case algebra.Rows():
                return [dict(zip(relation.columns.names, row, strict=True)) for row in relation.rows]
            case algebra.Filter():
                return [row for row in rows if is_true(relation.condition, row, self.faults)]
            case algebra.Extend():
                return [row | self.assigned(relation, row) for row in rows]
            case algebra.Project():
                return [{new: row.get(old) for new, old in relation.names} for row in rows]
            case algebra.Sort():
                return sorted_by(relation.keys, rows, self.faults)
            case algebra.Slice():
                end = None if relation.count is None else relation.offset + relation.count
                if relation.notice is not None and rows[end:] and end is not None:
                    self.told.append(relation.notice)
                return rows[relation.offset : end]
            case algebra.Reverse():
                return rows[::-1]
            case algebra.Aggregate():
                return aggregate(relation, rows, self.faults)
            case algebra.Window():
                return window(relation, rows, self.faults)
            case algebra.Session():
                return sessions(relation, rows, self.faults)
            case algebra.Explode():
                return explode(relation, rows)
            case algebra.Match():
                return match(relation, rows, inputs[1].rows)
            case algebra.Locate():
                (database,) = self.work.snapshot.segments[relation.places]
                return locate(relation, rows, Path(database.path))
            case algebra.Lump():
                return lump(relation, rows)
            case algebra.Unpivot():
                return unpivot(relation, rows)
            case algebra.Fill():
                return fill(relation, rows, self.told.append)
            case algebra.Profile():
                return profile(relation, inputs[0])
            case algebra.Templates():
                return templates(relation, rows)
            case algebra.Union():
                return unite(inputs)
            case algebra.Join():
                return join(relation, *inputs)
        raise AssertionError(f"{type(relation).__name__} is no relation of the algebra")

    def assigned(self, relation: algebra.Extend, row: Row) -> Row:
        """The new values of a row: all of them see the row as it was."""
        return {name: evaluate(expression, row, self.faults) for name, expression in relation.assignments}


def _generated(relation: algebra.Generate, number: int) -> Row:
    row: Row = {relation.time_field: relation.now}
    return row | {relation.number: number} if relation.number else row
