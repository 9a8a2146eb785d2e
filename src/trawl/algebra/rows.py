"""Relations of single rows: which are kept, what is added to them, in which order they come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trawl.algebra.base import Unary
from trawl.errors import Notice
from trawl.expr import Expr


@dataclass(frozen=True, eq=False)
class Filter(Unary):
    """The rows for which the condition is true; order kept."""

    condition: Expr


@dataclass(frozen=True, eq=False)
class Extend(Unary):
    """Adds columns or replaces those of the same name; all expressions see the input's row; order kept."""

    assignments: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, eq=False)
class Project(Unary):
    """Exactly these columns, in this order: (new name, old name); order of rows kept."""

    names: tuple[tuple[str, str], ...]


class SortMode(StrEnum):
    """How `sort` compares: `auto` puts numbers, then text; the others convert first."""

    AUTO = "auto"
    NUMBER = "num"
    STRING = "str"
    IP = "ip"


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order. Nulls come last in both directions; a multivalue counts by its first value."""

    value: Expr
    descending: bool = False
    mode: SortMode = SortMode.AUTO


@dataclass(frozen=True, eq=False)
class Sort(Unary):
    """The rows by keys; ties stay in the input's order (language.md 6)."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, eq=False)
class Slice(Unary):
    """The rows from `offset` on, at most `count` (None: all); order kept.

    Attributes:
        notice: what is said where there are rows beyond the last that is kept.
    """

    count: int | None
    offset: int = 0
    notice: Notice | None = None


@dataclass(frozen=True, eq=False)
class Reverse(Unary):
    """The rows in the opposite order."""


@dataclass(frozen=True, eq=False)
class Explode(Unary):
    """One row for each value of a multivalue field, in order; a row whose field is missing stays one row.

    Attributes:
        distinct: whether a value that a row has twice makes one row, at its first place.
    """

    field: str
    distinct: bool = False
