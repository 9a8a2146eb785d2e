"""`format`: the rows as one condition of `search`."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.commands.conditions import PLAIN, Frame, terms_of, written
from trawl.commands.subsearch import limited
from trawl.errors import clip
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.spelling import quoted
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Format(Command):
    """Write the rows as one condition of `search`, in a field of that name: any of the rows, with all its fields.

    It is what `search [ … ]` asks for where a subquery ends with other rows; written out, it can be looked at,
    and be given other signs: what stands before all rows, before, between and after the fields of a row, between
    two rows, and after all. A `*` in a value stands for anything there, as in every search. Fields without a
    value are left out, and so are rows without any; where nothing is left there is no condition. A row with a
    field `search`, or `query`, is the condition that its text says. `maxresults` takes only the first rows.

    Synopsis:
        format [maxresults=N] ["BEFORE" "ROW BEFORE" "BETWEEN FIELDS" "ROW AFTER" "BETWEEN ROWS" "AFTER"]

    Examples:
        The hosts that failed, and how.

        >>> source web | search status>=400 | fields host, status | format
        search
        ( ( host="a" AND status="500" ) OR ( host="b" AND status="404" ) )
    """

    name: ClassVar[str] = "format"
    replaces_events: ClassVar[bool] = True

    frame: Frame = PLAIN
    most: int = 0

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the option and the six texts, or none of them."""
        options = Options(cursor, maxresults=cursor.integer)
        options.read()
        pieces: list[str] = []
        while cursor.peek().kind is Kind.STRING:
            pieces.append(cursor.take(cursor.peek()).text)
            options.read()
        if pieces and len(pieces) != 6:
            hint = 'they are written `format "(" "(" "AND" ")" "OR" ")"`'
            raise cursor.surprise(f"six texts in double quotes, {len(pieces)} were found before", hint)
        if not cursor.at_end():
            shown = clip(cursor.peek().text)
            hint = f'fields are chosen before it: `fields {shown} | format`; its signs take double quotes: "{shown}"'
            raise cursor.surprise("an option, a text in double quotes, `|` or the end", hint)
        return cls(Frame(*pieces) if pieces else PLAIN, options.get("maxresults", 0))

    def write(self, writer: Writer) -> None:
        """Writes the option, and the texts if they are others."""
        writer.word(self.name)
        writer.option("maxresults", self.most, 0)
        if self.frame != PLAIN:
            for piece in astuple(self.frame):
                writer.word(quoted(piece))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The text of each row, all put together."""
        return written(limited(upstream, self.most, scope, self.span), terms_of(upstream.columns), self.frame)
