"""Relations that turn rows and columns into one another, or make columns that only the data names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trawl.algebra.base import Unary
from trawl.algebra.groups import Measure
from trawl.errors import Notice
from trawl.expr import Expr


@dataclass(frozen=True, eq=False)
class Lump(Unary):
    """Replaces the rarer values of text column `field` by `other`; order kept.

    The `limit` values with the largest sum of `weight` (an aggregate computed per `by` and value, then
    summed per value) stay, ties by value; null becomes `missing`. Rows of lumped values are dropped
    where `other` is None.
    """

    field: str
    by: tuple[str, ...]
    weight: Measure
    limit: int
    other: str | None
    missing: str


@dataclass(frozen=True, eq=False)
class Pivot(Unary):
    """Rows to columns: one row for each value of `row`, one column for each value of `column` × measure.

    Input columns are `row`, `column` (text) and `values`; of several rows of a pair the last that has a
    value counts, and a row whose `column` is null is only there for the sake of its `row`. Out: `row`, then
    the columns as `named` says. Ordered by `row`. The schema is open: only the data tells the names. Where
    a row has no value for a column it is null, or 0 for those of `values` that are in `zeros`.
    """

    row: str
    column: str
    values: tuple[str, ...]
    last: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()

    def named(self, texts: Iterable[str]) -> list[tuple[str, str, str]]:
        """The columns that values of `column` make: which of `values` and which value each has, and its name.

        They are ordered by the position in `values`, then by name; those of `last` come last. A column is named
        by the value alone where there is one of `values`, else `value_name: column`. A name that collides
        with `row` or another column's gets a trailing `_`.
        """
        found = set(texts)
        ordered = [*sorted(found.difference(self.last)), *(text for text in self.last if text in found)]
        wanted = [
            (value, text, text if len(self.values) == 1 else f"{value}: {text}")
            for value in self.values
            for text in ordered
        ]
        names = _apart((wish for _, _, wish in wanted), self.row)
        return [(value, text, name) for (value, text, _), name in zip(wanted, names, strict=True)]


@dataclass(frozen=True, eq=False)
class Unpivot(Unary):
    """Columns to rows: one row for each value that a row has in the columns `turned`, in their order.

    Out: the columns `kept`; `name`, which holds the turned column's name; `value`. A row that has none of
    them is gone. An array is one value.
    """

    kept: tuple[str, ...]
    turned: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True, eq=False)
class Transpose(Unary):
    """Columns to rows and rows to columns: one row for each of the columns `turned`, in their order.

    Out: `name`, which holds the turned column's name; then a column for each row of the input, in their order,
    called as `named` says. An array is one value. The schema is open: only the data tells how many columns there are.

    Attributes:
        header: the column (text) whose values name the columns; None where all go by their place.
        keeps_empty: whether a column without any value is a row.
    """

    turned: tuple[str, ...]
    name: str
    header: str | None = None
    keeps_empty: bool = True

    def named(self, headers: Iterable[str | None]) -> list[str]:
        """The names of the columns that rows with these headers make; `row 3` that of the third, if it has none.

        A name that collides with `name` or an earlier column's gets a trailing `_`.
        """
        wanted = (f"row {place}" if header is None else header for place, header in enumerate(headers, 1))
        return _apart(wanted, self.name)


@dataclass(frozen=True, eq=False)
class Unpack(Unary):
    """Adds the fields of a JSON object that a row has as a text, named and shaped as loading does; order kept.

    Nested objects become dotted fields (language.md 6a); fields that the data has come last, by name. A row whose
    object has a field gets it in place of the value that it has, any other row keeps that. The schema is open:
    only the data tells the names.

    Attributes:
        text: the JSON text; null or anything but an object adds nothing, and a text that is no JSON is a fault.
        kept: columns that stay as they are, whatever the objects hold.
        most: so many fields are added, the first by name. notice: what is said where there are more.
    """

    text: Expr
    kept: tuple[str, ...]
    most: int
    notice: Notice


def _apart(wanted: Iterable[str], taken: str) -> list[str]:
    """The names, each once and none `taken`: what collides gets a trailing `_`, or several."""
    wishes = list(wanted)
    reserved, given = set(wishes), {taken}
    names = []
    for wish in wishes:
        name = wish
        while name in given or (name != wish and name in reserved):
            name += "_"
        given.add(name)
        names.append(name)
    return names
