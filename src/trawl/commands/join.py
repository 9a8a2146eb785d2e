"""`join`: the columns of a subquery's rows beside the rows that they match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Join as Joined
from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip, nearest_hint
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.tree import Query
from trawl.language.writer import Writer

_TYPES: Final = {"inner": False, "left": True, "outer": True}
"""Kinds of joins, and whether rows without a match stay."""
_KEPT: Final = "rows without a match stay by `join type=left a [ source NAME ]`"


@dataclass(frozen=True)
class Join(Command):
    """Put the columns of a subquery's rows beside the rows that have the same values in certain fields.

    Values are compared as `==` does. `type=inner`, the default, keeps the rows that have a match; `type=left`,
    or `outer`, keeps the others too. Of several matches the first is taken, with `max` so many of them, with
    `max=0` all. A column that both have is taken from the subquery where that has a value, unless
    `overwrite=false`; a missing value never takes one away.

    Synopsis:
        join [type=inner|left|outer] [max=N] [overwrite=BOOL] FIELD[, FIELD ...] [ SUBQUERY ]

    Examples:
        Each failed request beside the number of requests of its host.

        >>> source web | search status>=400 | join host [ source web | stats count by host ] | table host, status, count
        host | status | count
        a    | 500    | 3
        b    | 404    | 2
    """

    name: ClassVar[str] = "join"

    by: tuple[Name, ...]
    query: Query
    keeps_all: bool = False
    most: int = 1
    overwrite: bool = True

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options, fields, the subquery, options; options may stand between the fields and the subquery too."""
        options = Options(
            cursor,
            "rows are joined by fields of the same name, which `rename` gives them: `join {value} [ … ]`",
            type=lambda what: _kind(cursor, what),
            max=cursor.integer,
            overwrite=cursor.boolean,
        )
        options.read()
        if cursor.peek().is_mark("["):
            raise cursor.surprise("a field to join by", "the fields stand before the subquery: `join FIELD [ … ]`")
        by = tuple(dict.fromkeys(cursor.names("where")))
        if cursor.peek().is_word("where"):
            hint = "rows are joined by fields of the same name, which `rename` gives them: `join FIELD [ … ]`"
            raise cursor.surprise("a subquery in square brackets", hint)
        options.read()
        query = cursor.subquery()
        options.read()
        return cls(by, query, options.get("type", False), options.get("max", 1), options.get("overwrite", True))

    def write(self, writer: Writer) -> None:
        """Writes options first."""
        writer.word(self.name)
        writer.option("type", "left" if self.keeps_all else "inner", "inner")
        writer.option("max", self.most, 1)
        writer.option("overwrite", self.overwrite, True)
        writer.names(self.by, "where")
        writer.subquery(self.query)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Joins both by the fields of the same name."""
        right = scope.subquery(self.query)
        for name in self.by:
            scope.note_unknown(name.field, upstream.columns)
            scope.note_unknown(name.field, right.columns)
        keys = tuple((name.text, name.text) for name in self.by)
        return Joined(upstream, right, keys, "left" if self.keeps_all else "inner", self.most, self.overwrite)


def _kind(cursor: Cursor, what: str) -> bool:
    """Takes the kind of join: whether it keeps rows without a match."""
    token = cursor.text(f"`inner`, `left` or `outer` for {what}")
    found = _TYPES.get(token.text.lower())
    if found is None:
        reason = f"found `{clip(token.text)}`, expected `inner`, `left` or `outer` for {what}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=nearest_hint(token.word, _TYPES) or _KEPT, span=token.span)
    return found
