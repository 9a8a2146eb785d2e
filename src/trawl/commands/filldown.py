"""`filldown`: missing values filled with the last one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import CARRY, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.columns import shown
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Filldown(Command):
    """Fill missing fields with their last value before: that of the nearest event above which has one.

    Without fields all are filled; a `*` stands for anything. What no event above has stays missing.

    Synopsis:
        filldown [FIELD[, FIELD ...]]

    Examples:
        Who was logged in last.

        >>> source web | reverse | filldown user | fields path, user
        path     | user
        /        |
        /        |
        /old     |
        /missing |
        /login   | ann
        /health  | ann
    """

    name: ClassVar[str] = "filldown"

    names: tuple[Name, ...] = ()

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the names."""
        names = () if cursor.at_end() else cursor.names("by", patterns=True)
        if cursor.peek().is_word("by"):
            hint = "groups are filled each on its own by `streamstats last(a) as a by b`"
            raise cursor.surprise("a field, `|` or the end", hint)
        return cls(tuple(dict.fromkeys(names)))

    def write(self, writer: Writer) -> None:
        """Writes the names."""
        writer.word(self.name)
        if self.names:
            writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Carries the last value down, in place."""
        names = shown(upstream, self.names, scope) if self.names else upstream.columns.names
        spans = {name.text: name.span for name in self.names}
        carried = (Measure(CARRY, (Field(name, spans.get(name)),), name) for name in names)
        return Window(upstream, (), tuple(carried), frame="running")
