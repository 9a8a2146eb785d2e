"""`search`: events by what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Filter, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.subsearch import condition_of
from trawl.commands.terms import misread
from trawl.expr import Expr, Literal, Subsearch, rewrite
from trawl.language.cursor import Cursor
from trawl.language.searches import read_search
from trawl.language.tree import Query
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Search(Command):
    r"""Keep the events that hold words or have fields of certain values.

    A word or a text in double quotes is looked for in all fields but the time: its terms (runs of letters,
    digits and `_`) stand side by side in one field. With a `*` it must match the whole value of a field.
    `field=value` takes `*` for anything; `<`, `<=`, `>`, `>=` compare numbers, or times in a field of times.
    `field=*` asks that the field is there, and `ip=10.0.0.0/8` for a network. Case does not count.

    Quotes change nothing of what a value is: `status="404"` is `status=404`. They are needed where it has a blank,
    comma, bar, bracket or comparison sign in it, or is one of the words AND, OR, NOT, IN, AS. In `path=C:\Windows\*`
    the backslash is one, and the star stands for anything; a star as such is found by `where`.

    Terms side by side must all hold. Brackets come first, then NOT, AND, OR. `field!=value` needs the field
    to be there, `NOT field=value` does not. Of several values of a field one must match.

    A subquery in square brackets is a term too: an event must have all fields of one of its rows. A row with a
    field `search`, as `format` and `return` make it, is the condition that its text says.

    Synopsis:
        search TERM [AND|OR] TERM ...
        search [NOT] WORD | "TEXT" | FIELD=VALUE | FIELD!=VALUE | FIELD<N | FIELD IN (VALUE, ...) | ( ... )
        search [NOT] [ SUBQUERY ]

    Examples:
        Failed requests of two hosts.

        >>> source web | search host IN (a, b) status>=400 | fields host, status
        host | status
        a    | 500
        b    | 404

        Whatever speaks of a login.

        >>> source web | search login | fields path
        path
        /login

        All requests of the hosts that had a failed one.

        >>> source web | search [ source web | search status>=500 | fields host ] | stats count
        count
        3
    """

    name: ClassVar[str] = "search"
    storage_tier: ClassVar[bool] = True

    condition: Expr
    queries: tuple[Query, ...] = ()

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the condition."""
        queries: list[Query] = []
        return cls(read_search(cursor, queries), tuple(queries))

    def write(self, writer: Writer) -> None:
        """Writes the condition."""
        writer.word(self.name)
        writer.search(self.condition, self.queries)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Keeps the events for which it holds; warns of what holds for none, or reads like something else."""
        for notice in misread(self.condition, upstream.columns):
            scope.warn(notice.code, notice.message, notice.span)
        return Filter(upstream, rewrite(self.condition, lambda node: self._answered(node, scope)))

    def _answered(self, node: Expr, scope: Scope) -> Expr:
        """A subquery as what its rows ask for. Where it is only looked at, every event may be meant."""
        if not isinstance(node, Subsearch):
            return node
        rows = scope.rows(self.queries[node.place])
        return Literal(True, node.span) if rows is None else condition_of(rows, node.span)
