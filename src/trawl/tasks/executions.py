"""The relations that one attempt runs, over its snapshot: cut, started, added up, stopped together."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from trawl.algebra import Given, Relation, post_order
from trawl.arrow import rows_of, schema_of
from trawl.catalog.base import Snapshot
from trawl.engines.base import Cost, Engine, Execution, Progress, Work
from trawl.errors import Code, Notice, TrawlError
from trawl.planning import PREVIOUS, Plan, split
from trawl.values import Value


@dataclass(frozen=True)
class Means:
    """What an attempt may use; see `engines.base.Work` for the words."""

    engine: Engine
    finisher: Engine
    scratch: Path
    threads: int
    memory_bytes: int
    spill_bytes: int
    zone: str
    metered: bool
    profile: bool


class Executions:
    """Runs relations one after the other. `progress` and `stop` may be called from any thread.

    Planning asks it too, for what has to be known before a plan can go on (`trawl.planning.Answers`).
    """

    def __init__(self, means: Means, snapshot: Snapshot) -> None:
        self._means = means
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._started: list[Execution] = []
        self._kept: dict[str, pa.Table] = {}
        self._stopped = False
        self._cause: Exception | None = None

    def run(
        self,
        relation: Relation,
        before: Sequence[Plan] = (),
        *,
        given: Mapping[str, pa.RecordBatchReader] | None = None,
        snapshot: Snapshot | None = None,
        eager: bool = False,
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a relation.

        Args:
            relation: bound; a leaf named `PREVIOUS` reads the rows of the last plan of `before`.
            before: plans that each go on from the one in front.
            given: instead of `before`, rows that are there already.
            snapshot: other segments than those of the task's snapshot.
            eager: whether first rows should come as early as possible.

        Raises:
            TrawlError: as `Execution.batches`.
        """
        readers = dict(given or {})
        for earlier in before:
            readers = {PREVIOUS: self.reader(self._cut(earlier.result, readers, self._snapshot, False))}
        return self._guarded(self._cut(relation, readers, snapshot or self._snapshot, eager))

    def keep(self, relation: Relation) -> Given:
        """Runs a relation and keeps its rows in memory; a leaf that reads them."""
        table = pa.Table.from_batches(self.run(relation))
        name = f"kept{len(self._kept)}"
        self._kept[name] = table
        return Given(name, schema=schema_of(table.schema))

    def rows(self, relation: Relation) -> list[dict[str, Value]]:
        """Runs a relation; its rows, nulls left out."""
        return [row for batch in self.run(relation) for row in rows_of(batch)]

    def reader(self, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatchReader:
        """Batches as what a `Given` reads. An error on the way is kept, as engines tell it only in their own words."""
        first = next(batches)

        def remembered() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches
            except Exception as error:
                self._cause = self._cause or error
                raise

        return pa.RecordBatchReader.from_batches(first.schema, chain((first,), remembered()))

    def stop(self) -> None:
        """Ends what runs, and lets nothing start any more."""
        self._stopped = True
        self.halt()

    def halt(self) -> None:
        """Ends what runs."""
        with self._lock:
            started = list(self._started)
        for execution in started:
            execution.stop()

    def settle(self) -> tuple[list[Cost], list[Notice]]:
        """What was run since the last call: costs and notices. What runs next is counted anew."""
        with self._lock:
            over, self._started = self._started, []
        return [execution.cost() for execution in over], [one for execution in over for one in execution.notices()]

    def progress(self) -> Progress:
        """How far all that was started since `settle` is."""
        with self._lock:
            started = list(self._started)
        each = [execution.progress() for execution in started]
        return Progress(
            sum(one.scanned_rows for one in each),
            sum(one.total_rows for one in each),
            sum(one.scanned_bytes for one in each),
            sum(one.total_bytes for one in each),
        )

    def _guarded(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except Exception:
            if self._cause is not None:
                raise self._cause from None
            raise

    def _cut(
        self, relation: Relation, given: Mapping[str, pa.RecordBatchReader], snapshot: Snapshot, eager: bool
    ) -> Iterator[pa.RecordBatch]:
        means = self._means
        cut = split(relation, means.engine)
        if cut.local is None:
            return self._start(means.engine, cut.remote[0][1], given, snapshot, eager)
        readers = {
            name: self.reader(self._start(means.engine, part, given, snapshot, eager)) for name, part in cut.remote
        }
        return self._start(means.finisher, cut.local, {**given, **readers}, snapshot, eager)

    def _start(
        self,
        engine: Engine,
        relation: Relation,
        given: Mapping[str, pa.RecordBatchReader],
        snapshot: Snapshot,
        eager: bool,
    ) -> Iterator[pa.RecordBatch]:
        means = self._means
        means.scratch.mkdir(parents=True, exist_ok=True)
        leaves = {leaf.name for leaf in post_order(relation) if isinstance(leaf, Given)}
        kept = {name: table.to_reader() for name, table in self._kept.items() if name in leaves}
        work = Work(
            relation=relation,
            snapshot=snapshot,
            scratch=means.scratch,
            given={**given, **kept},
            threads=means.threads,
            memory_bytes=means.memory_bytes,
            spill_bytes=means.spill_bytes,
            zone=means.zone,
            eager=eager,
            metered=means.metered,
            profile=means.profile,
        )
        with self._lock:
            if self._stopped:
                raise TrawlError(Code.STOPPED, "the search was stopped")
            execution = engine.start(work)
            self._started.append(execution)
        return execution.batches()
