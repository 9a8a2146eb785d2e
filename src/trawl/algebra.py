"""The relations that every command lowers to and every engine compiles: N commands + M engines, not N × M.

A relation is a *sequence* of rows: each one's docstring says in which order its rows come. The order
is total, so that running it again gives the same row at the same index (api.md 2).

Relations are made unbound by commands (`schema` is None, expressions untyped) and bound by
`trawl.planning.bind`. They are compared by identity. A pipeline of 1,000 commands is a chain that
deep, so nothing here or in an engine may recurse over it: use `post_order`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from typing import Literal as OneOf

from trawl.calendars import BucketUnit
from trawl.errors import Notice, Span
from trawl.expr import Expr, Field
from trawl.schema import Schema
from trawl.values import Instant, Value


@dataclass(frozen=True, eq=False, kw_only=True)
class Relation:
    """What all relations have: the columns they give, once bound."""

    schema: Schema | None = field(default=None, repr=False)

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The relations that this one reads, in order."""
        return ()

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, that reads other relations in place of its own, as many."""
        assert not inputs
        return self

    @property
    def columns(self) -> Schema:
        """The schema of a bound relation."""
        assert self.schema is not None, f"{type(self).__name__} is not bound"
        return self.schema


# --- leaves ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Scan(Relation):
    """Events of sources within a range of time: newest first, ties in the order they were loaded.

    Attributes:
        sources: names of the sources, resolved (no patterns), each once.
        time_field: the field that holds the time; events without it are out of range.
        start: first instant, inclusive. end: last instant, exclusive.
        newest: only so many newest events over all sources together (`qsize`), None for all.
        only: names of the columns wanted, None for all (set by the rule that prunes).
        where: a condition on the events that the scan may use to skip what cannot match; the
            relation above it still filters (set by a rule).
    """

    sources: tuple[str, ...]
    time_field: str
    start: Instant
    end: Instant
    newest: int | None = None
    only: tuple[str, ...] | None = None
    where: Expr | None = None
    span: Span | None = None


@dataclass(frozen=True, eq=False)
class Generate(Relation):
    """`count` rows out of nothing, numbered from 1 in column `number` if that is named; lazy.

    `time_field` holds the clock's `now` in every row.
    """

    count: int
    time_field: str
    now: Instant
    number: str | None = None


@dataclass(frozen=True, eq=False)
class Rows(Relation):
    """Constant rows in the order given; bound from the start (`schema` is required)."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, eq=False)
class Given(Relation):
    """Rows handed over under a name when the plan runs: another engine's output, a stored result."""

    name: str


