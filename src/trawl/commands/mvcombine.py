"""`mvcombine`: events that differ in one field alone into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Extend, Filter, Join, Measure, Project, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, only
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import quoted
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Mvcombine(Command):
    """Put events that are equal in all fields but one into one event, whose field has the values of all.

    The events stay in the order in which the first of each came; values are in the order of the events.
    A field that is missing in one event is equal to one that is missing in another. With `delim` the values
    are one text with that between them.

    Synopsis:
        mvcombine [delim="TEXT"] FIELD

    Examples:
        The hosts that gave each status.

        >>> source web | fields status, host | mvcombine host
        status | host
        200    | ["c", "b", "a"]
        500    | ["a"]
        404    | ["b"]
        301    | ["a"]
    """

    name: ClassVar[str] = "mvcombine"

    field: Name
    delimiter: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the option and the field."""
        options = Options(cursor, delim=lambda what: cursor.text(f"a text for {what}").text)
        options.read()
        name = cursor.name()
        options.read()
        return cls(name, options.get("delim", None))

    def write(self, writer: Writer) -> None:
        """Writes the option and the field."""
        writer.word(self.name)
        if self.delimiter is not None:
            writer.word(f"delim={quoted(self.delimiter)}")
        writer.names((self.field,))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Numbers the events of equal other fields, keeps the first of each, and joins the values of all."""
        name, names = self.field.text, upstream.columns.names
        scope.note_unknown(self.field.field, upstream.columns)
        if name not in names:
            return upstream
        others, rank = hidden("others", names), hidden("rank", names)
        texts = tuple(item for other in names if other != name for item in (Literal(other), Field(other)))
        keyed = Extend(upstream, ((others, Call("event_json", texts)),))
        values = Aggregate(keyed, ((others, Field(others)),), (Measure("list", (Field(name), Literal(0)), name),))
        ranked = Window(keyed, (Field(others),), (Measure("row_number", (), rank),), frame="running")
        firsts = Filter(ranked, Call("eq", (Field(rank), Literal(1))))
        kept = Project(firsts, tuple((other, other) for other in (*names, others) if other != name))
        return only(self._joined(Join(kept, values, ((others, others),))), upstream)

    def _joined(self, combined: Relation) -> Relation:
        if self.delimiter is None:
            return combined
        joined: Expr = Call("mvjoin", (self.field.field, Literal(self.delimiter)))
        return Extend(combined, ((self.field.text, joined),))
