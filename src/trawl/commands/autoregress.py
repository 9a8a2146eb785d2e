"""`autoregress`: values of events before, beside each event's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import LAG, Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer

_REACH: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)
MOST_COPIES: Final = 1_000
"""So many columns one command may add."""


@dataclass(frozen=True)
class Autoregress(Command):
    """Copy a field of events before into each event, for moving averages and comparisons.

    `p=2` copies the value of the event two above, `p=1-3` those of the three events above. The columns are
    `FIELD_p1`, `FIELD_p2` and so on; a single one may be given a name.

    Synopsis:
        autoregress FIELD [as NAME] [p=1]
        autoregress FIELD p=FIRST-LAST

    Examples:
        Each size beside the two before it.

        >>> source web qsize=4 | reverse | autoregress bytes p=1-2 | fields bytes, bytes_p1, bytes_p2
        bytes | bytes_p1 | bytes_p2
        1024  |          |
        256   | 1024     |
        512   | 256      | 1024
        256   | 512      | 256
    """

    name: ClassVar[str] = "autoregress"

    field: Name
    target: str | None = None
    first: int = 1
    last: int = 1

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field, `as`, and how far above, which may stand anywhere."""
        options = Options(cursor, p=lambda what: _reach(cursor, what))
        options.read()
        name = cursor.name()
        options.read()
        as_ = cursor.peek()
        target = cursor.new_name() if cursor.keyword("as") else None
        options.read()
        first, last = options.get("p", (1, 1))
        if target is not None and first != last:
            hint = f"the columns are named `{clip(name.text)}_p{first}` to `{clip(name.text)}_p{last}`"
            reason = "found one name for several columns"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=as_.span)
        return cls(name, target, first, last)

    def write(self, writer: Writer) -> None:
        """Writes the field, its new name, the distances."""
        writer.word(self.name)
        writer.names((self.field,), "as")
        writer.target(self.target)
        reach = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        writer.option("p", reach, "1")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """One lagging value for each distance."""
        copies = (
            Measure(LAG, (self.field.field, Literal(number)), self.target or f"{self.field.text}_p{number}")
            for number in range(self.first, self.last + 1)
        )
        return Window(upstream, (), tuple(copies))


def _reach(cursor: Cursor, what: str) -> tuple[int, int]:
    token = cursor.peek()
    found = _REACH.fullmatch(token.text)
    first = int(found[1]) if found else 0
    last = int(found[2] or first) if found else 0
    if not 1 <= first <= last < first + MOST_COPIES:
        reason = f"found {token}, expected a number from 1 on for {what}, or two of them"
        hint = f"the value of the event above is `p=1`, those of three are `p=1-3`; {MOST_COPIES:,} are the most"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=token.span)
    cursor.take(token)
    return first, last
