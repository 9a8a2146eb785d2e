"""What sources there are: the words that planning, tasks and engines share about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from trawl.algebra import How
from trawl.schema import Schema, Type
from trawl.values import Instant

_NAME: Final = re.compile(r"[^\W_][\w.@-]*|_[\w.@-]+")
LONGEST_NAME: Final = 200


def is_name(text: str) -> bool:
    """Whether an index or a lookup may be called so: no path is a name."""
    return len(text) <= LONGEST_NAME and _NAME.fullmatch(text) is not None


LOOKUP: Final = "lookup:"
"""What the name of a lookup begins with among those of sources. No index is called so."""


PLACES: Final = "places:"
"""The name of the database of places among those of sources: a source without fields, of one file as it was found."""


@dataclass(frozen=True)
class Rules:
    """How the rows of a lookup are found.

    Attributes:
        how: how a field is compared; those not named as `==` does.
        folds: whether case is left out of account.
        most: so many rows count of those that match.
    """

    how: Mapping[str, How] = field(default_factory=dict)
    folds: bool = False
    most: int = 10


@dataclass(frozen=True)
class Source:
    """A source as it is now: of events, or a lookup.

    Attributes:
        name: as a query names it.
        schema: its fields, the time field included, ordered by name after the time field. Open as long as
            files of it are unread: then only reading them tells the fields.
        time_field: the field that holds each event's time.
        rows, bytes: events, and bytes on disk.
        first, last: times of the oldest and the newest event; None where it is empty or unknown.
        is_mounted: whether it is of files that were not loaded, so that nothing can be loaded into it.
        rules: of a lookup, whose name begins with `LOOKUP`. Its rows have no time of their own, and an order.
    """

    name: str
    schema: Schema
    time_field: str
    rows: int
    bytes: int
    first: Instant | None
    last: Instant | None
    rules: Rules | None = None
    is_mounted: bool = False


class FileFormat(StrEnum):
    """What a file that an engine reads is written in."""

    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """One physical column that holds a field's values of one type; an event has at most one non-null part.

    Attributes:
        column: the column's name in the file; for Parquet not written by us a path into structs is
            given by several names.
        type: a type of `NATIVE` or `LIST` layout, or a boxed one for what no other part can hold.
        minimum, maximum: of single numbers and times, None where unknown.
        signs: the ASCII signs that its texts are made of, letters small; None where unknown, or where there are
            others or all letters and digits.
    """

    column: tuple[str, ...]
    type: Type
    minimum: int | float | None = None
    maximum: int | float | None = None
    signs: str | None = None


@dataclass(frozen=True)
class Segment:
    """An immutable file of events, newest first, ties in the order they were loaded.

    Attributes:
        path: absolute, on this host.
        rows, bytes: events in it, and its size.
        first, last: times of its oldest and its newest event; for a stored result, whose rows lie in an
            order of their own, the first and the last instant there are.
        fields: for each field its parts, the time field included. A field without an entry is missing
            in all of its events.
        order_column: the hidden integer column that says in which order events of the same time were
            loaded, unique over all segments of the source; None for mounted files, where `ordinal`
            and the row's number take its place.
        ordinal: the segment's place among those of its source, in load order.
        is_sorted: whether its rows lie in that order already.
        modified: mtime in nanoseconds, for mounted files: a snapshot whose file changed is void.
    """

    path: str
    rows: int
    bytes: int
    first: Instant
    last: Instant
    fields: dict[str, tuple[Part, ...]]
    order_column: str | None
    ordinal: int
    is_sorted: bool = True
    format: FileFormat = FileFormat.PARQUET
    modified: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """The segments of each source at one moment: what one task reads on every attempt (api.md 2)."""

    segments: dict[str, tuple[Segment, ...]]


class Catalog(Protocol):
    """Where planning and tasks look sources up."""

    def names(self) -> list[str]:
        """The names of all sources of events, sorted."""

    def lookups(self) -> list[str]:
        """The names of all lookups, sorted, without `LOOKUP`."""

    def source(self, name: str) -> Source | None:
        """The source, or the lookup, of exactly this name."""

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources now. A source that is gone has none."""


Reading: TypeAlias = Callable[[int, int], None]
"""Told how many bytes of how many are read; may raise, to end that."""


class LiveCatalog(Catalog, Protocol):
    """A catalog whose sources may have to be read before they can be searched."""

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        """These sources, those of them that there are, and their segments at one moment; what is unread is read."""
