"""`makemv`: a text into a multivalue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import compiled
from trawl.commands.likenesses import escape_hint
from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import Call, Expr, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import quoted
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Makemv(Command):
    """Make a multivalue of a text: of its pieces between delimiters, or of all that a regular expression takes.

    The delimiter is a blank if none is given; `\\n` in it is a backslash and a letter, as in every text. Empty
    pieces are left out unless `allowempty=true` keeps them. `tokenizer` takes what its first group takes in each
    match, or the whole match where it has no group.

    Synopsis:
        makemv [delim=" "|tokenizer="REGEX"] [allowempty=BOOL] FIELD

    Examples:
        The steps of a path.

        >>> source web qsize=1 | makemv delim="/" path | fields path
        path
        ["health"]
    """

    name: ClassVar[str] = "makemv"

    field: Name
    delimiter: str = " "
    tokenizer: Written | None = None
    keeps_empty: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options and the field."""
        options = Options(
            cursor,
            delim=lambda what: cursor.text(f"a text for {what}"),
            tokenizer=lambda what: cursor.text(f"a regular expression for {what}"),
            allowempty=cursor.boolean,
        )
        options.read()
        name = cursor.name()
        options.read()
        if cursor.peek().kind is Kind.STRING:
            shown = clip(cursor.peek().text)
            raise cursor.surprise("an option, `|` or the end", f'what stands between is an option: `delim="{shown}"`')
        delimiter, tokenizer = options.get("delim", None), options.get("tokenizer", None)
        if delimiter is not None and tokenizer is not None:
            reason = "`delim` and `tokenizer` are two ways to do it, one is expected"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=max(delimiter.span, tokenizer.span, key=_start))
        if delimiter is not None and not delimiter.text:
            reason = "the delimiter is empty"
            hint = 'every sign is taken by `tokenizer="(.)"`'
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=delimiter.span)
        return cls(
            name,
            delimiter.text if delimiter is not None else " ",
            Written(tokenizer.text, tokenizer.span) if tokenizer is not None else None,
            options.get("allowempty", False),
        )

    def write(self, writer: Writer) -> None:
        """Writes options and the field."""
        writer.word(self.name)
        if self.tokenizer is not None:
            writer.word(f"tokenizer={quoted(self.tokenizer.text)}")
        elif self.delimiter != " ":
            writer.word(f"delim={quoted(self.delimiter)}")
        writer.option("allowempty", self.keeps_empty, False)
        writer.names((self.field,))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Parts the text; several values are parted each."""
        read = self.field.field
        if hint := escape_hint(self.delimiter, is_constant=True):
            scope.warn("escape_as_it_stands", f'{hint}; pieces are taken by `tokenizer="([^\\n]+)"`', self.span)
        if self.tokenizer is not None:
            group = min(1, compiled(self.tokenizer).groups)
            found: Expr = Call("regex_all", (read, Literal(*self.tokenizer), Literal(group), Literal(0)), self.span)
        else:
            delimiter = Literal(self.delimiter)
            joined = Call("mvjoin", (read, delimiter))
            found = Call("pieces", (joined, delimiter, Literal(self.keeps_empty)), self.span)
        return Extend(upstream, ((read.name, found),))


def _start(span: Span) -> int:
    return span.start
