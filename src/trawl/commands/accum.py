"""`accum`: the running total of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.numeric import as_number
from trawl.expr import Call, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Accum(Command):
    """Compute the running total of a number: its sum over the events so far, in the order in which they come.

    The total takes the field's place, or goes to another with `as`. Events that have no number there get none,
    and the total goes on after them.

    Synopsis:
        accum FIELD [as NAME]

    Examples:
        What was sent so far, from the oldest event on.

        >>> source web qsize=3 | reverse | accum bytes as sent | fields bytes, sent
        bytes | sent
        256   | 256
        512   | 768
        256   | 1024
    """

    name: ClassVar[str] = "accum"

    field: Name
    target: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field and its new name."""
        name = cursor.name()
        target = cursor.new_name() if cursor.keyword("as") else None
        if cursor.peek().is_word("by"):
            hint = "running totals of groups are computed by `streamstats sum(a) as total by b`"
            raise cursor.surprise("`|` or the end", hint)
        return cls(name, target)

    def write(self, writer: Writer) -> None:
        """Writes the field and its new name."""
        writer.word(self.name)
        writer.names((self.field,), "as")
        writer.target(self.target)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """A running sum, shown where the event adds to it."""
        target = self.target or self.field.text
        number, total = (hidden(word, upstream.columns.names) for word in ("number", "total"))
        events = Extend(upstream, ((number, as_number(self.field.field)),))
        running = Window(events, (), (Measure("sum", (Field(number),), total, self.field.span),), frame="running")
        shown = Call("if", (Call("isnull", (Field(number),)), Literal(None), Field(total)))
        return only(Extend(running, ((target, shown),)), upstream, target)
