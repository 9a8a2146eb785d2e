"""`outputlookup`: rows become a lookup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope, ToLookup
from trawl.commands.inputlookup import name_of_lookup
from trawl.language.cursor import Cursor
from trawl.language.names import Written
from trawl.language.options import Options
from trawl.language.spelling import run_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Outputlookup(Command):
    """Write the rows as a lookup, and pass them on.

    The file is written once the search has completed, and not where it was stopped, failed or ended early. The
    ending of the name says its format: `.csv`, `.parquet`, `.json`, `.ndjson`; without one it is that of the file
    that there is, else Parquet, which keeps the types. The rows replace those that the lookup had; with
    `append=true` they go behind them. Where there are no rows, `override_if_empty=false` leaves the lookup as it is.

    Synopsis:
        outputlookup [append=BOOL] [override_if_empty=BOOL] LOOKUP

    Examples:
        The hosts and their requests as a lookup.

        >>> source web | stats count by host | outputlookup requests
        host | count
        a    | 3
        b    | 2
        c    | 1
    """

    name: ClassVar[str] = "outputlookup"

    lookup: Written
    appends: bool = False
    replaces_by_nothing: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the name, options."""
        options = Options(cursor, append=cursor.boolean, override_if_empty=cursor.boolean)
        options.read()
        lookup = name_of_lookup(cursor)
        options.read()
        return cls(lookup, options.get("append", False), options.get("override_if_empty", True))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("append", self.appends, False)
        writer.option("override_if_empty", self.replaces_by_nothing, True)
        writer.word(run_text(self.lookup.text))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The rows as they are; they are written later."""
        scope.write(ToLookup(self.lookup.text, self.appends, not self.replaces_by_nothing), self.lookup.span)
        return upstream
