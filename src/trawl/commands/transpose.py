"""`transpose`: the first rows as columns, and the columns as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Extend, Relation, Slice
from trawl.algebra import Transpose as Turned
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden
from trawl.errors import Code, Notice, TrawlError, clip
from trawl.expr import Call, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.tokens import Kind
from trawl.language.writer import Writer

ROWS: Final = 5
"""So many rows become columns where the query says nothing."""
MOST_ROWS: Final = 1_000
"""More rows never become columns: tables of more columns are of no use, and every reader pays for each."""
COLUMN: Final = "column"


@dataclass(frozen=True)
class Transpose(Command):
    """Turn a table on its side: the first rows become columns, and each field becomes a row.

    Five rows are taken, or as many as the number says; 0 stands for all, at most 1,000. The field's name is in
    the column `column`, or what `column_name` calls it; its values are in the columns `row 1`, `row 2` and so on.
    Fields come in the order of the table.

    With `header_field` the values of a field name the columns, of several values the first; a row that has none is
    called by its place. The field itself makes no row. A name that is there already gets a trailing `_`.

    A field without a value in any of these rows is a row as well, unless `include_empty=false` leaves it out.

    Synopsis:
        transpose [N] [column_name=NAME] [header_field=FIELD] [include_empty=BOOL]

    Examples:
        Two measures of each host, side by side.

        >>> source web | stats count, sum(bytes) as bytes by host | transpose header_field=host column_name=measure
        measure | a    | b   | c
        count   | 3    | 2   | 1
        bytes   | 6656 | 768 | 256

        The two newest events, field by field.

        >>> source web | table host, status, bytes | transpose 2
        column | row 1 | row 2
        host   | c     | a
        status | 200   | 500
        bytes  | 256   | 512
    """

    name: ClassVar[str] = "transpose"
    replaces_events: ClassVar[bool] = True

    rows: int = ROWS
    column: str = COLUMN
    header: Name | None = None
    keeps_empty: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the number and the options, in any order."""
        options = Options(
            cursor,
            column_name=lambda what: cursor.new_name(),
            header_field=lambda what: cursor.name(f"a field for {what}"),
            include_empty=cursor.boolean,
        )
        options.read()
        rows = ROWS if cursor.at_end() else _read_rows(cursor)
        options.read()
        return cls(
            rows,
            options.get("column_name", COLUMN),
            options.get("header_field", None),
            options.get("include_empty", True),
        )

    def write(self, writer: Writer) -> None:
        """Writes the number first."""
        writer.word(self.name)
        if self.rows != ROWS:
            writer.word(str(self.rows))
        if self.column != COLUMN:
            writer.word(f"column_name={name_text(self.column)}")
        if self.header is not None:
            writer.word(f"header_field={name_text(self.header.text)}")
        writer.option("include_empty", self.keeps_empty, True)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The first rows, with the text of the field that names the columns, turned."""
        message = f"`transpose` makes columns of the first {MOST_ROWS:,} rows; the others are left out"
        notice = None if self.rows else Notice("transpose_limit", message, self.span)
        first: Relation = Slice(upstream, self.rows or MOST_ROWS, notice=notice)
        turned = upstream.columns.names
        if self.header is None:
            return Turned(first, turned, self.column, keeps_empty=self.keeps_empty)
        scope.note_unknown(self.header.field, upstream.columns)
        header = hidden("header", turned)
        value = Call("mvindex", (self.header.field, Literal(0)), self.header.span)
        named = Extend(first, ((header, Call("tostring", (value,), self.header.span)),))
        turned = tuple(name for name in turned if name != self.header.text)
        return Turned(named, turned, self.column, header, self.keeps_empty)


def _read_rows(cursor: Cursor) -> int:
    token = cursor.peek()
    if token.kind in (Kind.WORD, Kind.NAME) and not token.text[:1].isdecimal() and token.text[:1] != "-":
        hint = f"the field that names the columns is an option: `header_field={clip(name_text(token.text))}`"
        raise cursor.surprise("the number of rows or an option", hint)
    rows = cursor.integer("the number of rows")
    if rows > MOST_ROWS:
        hint = f"`transpose 0` takes as many as there are, up to {MOST_ROWS:,}"
        reason = f"found {rows:,} rows, at most {MOST_ROWS:,} become columns"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=token.span)
    following = cursor.peek()
    if following.kind in (Kind.WORD, Kind.NAME) and not cursor.at_option():
        raise cursor.surprise("an option, `|` or the end", "rows are kept by `head` before, columns by `fields`")
    return rows
