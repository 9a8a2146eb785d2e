"""What planning answers: the relations to run, and what is known about them beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from trawl.algebra import Given, Relation
from trawl.commands.base import ToIndex, ToLookup
from trawl.errors import Notice, Span
from trawl.language.tree import Query
from trawl.values import Instant, TimeRange, Value

if TYPE_CHECKING:
    from trawl.settings.process import Macro


@dataclass(frozen=True)
class Request:
    """What is to be planned. Planning the same request against the same catalog gives the same plan.

    Attributes:
        text: the query.
        time_field, range: what the request's `dt…` fields resolved to.
        now: the task's clock.
        zone: IANA name of the time zone.
        limits: cluster settings by full key.
        strict: whether an unknown field is an error.
        macros: those that the text may call, by name.
    """

    text: str
    time_field: str
    range: TimeRange
    now: Instant
    zone: str
    limits: Mapping[str, int]
    strict: bool = False
    macros: Mapping[str, Macro] = field(default_factory=dict)


class Answers(Protocol):
    """Runs what planning has to know before it can go on: a subquery of which only the data tells columns or rows."""

    def keep(self, relation: Relation) -> Given:
        """Runs a relation and keeps its rows; a leaf that reads them, with the columns that they have."""

    def rows(self, relation: Relation) -> Sequence[Mapping[str, Value]]:
        """Runs a relation; its rows, nulls left out."""


@dataclass(frozen=True)
class Step:
    """One command of the pipeline and the relation that the pipeline is, cut after it.

    Attributes:
        command: its name. text: its canonical text. span: where it stands.
    """

    command: str
    text: str
    span: Span
    relation: Relation


@dataclass(frozen=True)
class Output:
    """Rows that outlast the search: what a command of it writes, once it has completed.

    Attributes:
        text: the command. target: where to.
        rows: what is written.
        is_result: whether these are the rows of the result.
    """

    text: str
    target: ToLookup | ToIndex
    rows: Relation
    is_result: bool


@dataclass(frozen=True)
class Plan:
    """A query ready to run.

    Attributes:
        query: the canonical text.
        result: the relation whose rows are the answer; where `rest` is set, the rows that it goes on from.
        tap: the events before the first command that replaces them, for sidebar and timeline, before any rewrites, as
            many searches never ask for it; None where the result itself is the events (api.md 4).
        steps: the pipeline cut after each command.
        rest: the commands after one whose columns only the data tells; `resume` plans them.
        range: what `source` reads after `earliest` and `latest`; the timeline spans it.
        time_field: the field of the timeline.
        sources: names of all sources of events that are read.
        tables: lookups that are read, and the database of places, as the catalog names them.
        notices: warnings, in order of position.
        outputs: what is written once the search has completed, of the commands before the `rest`.
        targets: where to, of all the commands, in order.
    """

    request: Request
    query: str
    result: Relation
    tap: Relation | None
    steps: tuple[Step, ...]
    rest: Query | None
    range: TimeRange
    time_field: str
    sources: tuple[str, ...]
    notices: tuple[Notice, ...]
    tables: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    targets: tuple[ToLookup | ToIndex, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """All that is read, as the catalog names it."""
        return (*self.sources, *self.tables)
