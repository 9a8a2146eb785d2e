"""`fields`: some of the fields, or all but some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from trawl.algebra import Project, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import matching, none_left, note_absent, shown
from trawl.errors import Code, TrawlError, clip
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.spelling import pattern_text
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Fields(Command):
    """Keep some fields, or with a `-` drop some.

    Kept are exactly those named, in that order; the time field goes too if it is not among them, and a
    search that calculates a timeline should keep it. A `*` stands for anything.

    Synopsis:
        fields [+|-] FIELD[, FIELD ...]

    Examples:
        Two fields.

        >>> source web qsize=1 | fields host, status
        host | status
        c    | 200

        All but the time, the user and what begins with `p`.

        >>> source web qsize=1 | fields - @timestamp, user, p*
        bytes | host | status
        256   | c    | 200
    """

    name: ClassVar[str] = "fields"

    names: tuple[Name, ...]
    drops: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads a sign and names."""
        sign = cursor.sign()
        names = cursor.names(patterns=True)
        for number, name in enumerate(names[1:], 1):
            assert name.span is not None
            if cursor.scanner.text[name.span.start] in "+-":
                bare = replace(name, text=name.text[1:] or "…")
                listed = clip(", ".join(map(pattern_text, (*names[:number], bare))), 80)
                raise TrawlError(
                    Code.SYNTAX_ERROR,
                    f"found `{clip(name.text)}`, expected the name of a field",
                    hint=f"one sign holds for the whole list: `fields {sign or name.text[0]} {listed}`",
                    span=name.span,
                )
        return cls(names, sign == "-")

    def write(self, writer: Writer) -> None:
        """Writes the names."""
        writer.word(self.name)
        if self.drops:
            writer.word("-")
        writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Projects. Where the columns are not known yet, nothing can be left out yet."""
        named = (matching if self.drops else shown)(upstream, self.names, scope)
        if upstream.columns.open:
            return upstream
        if self.drops:
            dropped = set(named)
            kept = tuple([name for name in upstream.columns.names if name not in dropped])
            self._note_absent(upstream, scope)
        else:
            kept = named
        if not kept and self.drops:
            hint = "those that stay are named: `fields a, b`"
            raise TrawlError(Code.INVALID_ARGUMENT, "no field would be left", hint=hint, span=self.span)
        if not kept:
            raise none_left("no field would be left", self.names, upstream.columns)
        return Project(upstream, tuple((name, name) for name in kept))

    def _note_absent(self, upstream: Relation, scope: Scope) -> None:
        for name in self.names:
            if not name.is_pattern and name.text not in upstream.columns:
                note_absent(name, f"no event has a field `{clip(name.text)}` to drop", upstream.columns, scope)
