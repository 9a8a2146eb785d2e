"""`delta`: how much a field differs from the event before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import LAG, Extend, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.expr import Call, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Delta(Command):
    """Compute how much a number or a time differs from that of an event before.

    It is the value of the event less that of the event above, or of the one `p` events above; null where one of
    the two is missing. The difference of times is in seconds. Events come newest first, so that the one above
    is the newer one: `reverse` before `delta` compares with the older one. The column is `delta(FIELD)` where
    nothing else is said.

    Synopsis:
        delta FIELD [as NAME] [p=1]

    Examples:
        How much larger each answer was than the last one.

        >>> source web qsize=3 | reverse | delta bytes as more | fields bytes, more
        bytes | more
        256   |
        512   | 256
        256   | -256
    """

    name: ClassVar[str] = "delta"

    field: Name
    target: str | None = None
    distance: int = 1

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field, `as`, and how many events lie between, which may stand anywhere."""
        options = Options(cursor, p=cursor.positive)
        options.read()
        name = cursor.name()
        options.read()
        target = cursor.new_name() if cursor.keyword("as") else None
        options.read()
        if cursor.peek().is_word("by"):
            hint = "groups are compared each on its own after `streamstats last(a) as before by b current=false`"
            raise cursor.surprise("an option, `|` or the end", hint)
        return cls(name, target, options.get("p", 1))

    def write(self, writer: Writer) -> None:
        """Writes the field, its new name, the distance."""
        writer.word(self.name)
        writer.names((self.field,), "as")
        writer.target(self.target)
        writer.option("p", self.distance, 1)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The value less the one before it."""
        target = self.target or f"delta({self.field.text})"
        before = hidden("before", upstream.columns.names)
        lagging = Window(upstream, (), (Measure(LAG, (self.field.field, Literal(self.distance)), before),))
        difference = Call("sub", (self.field.field, Field(before)), self.field.span)
        return only(Extend(lagging, ((target, difference),)), upstream, target)
