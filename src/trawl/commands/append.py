"""`append`: the rows of a subquery after those that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Slice, Union
from trawl.commands.base import Command, Scope
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.tree import Query
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Append(Command):
    """Add the rows of a subquery after those that there are.

    Columns are put together by name. The subquery searches the range of time of the request, whatever the
    `source` in front says; `earliest` and `latest` of its own `source` change it. `maxout` takes only its
    first rows.

    Synopsis:
        append [maxout=N] [ SUBQUERY ]

    Examples:
        The hosts, and all of them together.

        >>> source web | stats count by host | append [ source web | stats count ]
        host | count
        a    | 3
        b    | 2
        c    | 1
             | 6
    """

    name: ClassVar[str] = "append"

    query: Query
    most: int | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, the subquery, options."""
        options = Options(cursor, maxout=cursor.integer)
        options.read()
        query = cursor.subquery()
        options.read()
        return cls(query, options.get("maxout", None))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("maxout", self.most)
        writer.subquery(self.query)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The union of both."""
        added = scope.subquery(self.query)
        return Union((upstream, added if self.most is None else Slice(added, self.most)))
