"""`union`: the rows of several subqueries together, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Sort, SortKey
from trawl.algebra import Union as Together
from trawl.commands.base import Command, Scope
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.tree import Query
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Union(Command):
    """Put the rows of subqueries together, with those that there are if it stands after a bar.

    Columns are put together by name, rows by time, newest first; rows of the same time, and rows without
    one, come in the order of the subqueries.

    Synopsis:
        union [ SUBQUERY ][, [ SUBQUERY ] ...]

    Examples:
        Two searches as one.

        >>> | union [ source web | search host=c ], [ source web | search status=404 ] | fields host, status
        host | status
        c    | 200
        b    | 404
    """

    name: ClassVar[str] = "union"
    may_begin: ClassVar[bool] = True

    queries: tuple[Query, ...]

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads subqueries; commas between them may be left out."""
        queries = [cursor.subquery()]
        while cursor.mark(",") or cursor.peek().is_mark("["):
            queries.append(cursor.subquery())
        return cls(tuple(queries))

    def write(self, writer: Writer) -> None:
        """Writes the subqueries."""
        writer.word(self.name)
        for query in self.queries:
            writer.subquery(query)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The union of all, by time where any has one."""
        parts = (upstream, *(scope.subquery(query) for query in self.queries))
        together = Together(parts)
        if any(part.columns.open or scope.time_field in part.columns for part in parts):
            return Sort(together, (SortKey(Field(scope.time_field), descending=True),))
        return together
