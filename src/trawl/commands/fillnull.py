"""`fillnull`: a value where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Literal
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import quoted
from trawl.language.tokens import Kind, Token
from trawl.language.writer import Writer
from trawl.values import exact_number


@dataclass(frozen=True)
class Fillnull(Command):
    """Fill fields where an event has no value: with 0, or with the value given.

    A value in double quotes is a text, a bare number a number. Without fields all fields are filled. An
    empty array is a value and stays.

    Synopsis:
        fillnull [value=VALUE] [FIELD[, FIELD ...]]

    Examples:
        A dash where nobody is logged in.

        >>> source web qsize=3 | fillnull value="-" user | fields host, user
        host | user
        c    | -
        a    | ann
        b    | -
    """

    name: ClassVar[str] = "fillnull"

    names: tuple[Name, ...] = ()
    value: str | int | float = 0

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the value and the names."""
        options = Options(
            cursor, "it is written `fillnull value={value} {key}`", value=lambda what: _value(cursor, what)
        )
        options.read()
        _refuse_value(cursor.peek())
        names = () if cursor.at_end() else cursor.names()
        options.read()
        if cursor.peek().kind is Kind.STRING:
            hint = f'the value is an option: `fillnull value="{clip(cursor.peek().text)}" a`'
            raise cursor.surprise("an option, `|` or the end", hint)
        return cls(tuple(dict.fromkeys(names)), options.get("value", 0))

    def write(self, writer: Writer) -> None:
        """Writes the value and the names."""
        writer.word(self.name)
        if isinstance(self.value, str):
            writer.word(f"value={quoted(self.value)}")
        else:
            writer.option("value", self.value, 0)
        if self.names:
            writer.names(self.names)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Takes the value where the field is null."""
        names = self.names or tuple(Name(name, span=self.span) for name in upstream.columns.names)
        filled = ((name.text, Call("coalesce", (name.field, Literal(self.value)), self.span)) for name in names)
        return Extend(upstream, tuple(filled))


def _refuse_value(token: Token) -> None:
    """Refuses what stands where a field does, but is the value, or all of them."""
    if token.kind is Kind.STRING or token.is_word("*"):
        is_text = token.kind is Kind.STRING
        hint = (
            f"the value is an option: `value={quoted(clip(token.text))}`"
            if is_text
            else "without fields all are filled"
        )
        raise TrawlError(Code.SYNTAX_ERROR, f"found {token}, expected the name of a field", hint=hint, span=token.span)


def _value(cursor: Cursor, what: str) -> str | int | float:
    token = cursor.peek()
    is_number = token.kind is Kind.WORD and exact_number(token.text) is not None
    return cursor.number(what) if is_number else cursor.text(f"a value for {what}").text
