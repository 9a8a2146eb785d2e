"""What `top` and `rare` share: the most or the least frequent combinations of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Extend, Filter, Measure, Project, Relation, Sort, SortKey, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden
from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.tokens import Kind
from trawl.language.writer import Writer

OTHER = "OTHER"


@dataclass(frozen=True)
class Frequency(Command):
    """Count combinations of values and keep the first of them.

    Attributes:
        descending: whether the most frequent come first.
    """

    replaces_events: ClassVar[bool] = True
    descending: ClassVar[bool]

    names: tuple[Name, ...]
    by: tuple[Name, ...] = ()
    limit: int = 10
    shows_count: bool = True
    shows_percent: bool = True
    count_field: str = "count"
    percent_field: str = "percent"
    uses_other: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the number, fields, `by` and its fields; options before, between or after."""
        options = Options(
            cursor,
            limit=cursor.integer,
            showcount=cursor.boolean,
            showperc=cursor.boolean,
            countfield=lambda what: _column(cursor),
            percentfield=lambda what: _column(cursor),
            useother=cursor.boolean,
        )
        options.read()
        start = cursor.peek()
        is_limit = start.kind is Kind.WORD and start.text.isascii() and start.text.removeprefix("-").isdigit()
        number = cursor.integer("the limit") if is_limit else None
        options.read()
        names = cursor.names("by")
        options.read()
        by = cursor.names("by") if cursor.keyword("by") else ()
        options.read()
        counts: Written | None = options.get("countfield", None)
        percents: Written | None = options.get("percentfield", None)
        command = cls(
            names=names,
            by=by,
            limit=options.get("limit", 10) if number is None else number,
            shows_count=options.get("showcount", True),
            shows_percent=options.get("showperc", True),
            count_field=counts.text if counts else "count",
            percent_field=percents.text if percents else "percent",
            uses_other=options.get("useother", False),
        )
        _refuse_same(command.count_field, command.percent_field, [given.span for given in (counts, percents) if given])
        _refuse_repeated((*names, *by), command.count_field, command.percent_field)
        return command

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order, those that are not shown included."""
        return (*(name.text for name in (*self.by, *self.names)), self.count_field, self.percent_field)

    def write(self, writer: Writer) -> None:
        """Writes the number, fields, `by`, options."""
        writer.word(self.name)
        if self.limit != 10:
            writer.word(str(self.limit))
        writer.names(self.names)
        if self.by:
            writer.word("by")
            writer.names(self.by)
        writer.option("showcount", self.shows_count, True)
        writer.option("showperc", self.shows_percent, True)
        if self.count_field != "count":
            writer.word(f"countfield={name_text(self.count_field)}")
        if self.percent_field != "percent":
            writer.word(f"percentfield={name_text(self.percent_field)}")
        writer.option("useother", self.uses_other, False)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Counts, ranks within each group of `by`, cuts or lumps, and adds the share of the group's total."""
        total, rank, is_rest = (hidden(word, self.columns) for word in ("total", "rank", "rest"))
        groups = tuple(name.field for name in self.by)
        keys = tuple((name.text, name.field) for name in (*self.by, *self.names))
        counted = Aggregate(upstream, keys, (Measure("count", (), self.count_field),), span=self.span)
        summed = Window(counted, groups, (Measure("sum", (Field(self.count_field),), total),))
        ranked: Relation = Window(summed, groups, (Measure("row_number", (), rank),), order=self._order())
        rests: tuple[str, ...] = ()
        if self.limit:
            is_over = Call("gt", (Field(rank), Literal(self.limit)))
            if self.uses_other:
                ranked, rests = self._lumped(ranked, is_over, is_rest, total), (is_rest,)
            else:
                ranked = Filter(ranked, Call("not", (is_over,)))
        share = Call("div", (Call("mul", (Field(self.count_field), Literal(100))), Field(total)))
        shared = Extend(ranked, ((self.percent_field, share),))
        ordered = Sort(
            shared, (*(SortKey(group) for group in groups), *(SortKey(Field(r)) for r in rests), *self._order())
        )
        shown = [name.text for name in (*self.by, *self.names)]
        shown += [self.count_field] if self.shows_count else []
        shown += [self.percent_field] if self.shows_percent else []
        return Project(ordered, tuple((name, name) for name in shown))

    def _order(self) -> tuple[SortKey, ...]:
        """By frequency, then by the values."""
        return (SortKey(Field(self.count_field), self.descending), *(SortKey(name.field) for name in self.names))

    def _lumped(self, ranked: Relation, is_over: Expr, is_rest: str, total: str) -> Relation:
        """Everything beyond the limit as one row, marked, its values `OTHER`."""
        named = tuple((name.text, Call("if", (is_over, Literal(OTHER), name.field))) for name in self.names)
        marked = Extend(ranked, ((is_rest, is_over), *named))
        columns = [*(name.text for name in self.by), is_rest, *(name.text for name in self.names)]
        keys = tuple((name, Field(name)) for name in columns)
        measures = (
            Measure("sum", (Field(self.count_field),), self.count_field),
            Measure("max", (Field(total),), total),
        )
        return Aggregate(marked, keys, measures)


def _column(cursor: Cursor) -> Written:
    span = cursor.peek().span
    return Written(cursor.new_name(), span)


def _refuse_same(count_field: str, percent_field: str, given: Iterable[Span]) -> None:
    """Refuses one name for both columns, at the last place where one of them was `given`."""
    if count_field == percent_field:
        reason = f"two columns would be named `{clip(count_field)}`"
        hint = "`countfield` and `percentfield` take two names"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=max(given, key=lambda span: span.start))


def _refuse_repeated(names: Iterable[Name], *others: str) -> None:
    """Refuses a field that is named twice, or like one of the other columns."""
    seen: set[str] = set()
    for name in names:
        if name.text in others:
            reason = f"two columns would be named `{clip(name.text)}`"
            hint = "`countfield` and `percentfield` give the counts other names"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=name.span)
        if name.text in seen:
            hint = "each field is named once, either to be counted or after BY"
            raise TrawlError(Code.INVALID_ARGUMENT, f"`{clip(name.text)}` is named twice", hint=hint, span=name.span)
        seen.add(name.text)
