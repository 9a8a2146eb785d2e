"""`kv`: fields out of pairs of names and values in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import unpacked
from trawl.errors import Code, TrawlError
from trawl.expr import Call, Field, Literal
from trawl.functions.documents import RAW
from trawl.language.cursor import Cursor
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.spelling import name_text, quoted
from trawl.language.writer import Writer

_SIGNS: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_ESCAPE: Final = re.compile(r"\\([nrt\\])")


@dataclass(frozen=True)
class Kv(Command):
    """Take fields out of pairs of names and values: `a=1`, `a="b c"`, `a:1`.

    Fields are named as the text names them, and what is found replaces the values that they have, but never
    the time. Of a name that comes twice the first value counts. `pairdelim` gives the signs that part pairs and
    `kvdelim` those between name and value, the end of a line as `\\n`, a tab as `\\t`, a backslash as `\\\\`; one
    of them alone takes blanks, `,`, `;`, `&` and `|`, or `=`, for the other. Without `field` the whole event is
    read: the line that it was loaded from, or its JSON, where `\\"` quotes what a text has in quotes. A pair whose
    name has more than 256 characters is left out, with a warning that counts events. At most 1,000 fields are added,
    the first by name.

    Synopsis:
        kv [field=FIELD] [pairdelim="SIGNS"] [kvdelim="SIGNS"]

    Examples:
        Parameters of a request.

        >>> source web qsize=1 | eval query = "page=2&size=10" | kv field=query | fields query, page, size
        query          | page | size
        page=2&size=10 | 2    | 10
    """

    name: ClassVar[str] = "kv"
    aliases: ClassVar[tuple[str, ...]] = ("extract",)

    field: Name | None = None
    pair_signs: str | None = None
    value_signs: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options."""
        options = Options(
            cursor,
            field=lambda what: cursor.name(f"a field for {what}"),
            pairdelim=lambda what: _signs(cursor, what),
            kvdelim=lambda what: _signs(cursor, what),
        )
        options.read()
        if not cursor.at_end():
            raise cursor.surprise("an option, `|` or the end", "the field is an option: `kv field=…`")
        return cls(options.get("field", None), options.get("pairdelim", None), options.get("kvdelim", None))

    def write(self, writer: Writer) -> None:
        """Writes options."""
        writer.word(self.name)
        if self.field is not None:
            writer.word(f"field={name_text(self.field.text)}")
        for key, signs in (("pairdelim", self.pair_signs), ("kvdelim", self.value_signs)):
            if signs is not None:
                writer.word(f"{key}={quoted(signs)}")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Makes a JSON object of the pairs, and unpacks it."""
        read = self.field.field if self.field else Field(RAW, self.span)
        between, equals = (signs and _ESCAPE.sub(_sign, signs) for signs in (self.pair_signs, self.value_signs))
        if between is not None or equals is not None:
            between, equals = between or " \t\r\n,;&|", equals or "="
        pairs = Call("pairs", (read, Literal(between or ""), Literal(equals or "")), self.span)
        return unpacked(upstream, pairs, scope, self.span)


def _signs(cursor: Cursor, what: str) -> str:
    token = cursor.text(f"signs for {what}")
    if not token.text:
        raise TrawlError(Code.INVALID_ARGUMENT, f"there are no signs for {what}", span=token.span)
    return token.text


def _sign(escape: re.Match[str]) -> str:
    """The sign that a backslash and a letter stand for: signs are no text, in which they would be two of them."""
    return _SIGNS[escape[1]]
