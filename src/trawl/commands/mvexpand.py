"""`mvexpand`: an event for each value of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Explode, Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.expr import Call, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Mvexpand(Command):
    """Make an event of each value of a field, in their order; all other fields are the same in each.

    An event without a value stays one event. `limit` makes at most so many of one event, 0 is no limit.

    Synopsis:
        mvexpand FIELD [limit=0]

    Examples:
        A row for each host.

        >>> source web | stats values(host) as host by status | mvexpand host | head 3
        status | host
        200    | a
        200    | b
        200    | c
    """

    name: ClassVar[str] = "mvexpand"

    field: Name
    limit: int = 0

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field and the limit."""
        options = Options(cursor, limit=cursor.integer)
        options.read()
        name = cursor.name()
        options.read()
        return cls(name, options.get("limit", 0))

    def write(self, writer: Writer) -> None:
        """Writes the field and the limit."""
        writer.word(self.name)
        writer.names((self.field,))
        writer.option("limit", self.limit, 0)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Explodes the field, cut beforehand where there is a limit."""
        name = self.field.text
        scope.note_unknown(self.field.field, upstream.columns)
        if name not in upstream.columns:
            return upstream
        if self.limit:
            upstream = Extend(upstream, ((name, Call("leading", (self.field.field, Literal(self.limit)))),))
        return Explode(upstream, name)
