"""`rate`: how fast a counter grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import LAG, Extend, Measure, Relation, SortKey, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.commands.numeric import as_number
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Rate(Command):
    """Compute how much a counter grew in a second since the event before it in time.

    The events stay in their order; each is compared with the one just before it in time that has the counter,
    with `by` of the same group. A counter that fell was set back and began at 0 again: it grew by all that it
    has. There is no rate for the first event, for one at the same time as the one before, and for one without
    the counter. The column is `rate(FIELD)` where nothing else is said.

    Synopsis:
        rate [timefield=FIELD] FIELD [as NAME] [by FIELD[, FIELD ...]]

    Examples:
        Bytes a second, of each host on its own.

        >>> source web | where host == "a" | rate bytes as speed by host | fields bytes, speed
        bytes | speed
        512   | 0.1219047619047619
        1024  | 1.7066666666666668
        5120  |
    """

    name: ClassVar[str] = "rate"

    field: Name
    target: str | None = None
    by: tuple[Name, ...] = ()
    time_field: Name | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field, `as`, `by` and its fields, and the time field anywhere."""
        options = Options(cursor, timefield=lambda what: cursor.name(f"a field for {what}"))
        options.read()
        name = cursor.name()
        options.read()
        target = cursor.new_name() if cursor.keyword("as") else None
        options.read()
        by = tuple(dict.fromkeys(cursor.names())) if cursor.keyword("by") else ()
        options.read()
        return cls(name, target, by, options.get("timefield", None))

    def write(self, writer: Writer) -> None:
        """Writes the time field first."""
        writer.word(self.name)
        if self.time_field is not None:
            writer.word(f"timefield={name_text(self.time_field.text)}")
        writer.names((self.field,), "as")
        writer.target(self.target)
        if self.by:
            writer.word("by")
            writer.names(self.by)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Values and times of the event before in time, among those that have both."""
        target = self.target or f"rate({self.field.text})"
        words = ("number", "time", "counted", "before", "since")
        number, time, counted, before, since = (hidden(word, upstream.columns.names) for word in words)
        when = self.time_field or Name(scope.time_field, span=self.span)
        moment = Call("to_time", (when.field,), self.span)
        read = Extend(upstream, ((number, as_number(self.field.field)), (time, moment)))
        lacks_one = Call("or", (Call("isnull", (Field(number),)), Call("isnull", (Field(time),))))
        marked = Extend(read, ((counted, Call("if", (lacks_one, Literal(None), Literal(True)))),))
        groups: tuple[Expr, ...] = (*(name.field for name in self.by), Field(counted))
        lags = tuple(Measure(LAG, (Field(name), Literal(1)), goal) for name, goal in ((number, before), (time, since)))
        lagging = Window(marked, groups, lags, order=(SortKey(Field(time)),))
        fell = Call("lt", (Field(number), Field(before)))
        growth = Call("sub", (Field(number), Call("if", (fell, Literal(0), Field(before)))), self.field.span)
        speed = Call("div", (growth, Call("sub", (Field(time), Field(since)))), self.field.span)
        return only(Extend(lagging, ((target, speed),)), upstream, target)
