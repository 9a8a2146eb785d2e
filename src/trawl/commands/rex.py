"""`rex`: fields out of a text by a regular expression, or the text rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import Target, all_matches, compiled, first_match, read_pattern
from trawl.commands.rewriting import rewritten
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Field, Literal
from trawl.functions.documents import RAW
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import name_text, quoted
from trawl.language.writer import Writer

_PLAIN: Final = re.compile(r"(?<!\\)\((?!\?)")


@dataclass(frozen=True)
class Rex(Command):
    """Take fields out of a text by the named groups of a regular expression (RE2).

    A group is named by `(?<name>…)` and its text goes to the field of that name. Where the expression does
    not match, or a group takes nothing, the field keeps the value that it has. With `max_match` above 1
    fields are multivalues of the texts of so many matches, with 0 of all. Without `field` the whole event is
    read: the line that it was loaded from, or its JSON. `offset_field` says where the match as a whole is: `0-9` if it
    is the first ten signs.

    With `mode=sed` the field itself is rewritten: `s/regex/replacement/` replaces the first match, with `g`
    after it every one, with a number the one of this number, with `i` without regard to case; `\\1` is the
    first group. `y/abc/xyz/` replaces sign by sign.

    Synopsis:
        rex [field=FIELD] [max_match=1] [offset_field=NAME] [mode=sed] "REGEX"

    Examples:
        The first step of each path.

        >>> source web qsize=3 | rex field=path "^/(?<first>\\w+)" | fields path, first
        path     | first
        /health  | health
        /login   | login
        /missing | missing

        Digits hidden.

        >>> source web qsize=1 | rex field=bytes mode=sed "s/\\d/#/g" | fields bytes
        bytes
        ###
    """

    name: ClassVar[str] = "rex"

    pattern: Written
    field: Name | None = None
    max_match: int = 1
    rewrites: bool = False
    offsets: Name | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options and the expression."""
        options = Options(
            cursor,
            field=lambda what: cursor.name(f"a field for {what}"),
            max_match=cursor.integer,
            mode=lambda what: _is_sed(cursor),
            offset_field=lambda what: cursor.name(f"a name for {what}"),
        )
        options.read()
        pattern = read_pattern(cursor, 'the field is an option: `rex field={} "…"`')
        options.read()
        rewrites = options.get("mode", False)
        found = cls(
            pattern,
            options.get("field", None),
            options.get("max_match", 1),
            rewrites,
            options.get("offset_field", None),
        )
        found._check_offsets()
        return found

    def write(self, writer: Writer) -> None:
        """Writes options and the expression."""
        writer.word(self.name)
        if self.field is not None:
            writer.word(f"field={name_text(self.field.text)}")
        writer.option("max_match", self.max_match, 1)
        if self.offsets is not None:
            writer.word(f"offset_field={name_text(self.offsets.text)}")
        if self.rewrites:
            writer.word("mode=sed")
        writer.word(quoted(self.pattern.text))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Matches, and takes the groups; or replaces the field."""
        read = self.field.field if self.field else Field(RAW, self.span)
        if self.rewrites:
            return Extend(upstream, ((read.name, rewritten(read, self.pattern)),))
        pattern = Literal(*self.pattern)
        targets = self._targets()
        if self.max_match == 1:
            return first_match(upstream, pattern, read, targets, self.offsets.text if self.offsets else None)
        return all_matches(upstream, pattern, read, targets, self.max_match)

    def _check_offsets(self) -> None:
        """Refuses to say where matches are if there may be several, or where a group goes already."""
        if self.offsets is None:
            return
        reason = None
        if self.rewrites or self.max_match != 1:
            reason = "`offset_field` says where one match is, `mode=sed` and `max_match` are for others"
        elif self.offsets.text in compiled(self.pattern).groupindex:
            reason = f"a group is named `{clip(self.offsets.text)}` already"
        if reason is not None:
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=self.offsets.span)

    def _targets(self) -> tuple[Target, ...]:
        groups = compiled(self.pattern).groupindex
        if not groups:
            hint = f"a group is named by `(?<name>…)`{_named(self.pattern.text)}; `regex` keeps events that match"
            raise TrawlError(Code.INVALID_ARGUMENT, "the expression names no group", hint=hint, span=self.pattern.span)
        return tuple(Target(name, (number,)) for name, number in groups.items())


def _is_sed(cursor: Cursor) -> bool:
    token = cursor.text("`sed` for `mode`")
    if token.word != "sed" and token.text != "sed":
        raise TrawlError(Code.INVALID_ARGUMENT, f"found {token}, expected `sed` for `mode`", span=token.span)
    return True


def _named(pattern: str) -> str:
    """The expression with its first plain group named, as an example."""
    plain = _PLAIN.search(pattern)
    return f": `{clip(f'{pattern[: plain.end()]}?<name>{pattern[plain.end() :]}')}`" if plain else ""
