"""`foreach`: the same commands for each of several fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from trawl.algebra import Relation
from trawl.commands.base import Command, Scope
from trawl.commands.columns import note_absent
from trawl.commands.eval import Eval
from trawl.commands.fillnull import Fillnull
from trawl.commands.rename import Rename
from trawl.commands.where import Where
from trawl.errors import Code, Span, TrawlError, clip, nearest_hint
from trawl.language.cursor import Cursor
from trawl.language.names import Name, Written
from trawl.language.options import Options
from trawl.language.patches import moved, moved_error
from trawl.language.reader import Vocabulary, read
from trawl.language.templates import Matched, filled, read_template
from trawl.language.tree import Query
from trawl.language.writer import Writer

_WITHIN: Final = (Eval, Fillnull, Rename, Where)
"""What works on one event after the other, whatever the others are."""
_NAMES: Final = ", ".join(f"`{command.name}`" for command in _WITHIN)
_VOCABULARY: Final = Vocabulary({command.name: command for command in _WITHIN})
_SAMPLE: Final = Matched("x", ("x",) * 9)
_MODES: Final = {
    "multivalue": "a value of several is made one event each by `mvexpand`, and its values are picked by `mvfilter(…)`",
    "json_array": "values are taken out of JSON by `spath`",
}


@dataclass(frozen=True)
class Foreach(Command):
    """Do the same for each of several fields.

    Within the square brackets, `<<FIELD>>` stands for the name of a field, `<<MATCHSTR>>` for what the stars of its
    pattern stand for, and `<<MATCHSEG1>>`, `<<MATCHSEG2>>` and so on for what each of them does. Names that
    need single quotes get them, other texts are put in as they are. The commands may be `eval`, `fillnull`,
    `rename` and `where`; what they make of one field, they find when they come to the next. A field that is
    not there when `foreach` begins is left out.

    Synopsis:
        foreach FIELD[, FIELD ...] [ COMMAND [| COMMAND ...] ]

    Examples:
        All sizes in kilobytes, whatever they are called.

        >>> source web qsize=2 | fields bytes, status | foreach b* [ eval kilo<<MATCHSTR>> = <<FIELD>> / 1024 ]
        bytes | status | kiloytes
        256   | 200    | 0.25
        512   | 500    | 0.5
    """

    name: ClassVar[str] = "foreach"

    fields: tuple[Name, ...]
    template: Written

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads the names, and the text in square brackets, with a sample for what is put in."""
        hint = "what is done stands in square brackets: `foreach a, b* [ eval … ]`"
        options = Options(cursor, hint, mode=lambda what: _mode(cursor))
        options.read()
        if cursor.peek().is_mark("["):
            raise cursor.surprise("a field", "the fields stand before it: `foreach a, b* [ eval … ]`")
        names = tuple(dict.fromkeys(cursor.names(patterns=True)))
        options.read()
        template = read_template(cursor)
        cursor.notices.extend(_commands(template, _SAMPLE).notices)
        return cls(names, template)

    def write(self, writer: Writer) -> None:
        """Writes the names and the text."""
        writer.word(self.name)
        writer.names(self.fields)
        writer.word(f"[ {self.template.text} ]")

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """The commands for each field, one after the other. Where the columns are not known yet, nothing yet."""
        if upstream.columns.open:
            return upstream
        for matched in self._matched(upstream, scope):
            upstream = scope.through(_commands(self.template, matched), upstream)
        return upstream

    def _matched(self, upstream: Relation, scope: Scope) -> list[Matched]:
        """The fields in the order in which the names ask for them, each once."""
        found: dict[str, Matched] = {}
        for name in self.fields:
            matches = name.matches(upstream.columns.names)
            if not matches:
                note_absent(name, f"no event has a field `{clip(name.text)}`", upstream.columns, scope)
            for match in matches:
                stars = (name.stars(match) or ()) if name.is_pattern else ()
                found.setdefault(match, Matched(match, stars))
        return list(found.values())


def _mode(cursor: Cursor) -> str:
    token = cursor.text("`multifield` for `mode`")
    if token.word != "multifield":
        hint = _MODES.get(token.word) or nearest_hint(token.word, ("multifield",))
        reason = f"the mode `{clip(token.text)}` is not known, expected `multifield`"
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=token.span)
    return token.word


def _commands(template: Written, matched: Matched) -> Query:
    """The commands that a template is for a field; places in them are those in the template."""
    patched = filled(template, matched)
    is_whole = template.span.end - template.span.start == len(template.text)

    def origin(span: Span) -> Span:
        return patched.origin(span) if is_whole else template.span  # else a macro stands in it

    try:
        return moved(read(patched.text, _VOCABULARY), origin)
    except TrawlError as error:
        found = moved_error(error, origin)
        if found.code is not Code.UNKNOWN_COMMAND:
            raise found from error
        reason = f"{found.reason} within `foreach`, expected {_NAMES}"
        raise TrawlError(found.code, reason, span=found.span, others=found.others) from error
