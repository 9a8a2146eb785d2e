"""Relations that bring rows together: after one another, beside one another, beside what a table says of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal as OneOf

from trawl.algebra.base import Relation, Unary, are_same
from trawl.expr import Field


@dataclass(frozen=True, eq=False)
class Union(Relation):
    """All rows of the first input, then all of the next, and so on; columns by name."""

    parts: tuple[Relation, ...]

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The relations whose rows it gives."""
        return self.parts

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, of the rows of others."""
        return self if are_same(inputs, self.parts) else replace(self, parts=inputs)


@dataclass(frozen=True, eq=False)
class Join(Relation):
    """Rows of `left` with the columns of matching rows of `right`, compared as `==` does.

    In the order of `left`, then of `right`; at most `most` matches a row (0: all). With `overwrite`
    a column that both have is taken from `right` where that has a value. `kind` `left` keeps rows without a match.
    """

    left: Relation
    right: Relation
    keys: tuple[tuple[str, str], ...]
    kind: OneOf["inner", "left"] = "inner"
    most: int = 1
    overwrite: bool = True

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """Both sides."""
        return (self.left, self.right)

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, of other sides."""
        left, right = inputs
        return self if are_same(inputs, self.inputs) else replace(self, left=left, right=right)


class How(StrEnum):
    """How a value is compared with what a table holds (`Match`)."""

    EXACT = "exact"
    """as `==` does; without regard to case: as texts"""
    WILDCARD = "wildcard"
    """the table's text is a pattern, in which `*` is any run of characters, for the whole value's text"""
    CIDR = "cidr"
    """the table's text is a network, or one address, and the value's text an address in it"""


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A field of the rows, the column of the table that it is compared with, and how.

    Attributes:
        folds: whether texts are compared without regard to case (`trawl.values.simple_lower`).
    """

    field: Field
    column: str
    how: How = How.EXACT
    folds: bool = False


@dataclass(frozen=True, eq=False)
class Match(Relation):
    """The rows of `input`, each with values of the rows of `table` that it matches; order kept.

    A row of the table matches if it does by all keys; of a multivalue one value has to. Of the rows that match
    the first `most` count. Their values together, in the table's order, are what goes to a column: none is null,
    one is itself, several are an array; each once if `distinct`.

    Attributes:
        taken: (name, column of the table); they replace those of the input of the same name.
    """

    input: Relation
    table: Relation
    keys: tuple[MatchKey, ...]
    taken: tuple[tuple[str, str], ...]
    most: int
    distinct: bool = False

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The rows, and the table."""
        return (self.input, self.table)

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, of other rows and another table."""
        rows, table = inputs
        return self if are_same(inputs, self.inputs) else replace(self, input=rows, table=table)


class Fact(StrEnum):
    """What a database of places knows of an address (`Locate`)."""

    CITY = "City"
    COUNTRY = "Country"
    REGION = "Region"
    LATITUDE = "lat"
    LONGITUDE = "lon"
    CONTINENT = "Continent"
    TIME_ZONE = "Timezone"
    METRO_CODE = "MetroCode"


@dataclass(frozen=True, eq=False)
class Locate(Unary):
    """Adds where the address in a field is, by the database of places, or replaces columns of these names; order kept.

    A multivalue counts by its first value. What is no address, and one that the database does not know, is nowhere:
    its columns are null.

    Attributes:
        places: the name of the database in the snapshot.
        taken: (name, what).
    """

    field: Field
    places: str
    taken: tuple[tuple[str, Fact], ...]
