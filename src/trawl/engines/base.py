"""The port: all that Trawl asks of an engine.

An engine runs relations and answers Arrow batches. What it cannot run is finished by the embedded
engine, with the same meaning (language.md 8). Complete from the start, because engines on a cluster
come through it: what they can do, start, progress, stop, batches, cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from trawl.algebra import Relation
from trawl.catalog.base import Snapshot
from trawl.errors import Notice


@dataclass(frozen=True)
class Work:
    """One relation to run, and what it may use.

    Attributes:
        relation: bound.
        snapshot: the segments behind its scans.
        given: what its `Given` leaves read, by name; each read once. A leaf whose name is not here reads the
            segments of that name in `snapshot`, one after the other, rows as they lie: a stored result.
        scratch: a folder of its own, for spilling.
        threads: how many at most.
        memory_bytes: how much at most; more is a `MEMORY_LIMIT_EXCEEDED`.
        spill_bytes: how much may be spilled into `scratch`.
        zone: IANA name of the time zone of calendar units.
        eager: whether first rows should come as early as possible, rather than all rows as soon as possible.
        metered: whether row groups and bytes spilled are counted.
        profile: whether the engine's own operator profile is wanted; it is metered then too.
    """

    relation: Relation
    snapshot: Snapshot
    scratch: Path
    given: Mapping[str, pa.RecordBatchReader] = field(default_factory=dict)
    threads: int = 1
    memory_bytes: int = 1 << 30
    spill_bytes: int = 10 << 30
    zone: str = "UTC"
    eager: bool = True
    metered: bool = False
    profile: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an execution is. What is scanned never falls."""

    scanned_rows: int = 0
    total_rows: int = 0
    scanned_bytes: int = 0
    total_bytes: int = 0

    @property
    def fraction(self) -> float:
        """Between 0 and 1, by bytes."""
        return min(1.0, self.scanned_bytes / self.total_bytes) if self.total_bytes else 0.0


@dataclass(frozen=True)
class Cost:
    """What an execution took (api.md 4, executionCost). What is read several times counts once.

    Attributes:
        row_groups_read, row_groups_skipped: of the files that were read; 0 where the work was not metered.
        bytes_spilled: as many as lay on disk at once; 0 where the work was not metered.
        profile: of each statement that ran to its end, in the engine's own words; empty unless asked for.
    """

    rows_read: int = 0
    bytes_read: int = 0
    files_read: int = 0
    files_skipped: int = 0
    row_groups_read: int = 0
    row_groups_skipped: int = 0
    bytes_spilled: int = 0
    statements: tuple[str, ...] = ()
    profile: tuple[Mapping[str, Any], ...] = ()


class Execution(Protocol):
    """A relation being run. Used by one thread, but `progress` and `stop` from any."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order, as `trawl.arrow` lays columns out; every batch has the same schema.

        Yields at least one batch, an empty one if there are no rows, so that the columns are known.

        Raises:
            TrawlError: `STOPPED` after `stop`; `MEMORY_LIMIT_EXCEEDED`; `SOURCE_CHANGED`; `ENGINE_ERROR`.
        """

    def progress(self) -> Progress:
        """How far it is."""

    def stop(self) -> None:
        """Ends it soon (within 100 ms where the engine can); safe to call twice and after the end."""

    def cost(self) -> Cost:
        """What it took so far."""

    def notices(self) -> list[Notice]:
        """Limits reached, and faults of the data counted so far (bad casts and the like); complete at the end."""


class Engine(Protocol):
    """Runs relations."""

    @property
    def name(self) -> str:
        """The engine's name in plans, logs and costs."""

    def can(self, relation: Relation) -> bool:
        """Whether it runs this relation, given that it runs its inputs, with the meaning of the algebra."""

    def start(self, work: Work) -> Execution:
        """Begins to run a relation. Nothing is read before the first batch is asked for."""

    def warm(self) -> None:
        """Makes ready what the next `start` would wait for. For those who have time between two; it need not be."""

    def explain(self, work: Work) -> str:
        """What the relation becomes: SQL, a DSL, a plan; for people."""

    def close(self) -> None:
        """Frees what it holds."""
