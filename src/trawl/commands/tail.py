"""`tail`: the last events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Reverse, Slice
from trawl.commands.base import Command, Scope
from trawl.commands.counts import read_count
from trawl.language.cursor import Cursor
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Tail(Command):
    """Keep the last events, the very last first. Ten where no number is given; it may be called `limit`.

    Synopsis:
        tail [[limit=]N]

    Examples:
        The two oldest events.

        >>> source web | tail 2 | fields host, path
        host | path
        a    | /
        b    | /
    """

    name: ClassVar[str] = "tail"

    count: int = 10

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the number."""
        count = read_count(cursor, cls.name)
        return cls() if count is None else cls(count)

    def write(self, writer: Writer) -> None:
        """Writes the number."""
        writer.word(self.name)
        writer.word(str(self.count))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Turns the events round and cuts."""
        return Slice(Reverse(upstream), self.count)
