"""`inputlookup`: the rows of a lookup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip
from trawl.language.cursor import Cursor
from trawl.language.names import Written
from trawl.language.spelling import run_text
from trawl.language.writer import Writer

_HEAD = "so many rows are taken after a bar: `| head 10`, `| tail 10`"
_HABITS: Final = {
    "append": "rows of a lookup go behind others by `append [ | inputlookup NAME ]`",
    "start": _HEAD,
    "max": _HEAD,
}
"""Hints by the name of an option that the command has elsewhere."""


@dataclass(frozen=True)
class Inputlookup(Command):
    """Take the rows of a lookup, in the order of its file.

    A lookup is a CSV, Parquet or JSON file in the folder `lookups` of the data folder, called as the file is,
    with its ending or without. The cells of CSV are texts, and an empty one is no value; Parquet and JSON keep
    their types. Rows have no time, so that no range of time leaves any of them out.

    Synopsis:
        | inputlookup LOOKUP

    Examples:
        Who looks after which host.

        >>> | inputlookup hosts
        host | owner | site
        a    | ann   | Berlin
        b    | bob   | Paris
        b    | bea   | Paris
    """

    name: ClassVar[str] = "inputlookup"
    generates: ClassVar[bool] = True
    storage_tier: ClassVar[bool] = True

    lookup: Written

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the name; options of other languages are told apart from it."""
        if cursor.at_option():
            key = cursor.peek()
            hint = _HABITS.get(key.word, "the name alone: `| inputlookup NAME`")
            reason = f"there is no option `{clip(key.text)}`, the command has none"
            raise TrawlError(Code.UNKNOWN_ARGUMENT, reason, hint=hint, span=key.span)
        lookup = name_of_lookup(cursor)
        if cursor.peek().is_word("where"):
            hint = "rows are filtered after a bar: `| search …`, `| where …`"
            raise cursor.surprise("`|` or the end of the query", hint)
        return cls(lookup)

    def write(self, writer: Writer) -> None:
        """Writes a bar and the name."""
        writer.bar()
        writer.word(self.name)
        writer.word(run_text(self.lookup.text))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The scope knows the lookups."""
        return scope.lookup(self.lookup).rows


def name_of_lookup(cursor: Cursor) -> Written:
    """Takes the name of a lookup."""
    token = cursor.text("the name of a lookup")
    return Written(token.text, token.span)
