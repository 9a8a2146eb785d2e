"""What sources there are: the words that planning, tasks and engines share about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from trawl.schema import Schema, Type
from trawl.values import Instant


@dataclass(frozen=True)
class Source:
    """A source as it is now.

    Attributes:
        name: as a query names it.
        schema: its fields, the time field included, ordered by name after the time field. Open as long as
            files of it are unread: then only reading them tells the fields.
        time_field: the field that holds each event's time.
        rows, bytes: events, and bytes on disk.
        first, last: times of the oldest and the newest event; None where it is empty or unknown.
    """

    name: str
    schema: Schema
    time_field: str
    rows: int
    bytes: int
    first: Instant | None
    last: Instant | None


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
        """The names of all sources, sorted."""

    def source(self, name: str) -> Source | None:
        """The source of exactly this name."""

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources now. A source that is gone has none."""


Reading: TypeAlias = Callable[[int, int], None]
"""Told how many bytes of how many are read; may raise, to end that."""


class LiveCatalog(Catalog, Protocol):
    """A catalog whose sources may have to be read before they can be searched."""

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        """These sources, those of them that there are, and their segments at one moment; what is unread is read."""
