"""Runs relations and whole queries on an engine, and gives their rows as plain values."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from trawl import planning
from trawl.algebra import Relation, post_order
from trawl.arrow import schema_of, to_values
from trawl.catalog.base import Catalog, Snapshot
from trawl.engines.base import Engine, Work
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
        engine: what runs it.
        wanted: the request.
        catalog: the sources.
        cut: so many relations of each plan, in post-order, run on `engine`, the rest on `suffix`.
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
    snapshot = catalog.snapshot(plan.sources)
    zone = plan.request.zone
    given = {planning.PREVIOUS: before} if before else {}
    if cut is None or suffix is None:
        return run(engine, plan.result, snapshot, given, zone)
    parts = planning.split(plan.result, First(plan.result, cut))
    remote = {name: run(engine, relation, snapshot, given, zone) for name, relation in parts.remote}
    if parts.local is None:
        return next(iter(remote.values()))
    return run(suffix, parts.local, snapshot, given | remote, zone)


class First:
    """Says of the first relations of a plan, in post-order, that they can be run."""

    def __init__(self, root: Relation, count: int) -> None:
        self._ids = {id(relation) for relation in list(post_order(root))[:count]}

    def can(self, relation: Relation) -> bool:
        """Whether it is one of them."""
        return id(relation) in self._ids


def plain(value: Value) -> Value:
    """A value as the corpus spells it: a time as ISO 8601 text."""
    return [_plain(item) for item in value] if isinstance(value, list) else _plain(value)


def _plain(value: Scalar | None) -> Scalar | None:
    return str(value) if isinstance(value, Instant) else value
