"""Runs relations and whole queries on an engine, and gives their rows as plain values."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from trawl import planning
from trawl.algebra import Relation, post_order
from trawl.arrow import schema_of, to_values
from trawl.catalog.base import Catalog, Snapshot
from trawl.engines.base import Engine, Work
from trawl.engines.reference import Reference
from trawl.errors import Notice
from trawl.planning.plan import Plan, Request
from trawl.schema import Schema
from trawl.settings.cluster import DEFINITIONS
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant, Scalar, TimeRange, Value

NOW: Final = Instant(1_704_153_600_000_000_000)
"""The clock of all cases: 2024-01-02T00:00:00Z."""


@dataclass(frozen=True)
class Outcome:
    """What a run gave.

    Attributes:
        schema: the columns.
        batches: the rows.
        notices: faults of the data; for a whole query the plan's warnings before them.
    """

    schema: Schema
    batches: tuple[pa.RecordBatch, ...]
    notices: tuple[Notice, ...]

    @property
    def rows(self) -> list[dict[str, Value]]:
        """The rows; a null is left out of its row."""
        found: list[dict[str, Value]] = []
        for batch in self.batches:
            columns = [to_values(batch.column(n), column.type) for n, column in enumerate(self.schema)]
            for row in zip(*columns, strict=True) if columns else [()] * batch.num_rows:
                pairs = zip(self.schema.names, row, strict=True)
                found.append({name: value for name, value in pairs if value is not None})
        return found

    def reader(self) -> pa.RecordBatchReader:
        """The rows as they are handed to another engine."""
        return pa.RecordBatchReader.from_batches(self.batches[0].schema, self.batches)


def request(text: str, *, zone: str = "UTC", range_: TimeRange | None = None) -> Request:
    """The request of a case: all of time, the clock fixed, default limits."""
    limits = {key: definition.default for key, definition in DEFINITIONS.items()}
    everything = TimeRange(FIRST_INSTANT, LAST_INSTANT)
    return Request(text, "@timestamp", range_ or everything, NOW, zone, limits)


def run(
    engine: Engine,
    relation: Relation,
    snapshot: Snapshot | None = None,
    given: Mapping[str, Outcome] | None = None,
    zone: str = "UTC",
) -> Outcome:
    """Runs one relation to its end."""
    readers = {name: outcome.reader() for name, outcome in (given or {}).items()}
    with tempfile.TemporaryDirectory(prefix="trawl-test-") as scratch:
        work = Work(relation, snapshot or Snapshot({}), Path(scratch), readers, zone=zone)
        execution = engine.start(work)
        batches = tuple(execution.batches())
        return Outcome(schema_of(batches[0].schema), batches, tuple(execution.notices()))


def search(
    engine: Engine, wanted: Request, catalog: Catalog, cut: int | None = None, suffix: Engine | None = None
) -> Outcome:
    """Plans a query and runs it, resuming as often as the data tells columns.

    Args:
        engine: what runs it; what the engine cannot run, the reference interpreter finishes.
        wanted: the request.
        catalog: the sources.
        cut: only so many relations of each plan, in post-order, run on `engine`, the rest on `suffix`.
        suffix: see `cut`.
    """
    plan = planning.plan(wanted, catalog)
    notices = list(plan.notices)
    outcome = _run_plan(engine, plan, catalog, None, cut, suffix)
    notices += outcome.notices
    while plan.rest is not None:
        plan = planning.resume(plan, outcome.schema, catalog)
        outcome = _run_plan(engine, plan, catalog, outcome, cut, suffix)
        notices += [*plan.notices, *outcome.notices]
    return Outcome(outcome.schema, outcome.batches, tuple(notices))


def _run_plan(
    engine: Engine, plan: Plan, catalog: Catalog, before: Outcome | None, cut: int | None, suffix: Engine | None
) -> Outcome:
    given = {planning.PREVIOUS: before} if before else {}
    rest = [suffix, Reference()] if suffix else [Reference()]
    return _run_in_parts(
        [_Part(engine, plan.result, cut), *(_Part(other) for other in rest)],
        plan.result,
        catalog.snapshot(plan.sources),
        given,
        plan.request.zone,
    )


def _run_in_parts(
    parts: list[_Part], relation: Relation, snapshot: Snapshot, given: Mapping[str, Outcome], zone: str
) -> Outcome:
    """Runs as much as the first part can on its engine, and what is left on the next ones."""
    first, *rest = parts
    cut = planning.split(relation, first)
    if cut.local is None:
        return run(first.engine, relation, snapshot, given, zone)
    remote = {name: run(first.engine, below, snapshot, given, zone) for name, below in cut.remote}
    outcome = _run_in_parts(rest, cut.local, snapshot, {**given, **remote}, zone)
    notices = [notice for below in remote.values() for notice in below.notices]
    return replace(outcome, notices=(*notices, *outcome.notices))


class _Part:
    """An engine, and how many relations of a plan it may run, in post-order: None for all that it can."""

    def __init__(self, engine: Engine, root: Relation | None = None, count: int | None = None) -> None:
        self.engine = engine
        first = list(post_order(root))[:count] if root is not None and count is not None else None
        self._allowed = None if first is None else {id(relation) for relation in first}

    def can(self, relation: Relation) -> bool:
        """Whether the relation may run here."""
        return (self._allowed is None or id(relation) in self._allowed) and self.engine.can(relation)


def plain(value: Value) -> Value:
    """A value as the corpus spells it: a time as ISO 8601 text."""
    return [_plain(item) for item in value] if isinstance(value, list) else _plain(value)


def _plain(value: Scalar | None) -> Scalar | None:
    return str(value) if isinstance(value, Instant) else value
