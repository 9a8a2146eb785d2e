"""`xyseries`: rows to columns, named by the values of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Filter, Pivot, Project, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, one_each
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, all_of
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Xyseries(Command):
    """Make one row of all events with the same value of a field, and a column of each value of another.

    `xyseries x name value` gives one row for each `x`, with columns named by the values of `name` that hold
    `value`, ordered by name. It undoes `untable`. Of several events with the same `x` and `name` the last
    that has a value counts. Events that lack `x` or `name` are left out. With several values columns are
    named `value: name`. A name that is that of the first field gets a trailing `_`.

    Synopsis:
        xyseries FIELD FIELD FIELD[, FIELD ...]

    Examples:
        Bytes of each host by status.

        >>> source web | stats sum(bytes) as bytes by host, status | xyseries host status bytes
        host | 200  | 301  | 404 | 500
        a    | 5120 | 1024 |     | 512
        b    | 512  |      | 256 |
        c    | 256  |      |     |
    """

    name: ClassVar[str] = "xyseries"
    replaces_events: ClassVar[bool] = True

    row: Name
    column: Name
    values: tuple[Name, ...]

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the fields."""
        names = cursor.names()
        if len(names) < 3:
            reason = "expected three fields: the one that makes the rows, the one that names columns, the values"
            hint = "`xyseries host status count`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=names[-1].span)
        seen: set[str] = set()
        for name in names:
            if name.text in seen:
                hint = "rows, names and values come from different fields"
                raise TrawlError(
                    Code.INVALID_ARGUMENT, f"`{clip(name.text)}` is named twice", hint=hint, span=name.span
                )
            seen.add(name.text)
        row, column, *values = names
        return cls(row, column, tuple(values))

    def write(self, writer: Writer) -> None:
        """Writes the fields."""
        writer.word(self.name)
        writer.names((self.row, self.column, *self.values))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Names as texts, and rows to columns."""
        for name in (self.row, self.column, *self.values):
            scope.note_unknown(name.field, upstream.columns)
        events = one_each(upstream, self.row.text, self.column.text)
        is_there = all_of(*(Call("isnotnull", (name.field,)) for name in (self.row, self.column)))
        series = hidden("series", upstream.columns.names)
        named = Extend(Filter(events, is_there), ((series, Call("tostring", (self.column.field,), self.span)),))
        values = tuple(name.text for name in self.values)
        pairs = Project(named, tuple((name, name) for name in (self.row.text, series, *values)))
        return Pivot(pairs, self.row.text, series, values)
