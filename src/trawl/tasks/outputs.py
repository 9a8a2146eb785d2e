"""What a search writes beside its result, once it has completed: lookups, events of indices. Each of it once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from trawl import formats
from trawl.algebra import Given, Relation, Union
from trawl.arrow import schema_of
from trawl.catalog.base import LOOKUP, Snapshot
from trawl.commands.base import ToIndex, ToLookup
from trawl.errors import Notice
from trawl.formats.base import Options
from trawl.planning import Plan
from trawl.planning.bind import bind
from trawl.planning.plan import Output
from trawl.results.reader import Result
from trawl.tasks.executions import Executions
from trawl.tasks.journal import Level, Phase
from trawl.tasks.task import Task
from trawl.tasks.telling import Telling
from trawl.tasks.tools import Sinks, Tools

STORED = "stored"
EXISTING = "existing"
"""Names under which the stored result and the rows that a lookup has are read."""


def stored_result(attempt: Path) -> tuple[Given, Snapshot]:
    """The rows of the stored result as a leaf, and the snapshot in which it is read."""
    stored = Result(attempt)
    return Given(STORED, schema=stored.schema), Snapshot({STORED: stored.segments()})


class Outputs:
    """The outputs of a task's attempt.

    Args:
        chain: the plans of the search, each going on from the one before.
        executed: runs relations over the frozen snapshot.
        snapshot: that one.
    """

    def __init__(
        self, task: Task, tools: Tools, chain: Sequence[Plan], executed: Executions, snapshot: Snapshot
    ) -> None:
        self._task = task
        self._tools = tools
        self._chain = chain
        self._executed = executed
        self._snapshot = snapshot

    def write(self, telling: Telling, *, is_whole: bool) -> None:
        """Writes what no attempt before has written, and tells of each; nothing where rows are missing.

        Raises:
            TrawlError: `NO_ROOM`, `INVALID_INDEX_NAME`, and what running raises.
        """
        if not is_whole:
            reason = "the search was ended early, so that nothing is written into lookups and indices"
            telling.warn([Notice("not_written", reason)], Phase.WRITE)
            return
        number = 0
        for place, planned in enumerate(self._chain):
            for output in planned.outputs:
                said = self._written(output, place, number)
                telling.note(Level.INFO, Phase.WRITE, f"{output.text}: {said}")
                number += 1

    def _written(self, output: Output, place: int, number: int) -> str:
        sinks = self._tools.sinks
        assert sinks is not None, "a catalog without sinks plans no outputs"
        match output.target:
            case ToIndex(index):
                origin = f"{self._task.id}/{number}"
                count = sinks.collect(index, origin, self._rows(output, place), self._task.created)
                return "loaded before" if count is None else f"events: {count:,}"
            case ToLookup() as target:
                return self._lookup(target, output, place, number, sinks)

    def _lookup(self, target: ToLookup, output: Output, place: int, number: int, sinks: Sinks) -> str:
        mark = self._tools.folders.output(self._task.id, number)
        rows = 0

        def counted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            nonlocal rows
            for batch in batches:
                rows += batch.num_rows
                yield batch

        with sinks.replacing(target.name, mark) as path:
            if path is None:
                return "written before"
            batches = counted(self._rows(output, place, target.name if target.appends else None))
            self._build(path, batches, Path(sinks.file_of(target.name)).suffix)
            if not rows and target.keeps:
                path.unlink()
        return f"rows: {rows:,}"

    def _build(self, path: Path, batches: Iterator[pa.RecordBatch], ending: str) -> None:
        """Writes a file of the format that an ending says."""
        first = next(batches)
        schema = schema_of(first.schema)

        def every() -> Iterator[pa.RecordBatch]:
            yield first
            yield from batches

        format_ = formats.find("ndjson" if ending == ".jsonl" else ending.removeprefix("."))
        options = Options(path.parent, lambda notice: None, self._task.created)
        if format_.build is not None:
            format_.build(every(), schema, options, path)
            return
        with path.open("wb") as file:
            for piece in format_.write(every(), schema, options):
                file.write(piece)

    def _rows(self, output: Output, place: int, behind: str | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of an output; those that a lookup has in front of them, if it is named."""
        rows: Relation = output.rows
        before, snapshot = self._chain[:place], self._snapshot
        if output.is_result and place == len(self._chain) - 1:
            rows, snapshot = stored_result(self._tools.folders.attempt(self._task.id, self._task.attempt))
            before = ()
        if behind is not None and self._tools.sinks is not None:
            found, held = self._tools.sinks.take([LOOKUP + behind], lambda read, total: None)
            if found:
                existing = Given(EXISTING, schema=found[0].schema)
                rows = bind(Union((existing, rows)))
                snapshot = Snapshot({**snapshot.segments, EXISTING: held.segments[LOOKUP + behind]})
        return self._executed.run(rows, before, snapshot=snapshot)
