"""`timechart`: measures over time, one column a series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from trawl import calendars
from trawl.algebra import Aggregate, Buckets, Extend, Fill, Measure, Pivot, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.bin import bucket_time
from trawl.commands.columns import hidden, one_each
from trawl.commands.grouping import lower_measures, note_counted
from trawl.commands.series import LAST, Series, counts, refuse_taken
from trawl.errors import Code, Notice, TrawlError, clip
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.measures import read_measures
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.strides import Stride, automatic
from trawl.language.writer import Writer
from trawl.values import Instant

MOST_FILLED = 10_000
"""Empty buckets are filled over the whole range of the search if it has at most so many."""
MOST_BUCKETS = 1_000_000
"""A span given must not cut the range into more, and where the events reach over more none is filled."""


@dataclass(frozen=True)
class Timechart(Command):
    """Measure events over time: one row a bucket, and with `by` one column for each value of a field.

    Without `span` the length of the buckets goes by the range of the search, as in `bin`. Buckets without
    events are there too, from the start of the range to its end: 0 for counts, else nothing. Where these are more
    than 10,000, only those from the first event to the last are, with a warning; a `span` that makes more than
    1,000,000 is refused.

    With `by` the ten values (`limit`) with the largest sums are columns, ordered by name; the rest is lumped
    into `OTHER`, and events without a value are `NULL`. `useother=false` keeps all values, and so does
    `limit=0`. With several measures columns are named `measure: value`. A value that is called `OTHER`,
    `NULL` or like the time field gets a trailing `_`.

    Synopsis:
        timechart [timefield=FIELD] [span=SPAN] [bins=100] [limit=10] [useother=BOOL]
            MEASURE [as NAME][, MEASURE ...] [by FIELD]

    Examples:
        Requests by the hour, a column for each host.

        >>> source web earliest=2024-01-01T09:00:00Z latest=2024-01-01T13:00:00Z | timechart span=1h count by host
        @timestamp               | a | b | c
        2024-01-01T09:00:00.000Z | 0 | 0 | 0
        2024-01-01T10:00:00.000Z | 2 | 1 | 0
        2024-01-01T11:00:00.000Z | 1 | 1 | 0
        2024-01-01T12:00:00.000Z | 0 | 0 | 1
    """

    name: ClassVar[str] = "timechart"
    replaces_events: ClassVar[bool] = True
    approximate: ClassVar[bool] = False
    """Whether an engine may approximate where it says so."""

    measures: tuple[Measure, ...]
    by: Name | None = None
    time_field: Name | None = None
    span_given: Stride | None = None
    bins: int | None = None
    limit: int = 10
    uses_other: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, measures, `by` and one field, options."""
        return cls.read_with(cursor, cls.options(cursor))

    @classmethod
    def options(cls, cursor: Cursor, **more: Callable[[str], Any]) -> Options:
        """The options that there are, and `more` of the command's own."""
        return Options(
            cursor,
            timefield=lambda what: cursor.name(f"a field for {what}"),
            span=cursor.stride,
            bins=cursor.positive,
            limit=cursor.integer,
            useother=cursor.boolean,
            **more,
        )

    @classmethod
    def read_with(cls, cursor: Cursor, options: Options) -> Self:
        """Reads it with these options."""
        options.read()
        _refuse_span(cursor)
        measures = read_measures(cursor)
        options.read()
        by = cursor.name() if cursor.keyword("by") else None
        if by is not None and cursor.peek().is_mark(","):
            hint = f"one field makes the series: `by {clip(name_text(by.text))}`"
            raise cursor.surprise("an option, `|` or the end", hint)
        options.read()
        return cls(
            measures=measures,
            by=by,
            time_field=options.get("timefield", None),
            span_given=options.get("span", None),
            bins=options.get("bins", None),
            limit=options.get("limit", 10),
            uses_other=options.get("useother", True),
        )

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        self.write_options(writer)
        writer.measures(self.measures)
        if self.by is not None:
            writer.word("by")
            writer.names((self.by,))

    def write_options(self, writer: Writer) -> None:
        """Writes the options."""
        if self.time_field is not None:
            writer.word(f"timefield={name_text(self.time_field.text)}")
        writer.option("span", self.span_given)
        writer.option("bins", self.bins)
        writer.option("limit", self.limit, 10)
        writer.option("useother", self.uses_other, True)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Buckets, measures, series to columns, missing buckets."""
        when = self.time_field or Name(scope.time_field, span=self.span)
        time_field = when.text
        note_counted(self.measures, scope)
        self._check_names(time_field)
        buckets = self._buckets(scope)
        bucket = hidden("bucket", upstream.columns.names)
        measures = lower_measures(self.measures, scope, time_field)
        zeros = counts(measures)
        if self.by is None:
            events: Relation = Extend(upstream, ((bucket, bucket_time(when.field, buckets)),))
            table = Aggregate(
                events, ((time_field, Field(bucket)),), measures, approximate=self.approximate, span=self.span
            )
            return self._fill(table, time_field, buckets, zeros, scope)
        events = one_each(upstream, self.by.text)
        events = Extend(events, ((bucket, bucket_time(when.field, buckets)),))
        column = hidden("series", upstream.columns.names)
        series = Series(self.by, self.limit if self.uses_other else 0)
        row = (time_field, Field(bucket))
        grouped = series.measured(events, row, column, measures, approximate=self.approximate, span=self.span)
        names = tuple(measure.name for measure in measures)
        filled = self._fill(grouped, time_field, buckets, (), scope)
        return Pivot(filled, time_field, self.by.text, names, last=LAST, zeros=zeros)

    def _fill(
        self, table: Relation, time_field: str, buckets: Buckets, zeros: tuple[str, ...], scope: Scope
    ) -> Relation:
        """Adds the buckets without events."""
        start, end = self._ends(time_field, buckets, scope)
        reason = f"`{time_field}` reaches over more than {MOST_BUCKETS:,} buckets; empty ones are left out"
        notice = Notice("timechart_not_filled", reason, self.span)
        return Fill(table, time_field, buckets, start, end, zeros, MOST_BUCKETS, notice)

    def _check_names(self, time_field: str) -> None:
        refuse_taken(self.measures, [time_field, *([self.by.text] if self.by else [])])
        if self.by and self.by.text == time_field:
            reason = f"`{clip(time_field)}` is the time itself and makes no series"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=self.by.span)

    def _buckets(self, scope: Scope) -> Buckets:
        stride = self.span_given or automatic(scope.range, scope.zone, self.bins)
        if self.span_given and stride.count_in(scope.range, scope.zone) > MOST_BUCKETS:
            reason = f"`span={stride}` cuts the range of the search into more than {MOST_BUCKETS:,} buckets"
            hint = "`source NAME earliest=-1d` makes the range shorter, a longer span the buckets fewer"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=self.span, hint=hint)
        return stride.buckets(scope.zone)

    def _ends(self, time_field: str, buckets: Buckets, scope: Scope) -> tuple[Instant | None, Instant | None]:
        """From where to where empty buckets are added; None, None: from the first event to the last."""
        if time_field != scope.time_field:
            return None, None
        count = calendars.count(scope.range.start, scope.range.end, buckets.size, buckets.unit, buckets.zone)
        if count <= MOST_FILLED:
            return scope.range.start, scope.range.end
        message = f"the range has {count:,} buckets; empty ones are filled from the first event to the last only"
        scope.warn("timechart_not_filled", message, self.span)
        return None, None


def _refuse_span(cursor: Cursor) -> None:
    token = cursor.peek()
    if token.text[:1].isdecimal():
        hint = f"the length of the buckets is an option: `span={clip(token.text)}`"
        raise cursor.surprise("an aggregation such as `count`", hint)
