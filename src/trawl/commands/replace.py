"""`replace`: values by other values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import shown
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.spelling import quoted
from trawl.language.writer import Writer

_MOST_STARS: Final = 9


@dataclass(frozen=True)
class Replace(Command):
    """Replace values by other values, in some fields or in all but the time.

    A value must be the whole of what is looked for, with regard to case; `*` stands for anything, and for the
    same in the new value. The first pair that fits counts. What was no text is one where it is replaced.

    Synopsis:
        replace VALUE with VALUE[, VALUE with VALUE ...] [in FIELD[, FIELD ...]]

    Examples:
        Hosts by their whole names.

        >>> source web qsize=2 | replace "a" with "alpha", "*" with "*.example" in host | fields host
        host
        c.example
        alpha
    """

    name: ClassVar[str] = "replace"

    pairs: tuple[tuple[Written, Written], ...]
    names: tuple[Name, ...] = ()

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads pairs, and the names after IN."""
        if cursor.peek().is_mark("("):
            hint = 'the function stands in an `eval`: `eval b = replace(b, "x", "y")`'
            raise cursor.surprise("the value that is replaced", hint)
        pairs = [_pair(cursor)]
        while cursor.mark(",") or not (cursor.at_end() or cursor.peek().is_word("in")):
            pairs.append(_pair(cursor))
        names = cursor.names(patterns=True) if cursor.keyword("in") else ()
        return cls(tuple(pairs), names)

    def write(self, writer: Writer) -> None:
        """Writes the pairs, and the names."""
        writer.word(self.name)
        writer.list(f"{quoted(old.text)} with {quoted(new.text)}" for old, new in self.pairs)
        if self.names:
            writer.word("in")
            writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Replaces in each field. Where the columns are not known yet, nothing yet."""
        known = upstream.columns
        named = shown(upstream, self.names, scope) if self.names else known.names
        if known.open:
            return upstream
        pairs = tuple(Literal(*written) for pair in self.pairs for written in pair)
        fields = [name for name in named if name in known and (self.names or name != scope.time_field)]
        return Extend(upstream, tuple((name, Call("replace_values", (Field(name), *pairs))) for name in fields))


def _pair(cursor: Cursor) -> tuple[Written, Written]:
    old = cursor.text("the value that is replaced")
    if not cursor.keyword("with"):
        raise cursor.surprise("`with`", f'the new value follows WITH: `replace {quoted(clip(old.text))} with "…"`')
    new = cursor.text("the new value")
    stars = new.text.count("*")
    if stars and stars != old.text.count("*"):
        reason = f"`{clip(old.text)}` and `{clip(new.text)}` have not the same number of `*`"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="or the new value has none", span=new.span)
    if stars > _MOST_STARS:
        reason = f"the new value has more than {_MOST_STARS} `*`"
        hint = "`rex mode=sed` rewrites by a regular expression"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=new.span)
    return Written(old.text, old.span), Written(new.text, new.span)
