"""`regex`: events in which a regular expression matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Filter, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import compiled, read_pattern
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.documents import RAW
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.spelling import name_text, quoted
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Regex(Command):
    """Keep the events in which a regular expression (RE2) matches somewhere in a field, or with `!=` does not.

    Case counts unless the expression begins with `(?i)`. An event without the field is dropped either way.
    Of several values one must match, with `!=` none. Without a field the whole event is read: the line that
    it was loaded from, or its JSON.

    Synopsis:
        regex [FIELD=|FIELD!=]"REGEX"

    Examples:
        Paths of one step.

        >>> source web | regex path="^/\\w+$" | fields path
        path
        /health
        /login
        /missing
        /old
    """

    name: ClassVar[str] = "regex"

    pattern: Written
    field: Name | None = None
    negated: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field with its sign, and the expression."""
        hint = 'the field and a sign stand in front: `regex {}="…"`'
        if cursor.peek().kind is Kind.STRING or not cursor.after(cursor.peek()).is_mark("=", "!=", "=="):
            return cls(read_pattern(cursor, hint))
        name = cursor.name()
        negated = cursor.mark("!=")
        if not negated:
            cursor.mark("=", "==")
        return cls(read_pattern(cursor, hint), name, negated)

    def write(self, writer: Writer) -> None:
        """Writes the field and the expression."""
        writer.word(self.name)
        sign = "!=" if self.negated else "="
        front = f"{name_text(self.field.text)}{sign}" if self.field else ""
        writer.word(f"{front}{quoted(self.pattern.text)}")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Keeps the events that match."""
        compiled(self.pattern)
        read = self.field.field if self.field else Field(RAW, self.span)
        found: Expr = Call("match", (read, Literal(*self.pattern)), self.span)
        return Filter(upstream, Call("not", (found,)) if self.negated else found)
