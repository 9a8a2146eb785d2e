"""What a task is, and how it moves from one status to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from trawl.errors import Notice, TrawlError, excerpt, locate
from trawl.planning.plan import Request
from trawl.settings.process import Macro
from trawl.tasks.wanted import Wanted
from trawl.values import Instant, TimeRange


class Status(StrEnum):
    """Where a task is in its life (api.md 3)."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"
    FAILED = "FAILED"

    @property
    def is_end(self) -> bool:
        """Whether nothing leaves this status."""
        return not MOVES[self]


MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.STOPPED, Status.FAILED}),
    Status.RUNNING: frozenset({Status.QUEUED, Status.COMPLETED, Status.STOPPED, Status.FAILED}),
    Status.COMPLETED: frozenset(),
    Status.STOPPED: frozenset(),
    Status.FAILED: frozenset(),
}
"""The only moves there are. The database holds tasks to the same table by a trigger."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is.

    Attributes:
        percent: 0 to 100; never falls within an attempt, and 100 only once the task is completed.
        eta_seconds: how long it may still take; None where nothing can be said yet.
    """

    percent: float = 0.0
    scanned_rows: int = 0
    total_rows: int = 0
    scanned_bytes: int = 0
    total_bytes: int = 0
    eta_seconds: float | None = None


@dataclass(frozen=True)
class Failure:
    """Why a task failed, as the error body of the API has it (api.md 1).

    Attributes:
        type: a code out of the catalogue. reason, hint: as in `TrawlError`.
        position: of the query's text, as `trawl.errors.locate` gives it. excerpt: the place, marked.
    """

    type: str
    reason: str
    hint: str | None = None
    position: Mapping[str, int] | None = None
    excerpt: str | None = None

    @classmethod
    def of(cls, error: TrawlError, text: str) -> Failure:
        """The failure that an error is, for a query of this text."""
        span = error.span
        if span is None:
            return cls(error.code.value, error.reason, error.hint)
        return cls(error.code.value, error.reason, error.hint, locate(text, span), excerpt(text, span))


@dataclass(frozen=True)
class Task:
    """A task as it is stored: text and clock, and what became of it.

    Attributes:
        id: a UUIDv7. owner: who made it. wanted: the create body, times as written.
        created: when it was accepted; also its clock, what `now` means in it.
        started: of the present attempt, or of the last one.
        finished, expires: None until then, or for ever.
        range: what `dtStart` and `dtEnd` resolved to. time_field: as resolved.
        zone, limits: cluster settings as they were at creation.
        macros: those that the query may call, as they were then too.
        attempt: how often a worker has picked it up. losses: how many of them vanished.
        rows, result_bytes: readable now, or at the end.
        stop_requested: when a stop was asked for. stopped_by: by whom.
        queue_position: from 1, while it is queued; only where the reader asked for one task.
    """

    id: str
    owner: str
    wanted: Wanted
    status: Status
    created: Instant
    range: TimeRange
    time_field: str
    zone: str
    limits: Mapping[str, int]
    ttl_seconds: int
    macros: Mapping[str, Macro] = field(default_factory=dict)
    started: Instant | None = None
    finished: Instant | None = None
    expires: Instant | None = None
    is_partial: bool = False
    attempt: int = 0
    losses: int = 0
    progress: Progress = field(default_factory=Progress)
    rows: int = 0
    result_bytes: int = 0
    warnings: tuple[Notice, ...] = ()
    error: Failure | None = None
    stop_requested: Instant | None = None
    stopped_by: str | None = None
    queue_position: int | None = None

    @property
    def request(self) -> Request:
        """What is planned for it, the same on every attempt."""
        return Request(
            text=self.wanted.query,
            time_field=self.time_field,
            range=self.range,
            now=self.created,
            zone=self.zone,
            limits=self.limits,
            strict=self.wanted.strict,
            macros=self.macros,
        )


@dataclass(frozen=True)
class Tombstone:
    """What stays of a deleted task.

    Attributes:
        by: who deleted it; None where it expired.
        body: the create body, to run it again.
    """

    id: str
    owner: str
    deleted: Instant
    by: str | None
    body: Mapping[str, Any]
