"""`spath`: fields out of a JSON text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Extend, Relation
from trawl.commands.base import Command, Scope
from trawl.commands.extracting import unpacked
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Field, Literal
from trawl.functions.documents import RAW
from trawl.functions.jsonpath import read_path
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.spelling import name_text, quoted
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Spath(Command):
    """Take fields out of a JSON text: what a path leads to, or all fields of the object.

    A path has dots between names, `{0}` for the first element of an array and `{}` for each of them, whose
    values are a multivalue then. The field is named after the path unless `output` names it. Without a path
    the object's fields are added as loading names them, nested ones with dots; they replace the values that
    there are, but never the time; at most 1,000 are added, the first by name. A text that is no JSON adds nothing
    and is counted in a warning. Without `input` the whole event is read: the line that it was loaded from, or its
    JSON.

    Synopsis:
        spath [input=FIELD] [output=FIELD] [path=PATH]

    Examples:
        One value.

        >>> source web qsize=1 | eval j = "{\\"a\\":{\\"b\\":[1,2]}}" | spath input=j output=x a.b{0} | fields x
        x
        1

        All fields.

        >>> source web qsize=1 | eval j = "{\\"a\\":{\\"b\\":[1]},\\"c\\":true}" | spath input=j | fields a.b, c
        a.b | c
        [1] | true
    """

    name: ClassVar[str] = "spath"

    path: Written | None = None
    input: Name | None = None
    output: str | None = None

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads options; the path may stand alone."""
        options = Options(
            cursor,
            input=lambda what: cursor.name(f"a field for {what}"),
            output=lambda what: cursor.new_name(),
            path=lambda what: cursor.text(f"a path for {what}"),
        )
        first = cursor.peek()
        options.read()
        token = None if cursor.at_end() else cursor.text("a path")
        options.read()
        given = options.get("path", None)
        if token is not None and given is not None:
            raise TrawlError(Code.INVALID_ARGUMENT, "the path is given twice", span=token.span)
        path = token or given
        output = options.get("output", None)
        if output is not None and path is None:
            reason = f"the field `{clip(output)}` takes what a path leads to, and there is no path"
            hint = f"spath output={name_text(clip(output))} path=a.b"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=cursor.span_from(first))
        return cls(Written(path.text, path.span) if path else None, options.get("input", None), output)

    def write(self, writer: Writer) -> None:
        """Writes options."""
        writer.word(self.name)
        if self.input is not None:
            writer.word(f"input={name_text(self.input.text)}")
        if self.output is not None:
            writer.word(f"output={name_text(self.output)}")
        if self.path is not None:
            writer.word(f"path={quoted(self.path.text)}")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """Takes what the path leads to, or unpacks the object."""
        read = self.input.field if self.input else Field(RAW, self.span)
        if self.path is None:
            return unpacked(upstream, read, scope, self.span)
        try:
            read_path(self.path.text)
        except TrawlError as error:
            error.span = self.path.span
            raise
        found = Call("spath", (read, Literal(*self.path)), self.span)
        return Extend(upstream, ((self.output or self.path.text, found),))
