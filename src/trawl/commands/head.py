"""`head`: the first events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Filter, Measure, Relation, Slice, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.counts import read_count
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Head(Command):
    """Keep the first events: so many, or those before an expression is no longer true.

    Ten where nothing is said. With an expression in brackets it stops at the first event for which the
    expression is false or null, and at the number if there is one too. The number may be called `limit`.

    Synopsis:
        head [[limit=]N] [(EXPRESSION)]

    Examples:
        The three newest events.

        >>> source web | head 3 | fields host
        host
        c
        a
        b

        Events down to the first that is no success.

        >>> source web | head (status < 300) | fields host, status
        host | status
        c    | 200
    """

    name: ClassVar[str] = "head"

    count: int | None = 10
    condition: Expr | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads a number, which may be called `limit`, an expression in brackets, or both; `limit` may stand last."""
        count = None if cursor.peek().is_mark("(") else read_count(cursor, cls.name)
        condition = None
        if cursor.mark("("):
            condition = read_expression(cursor)
            cursor.expect_mark(")")
            count = read_count(cursor, cls.name) if count is None and cursor.at_option() else count
        return cls(10 if count is None and condition is None else count, condition)

    def write(self, writer: Writer) -> None:
        """Writes the number and the expression."""
        writer.word(self.name)
        if self.count is not None:
            writer.word(str(self.count))
        if self.condition is not None:
            writer.bracket(self.condition)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Cuts; an expression holds as long as no event so far was not true."""
        if self.condition is None:
            return Slice(upstream, self.count)
        column = hidden("broken", upstream.columns.names)
        holds = Call("and", (self.condition,), self.condition.span)  # null, not an end, where it is no boolean
        broken = Call("if", (holds, Literal(None), Literal(True)))
        counted = Window(upstream, (), (Measure("count", (broken,), column),), frame="running")
        kept = only(Filter(counted, Call("eq", (Field(column), Literal(0)))), upstream)
        return kept if self.count is None else Slice(kept, self.count)
