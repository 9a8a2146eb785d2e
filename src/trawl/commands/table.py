"""`table`: fields as the columns of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Project, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import none_left, shown
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Table(Command):
    """Show exactly these fields, in this order.

    A `*` stands for anything. A field that no event has is a column without values.

    Synopsis:
        table FIELD[, FIELD ...]

    Examples:
        Two columns, the status first.

        >>> source web qsize=2 | table status, host
        status | host
        200    | c
        500    | a
    """

    name: ClassVar[str] = "table"

    names: tuple[Name, ...]

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads names."""
        if cursor.peek().text.startswith("-") and cursor.peek().kind is Kind.WORD:
            raise cursor.surprise("a field", "fields are dropped by `fields - a, b`")
        return cls(cursor.names(patterns=True))

    def write(self, writer: Writer) -> None:
        """Writes the names."""
        writer.word(self.name)
        writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Projects. Where the columns are not known yet, nothing can be left out yet."""
        named = shown(upstream, self.names, scope)
        if upstream.columns.open:
            return upstream
        if not named:
            raise none_left("the table would have no column", self.names, upstream.columns)
        return Project(upstream, tuple((name, name) for name in named))
