"""`return`: values of the first rows as a condition of `search`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.commands.conditions import Frame, condition, term, value, written
from trawl.commands.subsearch import WRITTEN, limited
from trawl.expr import Expr
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.spelling import name_text, quoted
from trawl.language.tokens import Kind
from trawl.language.writer import Writer

_FRAME: Final = Frame("", "(", "", ")", "OR", "")


@dataclass(frozen=True)
class Returned:
    """What is given back of a field: `as_name` its value under that name, None: the value alone."""

    field: Name
    as_name: str | None


@dataclass(frozen=True)
class Return(Command):
    """Give back values of the first rows, as a condition of `search`: of one row where no number is said.

    A field goes with its name, or with another, as `NAME=FIELD`. With a `$` before it goes its value alone,
    which is then looked for in all fields; of a field `search`, or `query`, the value is a condition itself.

    Synopsis:
        return [N] [NAME=]FIELD[, [NAME=]FIELD ...]
        return [N] $FIELD[, ...]

    Examples:
        The hosts of the two newest requests that failed, as senders.

        >>> source web | search status>=400 | return 2 sender=host
        search
        ( sender="a" ) OR ( sender="b" )

        What else happened where it last failed.

        >>> source web | search [ source web | search status>=400 | return host ] | stats count
        count
        3
    """

    name: ClassVar[str] = "return"
    replaces_events: ClassVar[bool] = True

    fields: tuple[Returned, ...]
    count: int = 1

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads a number and fields; commas between them may be left out."""
        first = cursor.peek()
        is_count = first.kind is Kind.WORD and first.text.isdecimal() and not cursor.at_option()
        count = cursor.positive("the number of rows") if is_count else 1
        fields = [_returned(cursor)]
        while cursor.mark(",") or not cursor.at_end():
            fields.append(_returned(cursor))
        return cls(tuple(fields), count)

    def write(self, writer: Writer) -> None:
        """Writes the number and the fields."""
        writer.word(self.name)
        if self.count != 1:
            writer.word(str(self.count))
        for returned in self.fields:
            writer.word(_text(returned))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The text of each row, all put together."""
        for returned in self.fields:
            scope.note_unknown(returned.field.field, upstream.columns)
        terms = [_term(returned) for returned in self.fields]
        return written(limited(upstream, self.count, scope, self.span), terms, _FRAME)


def _returned(cursor: Cursor) -> Returned:
    token = cursor.peek()
    if token.kind is Kind.WORD and token.text.startswith("$"):
        cursor.position = token.start + 1
        return Returned(cursor.name(), None)
    first = cursor.name()
    if not cursor.mark("="):
        return Returned(first, first.text)
    return Returned(cursor.name(), first.text)


def _text(returned: Returned) -> str:
    field = _name(returned.field.text)
    if returned.as_name is None:
        return f"${field}"
    return field if returned.as_name == returned.field.text else f"{_name(returned.as_name)}={field}"


def _name(name: str) -> str:
    """A name that is not taken for the value of another one's field."""
    return quoted(name, "'") if name.startswith("$") else name_text(name)


def _term(returned: Returned) -> Expr:
    field = returned.field.field
    if returned.as_name is not None:
        return term(returned.as_name, field)
    return condition(field) if field.name in WRITTEN else value(field)
