"""`patterns`: what kinds of texts there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Relation, Templates
from trawl.commands.base import Command, Scope
from trawl.commands.columns import hidden, one_each
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text
from trawl.language.writer import Writer
from trawl.schema import Schema
from trawl.values import number_text

THRESHOLD = 0.4
"""How like a pattern a text must be where the query does not say."""
_USUAL = ("Message", "message", "msg", "_raw")


@dataclass(frozen=True)
class Patterns(Command):
    """Find what kinds of texts there are: those that differ in a few words are one pattern.

    `pattern` has `<*>` in place of what varies, `count` is how many events have such a text and `sample` one
    of them. Without `field` the first of `Message`, `message`, `msg`, `_raw` that there is is looked at.
    Numbers, addresses, dates, GUIDs and hashes vary always; other words where texts of as many words, the first
    one the same, have at least the share `threshold` of their words in common. A pattern has one blank
    between words. An event with several values counts for each.

    Synopsis:
        patterns [field=FIELD] [threshold=0.4]

    Examples:
        Kinds of paths.

        >>> source web | patterns field=path
        pattern  | count | sample
        /        | 2     | /
        /health  | 1     | /health
        /login   | 1     | /login
        /missing | 1     | /missing
        /old     | 1     | /old
    """

    name: ClassVar[str] = "patterns"
    replaces_events: ClassVar[bool] = True

    field: Name | None = None
    threshold: float = THRESHOLD

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the options."""
        options = Options(
            cursor, field=lambda what: cursor.name(f"a field for {what}"), threshold=lambda what: _share(cursor, what)
        )
        options.read()
        if not cursor.at_end():
            hint = f"the field is an option: `field={clip(cursor.peek().text)}`"
            raise cursor.surprise("an option, `|` or the end", hint)
        return cls(options.get("field", None), options.get("threshold", THRESHOLD))

    def write(self, writer: Writer) -> None:
        """Writes the options."""
        writer.word(self.name)
        if self.field is not None:
            writer.word(f"field={name_text(self.field.text)}")
        writer.option("threshold", number_text(self.threshold), number_text(THRESHOLD))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The texts, and their patterns."""
        name = self.field or Name(_usual(upstream.columns), span=self.span)
        scope.note_unknown(name.field, upstream.columns)
        text = hidden("text", upstream.columns.names)
        texts = Extend(one_each(upstream, name.text), ((text, Call("tostring", (name.field,), self.span)),))
        return Templates(texts, text, self.threshold)


def _share(cursor: Cursor, what: str) -> float:
    token = cursor.peek()
    share = cursor.number(what)
    if not 0 <= share <= 1:
        reason = f"found {token}, expected a share from 0 to 1 for {what}"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, span=token.span)
    return share


def _usual(known: Schema) -> str:
    return next((name for name in _USUAL if name in known), _USUAL[-1])
