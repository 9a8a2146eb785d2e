"""`chart`: measures as a table, rows by the values of one field and columns by those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Measure, Pivot, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.bin import Bin, Width, read_width, write_width
from trawl.commands.columns import hidden, one_each
from trawl.commands.grouping import lower_measures, note_counted
from trawl.commands.series import LAST, Series, counts, refuse_taken
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.measures import read_measures
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer
from trawl.schema import Kind, Schema


@dataclass(frozen=True)
class Chart(Command):
    """Measure events as a table: one row for each value of a field, and one column for each value of another.

    `chart count over a by b` and `chart count by a, b` are the same. With one field it is the table that
    `stats` makes. Events that lack the first field are left out. Where that field holds times, its values
    are put into buckets as `bin` does; numbers are where `span` or `bins` is given.

    The ten values (`limit`) of the second field with the largest sums are columns, ordered by name; the rest
    is lumped into `OTHER`, and events without a value are `NULL`. `useother=false` keeps all values, and so
    does `limit=0`; `usenull=false` leaves events without a value out. With several measures columns are
    named `measure: value`. A value that is called `OTHER`, `NULL` or like the first field gets a
    trailing `_`. A pair without events is 0 for counts, else nothing.

    Synopsis:
        chart [limit=10] [useother=BOOL] [usenull=BOOL] [span=SPAN] [bins=N] MEASURE [as NAME][, ...]
            over FIELD [by FIELD]
        chart [limit=10] [useother=BOOL] [usenull=BOOL] [span=SPAN] [bins=N] MEASURE [as NAME][, ...]
            by FIELD[, FIELD]

    Examples:
        Answers of each host by status.

        >>> source web | chart count over host by status
        host | 200 | 301 | 404 | 500
        a    | 1   | 1   | 0   | 1
        b    | 1   | 0   | 1   | 0
        c    | 1   | 0   | 0   | 0
    """

    name: ClassVar[str] = "chart"
    replaces_events: ClassVar[bool] = True

    measures: tuple[Measure, ...]
    row: Name
    by: Name | None = None
    span_given: Width | None = None
    bins: int | None = None
    limit: int = 10
    uses_other: bool = True
    uses_null: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, measures, `over` and `by` with their fields; options before, between or after."""
        options = Options(
            cursor,
            limit=cursor.integer,
            useother=cursor.boolean,
            usenull=cursor.boolean,
            span=lambda what: read_width(cursor, what),
            bins=cursor.positive,
        )
        options.read()
        measures = read_measures(cursor, "over")
        options.read()
        row, by = _read_fields(cursor, options)
        options.read()
        return cls(
            measures=measures,
            row=row,
            by=by,
            span_given=options.get("span", None),
            bins=options.get("bins", None),
            limit=options.get("limit", 10),
            uses_other=options.get("useother", True),
            uses_null=options.get("usenull", True),
        )

    def write(self, writer: Writer) -> None:
        """Writes options first, then `over`."""
        writer.word(self.name)
        write_width(writer, self.span_given)
        writer.option("bins", self.bins)
        writer.option("limit", self.limit, 10)
        writer.option("useother", self.uses_other, True)
        writer.option("usenull", self.uses_null, True)
        writer.measures(self.measures)
        writer.word("over")
        writer.names((self.row,), "over")
        if self.by is not None:
            writer.word("by")
            writer.names((self.by,), "over")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Rows, measures, series to columns."""
        note_counted(self.measures, scope)
        refuse_taken(self.measures, [self.row.text, *([self.by.text] if self.by else [])])
        measures = lower_measures(self.measures, scope)
        events = one_each(upstream, self.row.text, *([self.by.text] if self.by else []))
        edge = self._edge(events.columns)
        if edge != self.row.text:
            events = Bin(self.row, self.span_given, self.bins, edge, span=self.span).lower(events, scope)
        rows = (self.row.text, Field(edge, self.row.span))
        if self.by is None:
            return Aggregate(events, (rows,), measures, span=self.span)
        column = hidden("series", upstream.columns.names)
        series = Series(self.by, self.limit if self.uses_other else 0, self.uses_null)
        grouped = series.measured(events, rows, column, measures, span=self.span)
        names = tuple(measure.name for measure in measures)
        return Pivot(grouped, self.row.text, self.by.text, names, last=LAST, zeros=counts(measures))

    def _edge(self, known: Schema) -> str:
        """The column that makes the rows: of its own where they are buckets."""
        is_binned = self.span_given is not None or self.bins is not None
        if is_binned or known.type_of(self.row.text).kinds == {Kind.TIME}:
            return hidden("edge", known.names)
        return self.row.text


def _read_fields(cursor: Cursor, options: Options) -> tuple[Name, Name | None]:
    """Takes `over a [by b]` or `by a[, b]`."""
    by: Name | None
    if cursor.keyword("over"):
        row = cursor.name()
        options.read()
        by = cursor.name() if cursor.keyword("by") else None
    elif cursor.keyword("by"):
        row, *others = cursor.names("by", "over")
        if len(others) > 1:
            hint = "one field makes the rows and one the columns: `over a by b`"
            raise TrawlError(
                Code.INVALID_ARGUMENT,
                f"found {2 + len(others[1:])} fields, expected two",
                hint=hint,
                span=others[1].span,
            )
        by = others[0] if others else None
    else:
        hint = "`chart count over a by b`; without fields `stats` measures all events"
        raise cursor.surprise("OVER or BY and a field", hint)
    if by is not None and by.text == row.text:
        reason = f"`{clip(by.text)}` makes the rows already"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="columns are made by another field", span=by.span)
    if cursor.peek().is_word("over"):
        raise cursor.surprise("an option, `|` or the end", "OVER stands before BY: `chart count over a by b`")
    if cursor.peek().is_mark(","):
        raise cursor.surprise(
            "an option, `|` or the end", "one field makes the rows and one the columns: `over a by b`"
        )
    return row, by
