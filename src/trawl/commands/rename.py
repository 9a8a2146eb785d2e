"""`rename`: other names for fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Project, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import note_absent
from trawl.errors import Code, TrawlError, clip
from trawl.functions.documents import RAW
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.spelling import name_text, pattern_text
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Rename(Command):
    """Give fields other names.

    A `*` stands for anything, and for the same in the new name. All renamings happen at once, so that two
    fields may change places; a field that had the new name is replaced. A field gets one new name: the one that is
    given for it alone, else that of the last pattern that it matches. A field that is not there stays away, with a
    warning. `_raw` of events is their text, as everywhere.

    Synopsis:
        rename FIELD as NAME[, FIELD as NAME ...]

    Examples:
        One field by its name, others by a pattern.

        >>> source web qsize=1 | fields host, status | rename host as machine, st* as http_st*
        machine | http_status
        c       | 200
    """

    name: ClassVar[str] = "rename"

    pairs: tuple[tuple[Name, Name], ...]

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads pairs; commas between them may be left out."""
        pairs = [_pair(cursor)]
        while (has_comma := cursor.mark(",")) or not cursor.at_end():
            pairs.append(_pair(cursor, None if has_comma else pairs[-1][1]))
        _refuse_twice([old for old, _ in pairs])
        return cls(tuple(pairs))

    def write(self, writer: Writer) -> None:
        """Writes the pairs."""
        writer.word(self.name)
        writer.list(f"{pattern_text(old)} as {pattern_text(new)}" for old, new in self.pairs)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Projects every column under its new name. Where the columns are not known yet, nothing yet."""
        if upstream.columns.open:
            return upstream
        names = upstream.columns.names
        if scope.are_events and RAW not in names and any(old.text == RAW for old, _ in self.pairs):
            names = (*names, RAW)
        renamed: dict[str, str] = {}
        givers: dict[str, Name] = {}
        for old, new in sorted(self.pairs, key=lambda pair: not pair[0].is_pattern):
            matches = old.matches(names)
            if not matches:
                message = f"no event has a field `{clip(old.text)}` to rename"
                note_absent(old, message, upstream.columns, scope)
            for match in matches:
                renamed[match] = new.filled(old.stars(match) or ()) if old.is_pattern else new.text
                givers[match] = new
        taken: dict[str, str] = {}
        for name, goal in renamed.items():
            if goal in taken:
                reason = f"`{clip(taken[goal])}` and `{clip(name)}` would both be named `{clip(goal)}`"
                hint = "the first value that is there is taken by `eval c = coalesce(a, b)`"
                raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=givers[name].span)
            taken[goal] = name
        kept = (name for name in names if name in renamed or name not in taken)
        return Project(upstream, tuple((renamed.get(name, name), name) for name in kept))


def _refuse_twice(names: Iterable[Name]) -> None:
    """Refuses a field that is to have two new names."""
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            reason = f"`{clip(name.text)}` gets a second new name"
            hint = f"a field is copied before: `eval b = {clip(name_text(name.text))}`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=name.span)
        if not name.is_pattern:
            seen.add(name.text)


def _pair(cursor: Cursor, before: Name | None = None) -> tuple[Name, Name]:
    """Takes a pair. `before` is the name that it follows without a comma."""
    start = cursor.peek()
    old = cursor.pattern()
    if not cursor.keyword("as"):
        if before is not None and cursor.at_end():
            hint = f"a name with a blank takes single quotes: '{clip(before.text)} {clip(old.text)}'"
            raise cursor.surprise("a comma, `|` or the end", hint, start)
        raise cursor.surprise("`as`", f"the new name follows AS: `{clip(pattern_text(old))} as {_new_name(cursor)}`")
    token = cursor.peek()
    new = Name(cursor.new_name(), False, token.span) if token.kind is Kind.STRING else cursor.pattern("a name")
    if old.is_pattern != new.is_pattern or (old.is_pattern and old.text.count("*") != new.text.count("*")):
        reason = f"`{clip(old.text)}` and `{clip(new.text)}` have not the same number of `*`"
        hint = "a name that holds a star takes single quotes"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=new.span)
    return old, new


def _new_name(cursor: Cursor) -> str:
    """What stands where AS should, as the new name that is meant."""
    token = cursor.peek()
    while token.kind is Kind.MARK or token.word in ("to", "-", "->", "into"):
        if cursor.after(token).kind is Kind.END or token.text in "|]":
            return "NAME"
        token = cursor.after(token)
    return "NAME" if token.kind is Kind.END else clip(name_text(token.text))
