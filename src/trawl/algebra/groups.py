"""Relations of rows together: groups and what is measured of them, windows, sessions, buckets of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from typing import Literal as OneOf

from trawl.algebra.base import Unary
from trawl.algebra.rows import SortKey
from trawl.calendars import BucketUnit
from trawl.errors import Notice, Span
from trawl.expr import Expr
from trawl.values import Instant


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
