"""What a command is. One file of this folder a command, and the folder is the registry (`trawl.commands`).

A command knows how it is spelled, what relations it means, and its documentation. It does not know
engines, SQL, tasks, HTTP, or whether a field exists.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from trawl.algebra import How, Relation
from trawl.errors import Span
from trawl.expr import Field
from trawl.language.tree import Query
from trawl.schema import Schema
from trawl.values import Instant, TimeRange, Value

if TYPE_CHECKING:
    from trawl.language.cursor import Cursor
    from trawl.language.names import Name, Written
    from trawl.language.tokens import Token
    from trawl.language.writer import Writer


class Scope(Protocol):
    """What a command may ask while it lowers itself; the planner answers."""

    @property
    def now(self) -> Instant:
        """The task's clock: fixed at creation."""

    @property
    def range(self) -> TimeRange:
        """The range of time of this query or subquery, after `earliest` and `latest` of its `source`."""

    @property
    def time_field(self) -> str:
        """The field that holds the time, unless a command names another."""

    @property
    def zone(self) -> str:
        """IANA name of the time zone."""

    @property
    def are_events(self) -> bool:
        """Whether no command so far has replaced the events, so that `_raw` is known of each."""

    def limit(self, name: str) -> int:
        """A limit out of the cluster settings, by its key without `sme.core.` (`sort_limit`)."""

    def warn(self, code: str, message: str, span: Span | None = None) -> None:
        """Leaves a warning for the log and the answer."""

    def note_unknown(self, field: Field, known: Schema) -> None:
        """Warns of a field that no event has; an error if the request is strict about them."""

    def scan(self, source: SourceClause) -> Relation:
        """The events of a `source` command: patterns resolved, range settled, schema known."""

    def lookup(self, name: Written) -> Table:
        """The rows of a lookup, in the order of its file, and how they are found."""

    def places(self) -> str:
        """The name of the database of places; an error if there is none."""

    def write(self, target: ToLookup | ToIndex, span: Span) -> None:
        """Has the rows that the command stands behind written once the search has completed."""

    def subquery(self, query: Query) -> Relation:
        """The rows of a subquery, bound; as many as one may give (language.md 1), with a warning if it has more.

        Its range of time is that of the request, whatever the `source` of the query around it says.
        """

    def through(self, query: Query, upstream: Relation) -> Relation:
        """What further commands make of rows, bound."""

    def rows(self, query: Query) -> Sequence[Mapping[str, Value]] | None:
        """The rows of a subquery themselves, nulls left out; None where the query is only looked at, and not run."""


@dataclass(frozen=True)
class Table:
    """A lookup.

    Attributes:
        rows: bound.
        how: how a field is compared; those not named as `==` does.
        folds: whether case is left out of account.
        most: so many rows count of those that match.
    """

    rows: Relation
    how: Mapping[str, How]
    folds: bool
    most: int


@dataclass(frozen=True)
class ToLookup:
    """Rows become a lookup.

    Attributes:
        name: its name.
        appends: whether the rows go behind those that it has.
        keeps: whether it stays as it is where there are no rows.
    """

    name: str
    appends: bool = False
    keeps: bool = False


@dataclass(frozen=True)
class ToIndex:
    """Rows become events of an index."""

    index: str


@dataclass(frozen=True)
class SourceClause:
    """What `source` says.

    Attributes:
        patterns: names as written, with `*` and with a leading `-` for what is excluded, and where they stand.
        newest: `qsize`.
        earliest, latest: date math as written.
        time_field: `timefield`.
    """

    patterns: tuple[Written, ...]
    newest: int | None = None
    earliest: Written | None = None
    latest: Written | None = None
    time_field: Name | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Command(ABC):
    """Base of all commands: a frozen dataclass of what was written.

    A subclass's docstring is its reference page: first a sentence; then `Synopsis:`, `Examples:` (doctest
    form: a query after `>>>`, its rows as a table with ` | `), and words in between. The synopsis is read as well, for
    what is suggested while a query is written: `trawl.commands.synopsis` says how.
    """

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    generates: ClassVar[bool] = False
    """Whether it stands first and makes events (`source`, `makeresults`)."""
    may_begin: ClassVar[bool] = False
    """Whether it may stand first as well, over no events then (`union`)."""
    replaces_events: ClassVar[bool] = False
    """Whether what comes out are no longer the events: the tap is before the first such command (api.md 4)."""
    storage_tier: ClassVar[bool] = False
    """Whether it runs where the data is: what may stand before `aggs`, `timeaggs`, `peval` (language.md 8)."""
    only_after_storage: ClassVar[tuple[str, ...] | None] = None
    """For commands that need it: the commands that alone may stand before it (language.md 4)."""
    instead: ClassVar[str | None] = None
    """The command that a misplaced one's hint names (`stats` for `aggs`)."""

    span: Span = field(default=Span(0, 0), kw_only=True, compare=False, repr=False)

    @property
    def subqueries(self) -> tuple[Query, ...]:
        """The queries in brackets that it holds, in order."""
        found: list[Query] = []
        for item in fields(self):
            value = getattr(self, item.name)
            held = value if isinstance(value, tuple) else (value,)
            found.extend(each for each in held if isinstance(each, Query))
        return tuple(found)

    @classmethod
    def read(cls, cursor: Cursor, name: Token) -> Self:
        """Reads the command, whose name has been taken, and notes where it stands."""
        command = cls.parse(cursor)
        return replace(command, span=cursor.span_from(name))

    @classmethod
    @abstractmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the command from just after its name up to the next `|` or the end."""

    @abstractmethod
    def write(self, writer: Writer) -> None:
        """Writes the command's canonical text."""

    @abstractmethod
    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The relations that it means, over `upstream`, which is bound; what it returns need not be.

        The command that stands first gets an empty `Rows` as upstream.
        """
