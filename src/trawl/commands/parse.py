"""`parse`: fields out of a text by a grok pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import first_match, read_pattern
from trawl.commands.grok import read_grok
from trawl.errors import Code, TrawlError
from trawl.expr import Field, Literal
from trawl.functions.documents import RAW
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import name_text, quoted
from trawl.language.tokens import Kind
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Parse(Command):
    """Take fields out of a text by a grok pattern: a regular expression (RE2) with names for what logs are made of.

    `%{IP:client}` stands for an address that goes to the field `client`, `%{WORD}` for a word that goes
    nowhere, `%{INT:size:int}` for a number, `:float` for one with a fraction. `(?<name>…)` names a group as
    in `rex`. Where the pattern does not match, fields keep the values that they have. Without a field the
    whole event is read: the line that it was loaded from, or its JSON.

    Patterns are among others WORD, NOTSPACE, DATA, GREEDYDATA, QUOTEDSTRING, INT, NUMBER, UUID, USER,
    EMAILADDRESS, MAC, IP, HOSTNAME, IPORHOST, PATH, URI, URIPATHPARAM, TIME, DATE, TIMESTAMP_ISO8601, HTTPDATE,
    SYSLOGTIMESTAMP, LOGLEVEL, SYSLOGLINE, COMMONAPACHELOG, COMBINEDAPACHELOG.

    Synopsis:
        parse [[field=]FIELD] "PATTERN"

    Examples:
        The first step of each path.

        >>> source web qsize=2 | parse path "^/%{WORD:first}" | fields path, first
        path    | first
        /health | health
        /login  | login
    """

    name: ClassVar[str] = "parse"

    pattern: Written
    field: Name | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the field, bare or as an option, and the pattern."""
        options = Options(cursor, field=lambda what: cursor.name(f"a field for {what}"))
        options.read()
        field = options.get("field", None)
        if field is None and cursor.peek().kind in (Kind.WORD, Kind.NAME):
            field = cursor.name()
        pattern = read_pattern(cursor, "the pattern follows the field")
        options.read()
        if cursor.peek().is_word("as"):
            raise cursor.surprise("`|` or the end", 'the pattern names the fields: `parse a "user=%{WORD:user}"`')
        return cls(pattern, field or options.get("field", None))

    def write(self, writer: Writer) -> None:
        """Writes the field and the pattern."""
        writer.word(self.name)
        if self.field is not None:
            writer.word(name_text(self.field.text))
        writer.word(quoted(self.pattern.text))

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Matches, and takes what the patterns took."""
        grok = read_grok(self.pattern)
        if not grok.targets:
            hint = "a field follows the name of a pattern: `%{IP:client}`"
            raise TrawlError(Code.INVALID_ARGUMENT, "the pattern names no field", hint=hint, span=self.pattern.span)
        read = self.field.field if self.field else Field(RAW, self.span)
        return first_match(upstream, Literal(*grok.regex), read, grok.targets)