# --- one input ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Unary(Relation):
    """What all relations over one other have: that one."""

    input: Relation

    @property
    def inputs(self) -> tuple[Relation, ...]:
        """The one that it reads."""
        return (self.input,)

    def with_inputs(self, inputs: tuple[Relation, ...]) -> Relation:
        """This relation, or a copy of it, over another."""
        (given,) = inputs
        return self if given is self.input else replace(self, input=given)


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


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate over rows, and the column it goes to. `arguments` after the first are constants."""

    function: str
    arguments: tuple[Expr, ...]
    name: str
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class Aggregate(Unary):
    """One row a group; ordered by the keys ascending. Without keys: always exactly one row.

    Rows with a null key are dropped unless `keep_null`; a multivalue key counts once per value
    (language.md 6). Columns: the keys, then the measures.
    """

    keys: tuple[tuple[str, Expr], ...]
    measures: tuple[Measure, ...]
    keep_null: bool = False
    approximate: bool = False
    span: Span | None = None


ROW_NUMBER: Final = "row_number"
"""The measure of a window that counts the rows of the group, from 1."""
LAG: Final = "LAG"
"""The measure of a window that is the value, whole, of so many rows before: `LAG(value, count)`."""
CARRY: Final = "CARRY"
"""The measure of a window that is the value, whole, of the last row up to and with this one that has any."""
BY_PLACE: Final = frozenset({ROW_NUMBER, LAG, CARRY})


@dataclass(frozen=True, eq=False)
class Window(Unary):
    """Adds measures over rows of the same group to every row; order kept.

    `frame` says over which: `all` rows of the group; `running`: those up to and with the row, in the
    input's order, the last `size` of them where that is not 0. Rows with a null key get null.
    Besides aggregates the measures of `BY_PLACE` are known here, which go by the row's place in its group,
    in the input's order or in `order`, whatever the frame.
    """

    partition: tuple[Expr, ...]
    measures: tuple[Measure, ...]
    frame: OneOf["all", "running"] = "all"
    size: int = 0
    include_current: bool = True
    order: tuple[SortKey, ...] = ()

    @property
    def only_numbers(self) -> bool:
        """Whether it gives all rows their numbers in the order in which they come, and nothing else."""
        if self.partition or self.order:
            return False
        return all(measure.function == ROW_NUMBER for measure in self.measures)


@dataclass(frozen=True, eq=False)
class Session(Unary):
    """Adds to every row the session that it belongs to, and whether that one is closed; order kept.

    The rows of each group of `partition` are walked through in the input's order. A row begins a session where
    it is the group's first; where `starts` is true of it; where `ends` is true of the row before; where it
    comes more than `pause` nanoseconds after the row before, or more than `length` after the session's first;
    where the session has `most` rows already. Rows with a null key or without a `time` belong to none: null.

    Attributes:
        number: the column of the session: the place of its first row, from 1, among the rows that belong to one.
        closed: the column that says whether it is closed. With `starts` or `ends`: whether its first row is
            such a start and its last such an end, as far as they are given. Without: whether it has `most`
            rows, or another session of the group follows.
    """

    partition: tuple[Expr, ...]
    time: Expr
    number: str
    closed: str
    pause: int | None = None
    length: int | None = None
    most: int | None = None
    starts: Expr | None = None
    ends: Expr | None = None


@dataclass(frozen=True, eq=False)
class Explode(Unary):
    """One row for each value of a multivalue field, in order; a row whose field is missing stays one row.

    Attributes:
        distinct: whether a value that a row has twice makes one row, at its first place.
    """

    field: str
    distinct: bool = False


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


@dataclass(frozen=True, slots=True)
class Buckets:
    """Equal or calendar-aligned stretches of time or of numbers (language.md 5).

    Attributes:
        size: how many units a bucket has.
        unit: `ns` (fixed length: `size` nanoseconds, aligned to the zone's midnight), `day`, `week`, `month`,
            `quarter`, `year` (calendar units in the zone; days are `ns` where the zone is UTC).
            `trawl.calendars` makes the edges.
        zone: IANA name of the time zone.
    """

    size: int
    unit: BucketUnit
    zone: str = "UTC"


@dataclass(frozen=True, eq=False)
class Fill(Unary):
    """Adds the missing buckets between `start` and `end` (None: from the first to the last row's).

    `time_field` holds lower edges, ascending, each in one row or several. In added rows the columns in
    `zeros` are 0, the others null. Ordered by `time_field`.

    Attributes:
        most: where there are more buckets than this from `start` to `end`, none is added.
        notice: what is said then.
    """

    time_field: str
    buckets: Buckets
    start: Instant | None
    end: Instant | None
    zeros: tuple[str, ...]
    most: int
    notice: Notice


@dataclass(frozen=True, eq=False)
class Profile(Unary):
    """One row a column of the input: what its values are (the sidebar, `fieldsummary`).

    Columns: `field`; `type` (encoded); `count` (rows that have it); `distinct` (values, exactly; multivalues
    count each); `numeric` (how many of the values are numbers); `top` and `top_counts` (lists of at most `top`
    boxed values and their counts, most frequent first, ties by value as `sort` orders); `minimum`, `maximum`
    (boxed; of numbers and times), `average` (of numbers). Columns of which no row has a value are left out.
    Ordered by count descending, then name.

    Attributes:
        top: so many values are listed.
        deviates: whether there is a further column `deviation`: the sample standard deviation of the numbers, null
            for fewer than two, and where squares of them are beyond floats.
    """

    top: int = 10
    deviates: bool = False


@dataclass(frozen=True, eq=False)
class Templates(Unary):
    """The patterns of the texts in a column: texts that differ in a few words are one (`trawl.drain`).

    Columns: `pattern`, with `<*>` for words that vary; `count` (rows); `sample` (of the most frequent
    line of masked words the shortest text, ties by code point). Rows without a text are left out. Ordered by
    count descending, then pattern.

    Attributes:
        text: the column, which holds single texts.
        threshold: the share of words in which a text must be like a pattern to belong to it.
    """

    text: str
    threshold: float


# --- several inputs ----------------------------------------------------------------------------------


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
        return self if _are_same(inputs, self.parts) else replace(self, parts=inputs)


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
        return self if _are_same(inputs, self.inputs) else replace(self, left=left, right=right)


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
        return self if _are_same(inputs, self.inputs) else replace(self, input=rows, table=table)


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


def rebuilt(root: Relation, change: Callable[[Relation], Relation]) -> Relation:
    """The relation with `change` applied to all below and with it, inputs before what reads them."""
    done: dict[int, Relation] = {}
    for relation in post_order(root):
        inputs = tuple([done[id(child)] for child in relation.inputs])
        done[id(relation)] = change(relation.with_inputs(inputs))
    return done[id(root)]


def _are_same(given: tuple[Relation, ...], own: tuple[Relation, ...]) -> bool:
    return all(new is old for new, old in zip(given, own, strict=True))


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


def post_order(root: Relation, known: Container[int] = ()) -> Iterator[Relation]:
    """Every relation below and with `root`, inputs before what reads them, each once; no recursion.

    Args:
        known: identities of relations that count as leaves: what is below them is left out.
    """
    seen: set[int] = set()
    stack: list[tuple[Relation, bool]] = [(root, False)]
    while stack:
        relation, opened = stack.pop()
        if opened:
            yield relation
        elif id(relation) not in seen:
            seen.add(id(relation))
            stack.append((relation, True))
            if id(relation) not in known:
                stack.extend((child, False) for child in reversed(relation.inputs))
