"""`collect`: rows become events of an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope, ToIndex
from trawl.language.cursor import Cursor
from trawl.language.names import Written
from trawl.language.options import Options
from trawl.language.spelling import run_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Collect(Command):
    """Load the rows into an index as events, and pass them on.

    They are loaded once the search has completed, and not where it was stopped, failed or ended early. The time of
    an event is found as when files are loaded; a row without one gets the time of the search.

    Synopsis:
        collect index=INDEX

    Examples:
        Keep the number of requests of each host.

        >>> source web | stats count by host | collect index=summary
        host | count
        a    | 3
        b    | 2
        c    | 1
    """

    name: ClassVar[str] = "collect"

    index: Written

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the option."""
        options = Options(cursor, index=lambda what: cursor.text(f"the name of an index for {what}"))
        options.read()
        token = options.get("index", None)
        if token is None:
            raise cursor.surprise("the index", "it is written `collect index=NAME`")
        return cls(Written(token.text, token.span))

    def write(self, writer: Writer) -> None:
        """Writes the option."""
        writer.word(self.name)
        writer.word(f"index={run_text(self.index.text)}")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The rows as they are; they are loaded later."""
        scope.write(ToIndex(self.index.text), self.index.span)
        return upstream
