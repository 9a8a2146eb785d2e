"""Runs relations and whole queries on an engine, and gives their rows as plain values."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from trawl import planning
from trawl.algebra import Given, Relation, post_order
from trawl.arrow import rows_of, schema_of
from trawl.catalog.base import LOOKUP, PLACES, Catalog, Snapshot
from trawl.engines.base import Engine, Work
from trawl.engines.reference import Reference
from trawl.errors import Notice
from trawl.planning.plan import Request
from trawl.schema import Schema
from trawl.settings.cluster import DEFINITIONS
from trawl.settings.process import Macro
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
        return [row for batch in self.batches for row in rows_of(batch)]

    def reader(self) -> pa.RecordBatchReader:
        """The rows as they are handed to another engine."""
        return pa.RecordBatchReader.from_batches(self.batches[0].schema, self.batches)


def request(
    text: str, *, zone: str = "UTC", range_: TimeRange | None = None, macros: Mapping[str, Macro] | None = None
) -> Request:
    """The request of a case: all of time, the clock fixed, default limits."""
    limits = {key: definition.default for key, definition in DEFINITIONS.items()}
    everything = TimeRange(FIRST_INSTANT, LAST_INSTANT)
    return Request(text, "@timestamp", range_ or everything, NOW, zone, limits, macros=macros or {})


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
    running = _Running(engine, catalog, wanted.zone, cut, suffix)
    plan = planning.plan(wanted, catalog, running)
    notices = list(plan.notices)
    outcome = running.run(plan.result, plan.reads)
    while plan.rest is not None:
        plan = planning.resume(plan, outcome.schema, catalog, running)
        outcome = running.run(plan.result, plan.reads, {planning.PREVIOUS: outcome})
        notices += plan.notices
    return Outcome(outcome.schema, outcome.batches, tuple(notices + running.notices))


class _Running:
    """Runs what a query becomes, and what planning has to know beforehand; see `search` for the words."""

    def __init__(
        self, engine: Engine, catalog: Catalog, zone: str, cut: int | None = None, suffix: Engine | None = None
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._zone = zone
        self._cut = cut
        self._rest = [suffix, Reference()] if suffix else [Reference()]
        self._kept: dict[str, Outcome] = {}
        self.notices: list[Notice] = []

    def run(self, relation: Relation, sources: tuple[str, ...], given: Mapping[str, Outcome] | None = None) -> Outcome:
        """The rows of a relation."""
        parts = [_Part(self._engine, relation, self._cut), *(_Part(other) for other in self._rest)]
        snapshot = self._catalog.snapshot(sources)
        outcome = _run_in_parts(parts, relation, snapshot, {**(given or {}), **self._kept}, self._zone)
        self.notices += outcome.notices
        return outcome

    @property
    def _everything(self) -> tuple[str, ...]:
        tables = [LOOKUP + name for name in self._catalog.lookups()]
        places = [PLACES] if self._catalog.source(PLACES) else []
        return (*self._catalog.names(), *tables, *places)

    def keep(self, relation: Relation) -> Given:
        """Runs a relation that planning has to know the columns of."""
        outcome = self.run(relation, self._everything)
        name = f"kept{len(self._kept)}"
        self._kept[name] = outcome
        return Given(name, schema=outcome.schema)

    def rows(self, relation: Relation) -> list[dict[str, Value]]:
        """Runs a relation that planning has to know the rows of."""
        return self.run(relation, self._everything).rows


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
