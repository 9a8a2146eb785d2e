"""`sort`: events in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation, Slice, Sort, SortKey
from trawl.commands.base import Command, Scope
from trawl.commands.sorting import key_texts, read_keys
from trawl.errors import Code, Notice, TrawlError
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class SortEvents(Command):
    """Put events in order.

    A `-` before a field sorts from the greatest down. Numbers come by value, then text by code point, also
    text that looks like a number; missing values last in either direction; of several values the first
    counts. Events that are equal stay in the order they came in. `num(f)`, `str(f)` and `ip(f)` say how to
    compare instead.

    Only the first events are kept: as many as the number says, else 10,000 (setting `sme.core.sort_limit`).
    `sort 0` keeps all.

    Synopsis:
        sort [[limit=]N] [-|+]FIELD|num(FIELD)|str(FIELD)|ip(FIELD)[, ...]

    Examples:
        The largest answers.

        >>> source web | sort 2 -bytes | fields host, bytes
        host | bytes
        a    | 5120
        a    | 1024
    """

    name: ClassVar[str] = "sort"

    keys: tuple[SortKey, ...]
    limit: int | None = None
    """None: as the setting says; 0: none"""

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the limit, then keys."""
        options = Options(cursor, limit=cursor.integer)
        options.read()
        token = cursor.peek()
        is_limit = token.kind is Kind.WORD and token.text.isascii() and token.text.isdigit()
        number = cursor.integer("the limit") if is_limit else None
        keys = read_keys(cursor)
        options.read()
        named: int | None = options.get("limit", None)
        if number is not None and named is not None:
            raise TrawlError(Code.INVALID_ARGUMENT, "the limit is given twice", span=token.span)
        return cls(keys, named if number is None else number)

    def write(self, writer: Writer) -> None:
        """Writes the limit, if one was given, and the keys."""
        writer.word(self.name)
        if self.limit is not None:
            writer.word(str(self.limit))
        writer.list(key_texts(self.keys))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Sorts and cuts; where the cut is the setting's, it is said if it loses events."""
        ordered = Sort(upstream, self.keys)
        if self.limit is not None:
            return Slice(ordered, self.limit) if self.limit else ordered
        most = scope.limit("sort_limit")
        message = f"sort kept the first {most:,} events; `sort 0` keeps all"
        return Slice(ordered, most, notice=Notice("sort_limit", message, self.span)) if most else ordered
