"""`where`: events for which an expression is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Filter, Relation
from trawl.commands.base import Command, Scope
from trawl.expr import Expr
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.tokens import Kind
from trawl.language.writer import Writer

_COMPARISONS: Final = ("=", "==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Where(Command):
    """Keep the events for which an expression is true.

    Unlike `search` it computes, compares field with field, and minds upper and lower case. An event for
    which the expression is null, as every comparison with a missing field is, is dropped.

    Brackets come first, then NOT, **OR, then AND**: `a==1 AND b==2 OR c==3` is `a==1 AND (b==2 OR c==3)`.
    Where AND and OR meet without brackets a warning shows both readings.

    Synopsis:
        where EXPRESSION

    Examples:
        Large answers.

        >>> source web | where bytes > 1000 AND status == 200 | fields host, bytes
        host | bytes
        a    | 5120
    """

    name: ClassVar[str] = "where"

    condition: Expr

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the expression."""
        condition = read_expression(cursor)
        token = cursor.peek()
        if token.is_mark(","):
            hint = "conditions are joined by AND and OR; a list of values is `f IN (1, 2)`"
            raise cursor.surprise("an operator, `|` or the end", hint)
        if token.kind in (Kind.WORD, Kind.NAME) and cursor.after(token).is_mark(*_COMPARISONS):
            raise cursor.surprise("an operator, `|` or the end", "conditions are joined by AND and OR")
        return cls(condition)

    def write(self, writer: Writer) -> None:
        """Writes the expression."""
        writer.word(self.name)
        writer.expression(self.condition)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Keeps the events for which it is true."""
        return Filter(upstream, self.condition)
