"""`reverse`: the events in the opposite order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Reverse
from trawl.commands.base import Command, Scope
from trawl.language.cursor import Cursor
from trawl.language.writer import Writer


@dataclass(frozen=True)
class TurnRound(Command):
    """Put the events in the opposite order: the last one first.

    Events come newest first, so that `reverse` puts the oldest first.

    Synopsis:
        reverse

    Examples:
        From the oldest on.

        >>> source web qsize=3 | reverse | fields host, path
        host | path
        b    | /missing
        a    | /login
        c    | /health
    """

    name: ClassVar[str] = "reverse"

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads nothing."""
        return cls()

    def write(self, writer: Writer) -> None:
        """Writes the name alone."""
        writer.word(self.name)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Turns the events round."""
        return Reverse(upstream)
