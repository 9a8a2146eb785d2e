"""`makeresults`: events out of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Generate, Relation
from trawl.commands.base import Command, Scope
from trawl.errors import clip
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Makeresults(Command):
    """Make events that hold the time of the search, and if wanted a `number` that counts from 1.

    It stands at the beginning, after a bar. Events are made as they are needed: a count of billions with a
    `head` behind it costs nothing.

    Synopsis:
        | makeresults [count=N] [shownumbers=BOOL]

    Examples:
        Square numbers.

        >>> | makeresults count=3 shownumbers=true | eval square = number * number | fields number, square
        number | square
        1      | 1
        2      | 4
        3      | 9
    """

    name: ClassVar[str] = "makeresults"
    generates: ClassVar[bool] = True

    count: int = 1
    shows_numbers: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the options."""
        options = Options(cursor, count=cursor.integer, shownumbers=cursor.boolean)
        options.read()
        if cursor.peek().text.isdecimal():
            hint = f"the number is an option: `count={clip(cursor.peek().text)}`"
            raise cursor.surprise("an option, `|` or the end", hint)
        return cls(options.get("count", 1), options.get("shownumbers", False))

    def write(self, writer: Writer) -> None:
        """Writes a bar, the name, the options."""
        writer.bar()
        writer.word(self.name)
        writer.option("count", self.count, 1)
        writer.option("shownumbers", self.shows_numbers, False)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Makes the rows."""
        return Generate(self.count, scope.time_field, scope.now, "number" if self.shows_numbers else None)
