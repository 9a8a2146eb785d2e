"""`nomv`: a multivalue into one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.expr import Call, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Nomv(Command):
    """Make one text of all values of a field, each on a line of its own.

    A field that never has several values stays as it is. Other signs between the values are taken by
    `eval f = mvjoin(f, ",")`.

    Synopsis:
        nomv FIELD

    Examples:
        The hosts as one text.

        >>> source web | stats values(host) as hosts | nomv hosts | eval hosts = replace(hosts, "\\n", "+")
        hosts
        a+b+c
    """

    name: ClassVar[str] = "nomv"

    field: Name

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field."""
        return cls(cursor.name())

    def write(self, writer: Writer) -> None:
        """Writes the field."""
        writer.word(self.name)
        writer.names((self.field,))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Joins the values."""
        scope.note_unknown(self.field.field, upstream.columns)
        if not upstream.columns.type_of(self.field.text).multivalue:
            return upstream
        return Extend(upstream, ((self.field.text, Call("mvjoin", (self.field.field, Literal("\n")))),))
