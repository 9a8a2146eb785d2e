"""Templates of commands, with `<<FIELD>>` and its like for what is put in later."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import Field
from trawl.language.cursor import Cursor
from trawl.language.names import Written
from trawl.language.patches import Patched
from trawl.language.spelling import expression_text
from trawl.language.tokens import NUMBER_PATTERN

_PLACE: Final = re.compile(r"<<(\w+)>>")
_PIECE: Final = re.compile(
    r"""(?s:("(?:[^"\\]|\\.)*"|(?<![\w>])'(?:[^'\\]|\\.)*')|```.*?```|(?<!\S)//[^\n]*|((?:<<\w+>>|[\w@:#$.{}])+)|.)"""
)
_NUMBER: Final = re.compile(NUMBER_PATTERN)


class Matched(NamedTuple):
    """A field that a name or pattern matches.

    Attributes:
        name: of the field.
        stars: what each star of the pattern stands for.
    """

    name: str
    stars: tuple[str, ...]

    def value(self, place: str, span: Span) -> str:
        """What stands for a place, whose name is in lower case.

        Raises:
            TrawlError: `INVALID_ARGUMENT` for a place that there is not.
        """
        if place == "field":
            return self.name
        if place == "matchstr":
            return "".join(self.stars)
        number = place.removeprefix("matchseg")
        if number == place or not number.isdecimal() or number.startswith("0"):
            reason = f"`<<{clip(place.upper())}>>` stands for nothing"
            hint = "`<<FIELD>>` is the name of the field, `<<MATCHSTR>>` and `<<MATCHSEG1>>` what its stars stand for"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint=hint, span=span)
        if int(number[:9]) > len(self.stars):
            reason = f"`<<{clip(place.upper())}>>` is asked for, but the pattern has {len(self.stars)} stars"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, span=span)
        return self.stars[int(number) - 1]


def read_template(cursor: Cursor) -> Written:
    """Takes commands in square brackets as they are written, which is no text of the language yet."""
    opening = cursor.peek()
    example = "they are written `[ eval <<FIELD>> = … ]`"
    if not opening.is_mark("["):
        raise cursor.surprise("commands in square brackets", example)
    end = cursor.scanner.skip_bracket(opening.end)
    if end is None:
        raise TrawlError(Code.SYNTAX_ERROR, "the bracket has no closing `]`", span=opening.span)
    inside = cursor.scanner.text[opening.end : end]
    cursor.position = end + 1
    if not inside.strip():
        reason = "found nothing in the square brackets, expected commands"
        raise TrawlError(Code.SYNTAX_ERROR, reason, hint=example, span=Span(opening.start, end + 1))
    start = opening.end + len(inside) - len(inside.lstrip(" "))
    text = inside.strip(" ")  # a line's end may close a comment
    return Written(text, Span(start, start + len(text)))


def filled(template: Written, matched: Matched) -> Patched:
    """The template with what was matched put in.

    Within quotes it is put in with escapes. Elsewhere a word that it makes is the name of a field, in single quotes
    where names need them, or a number; what the stars stand for may be a number by itself.

    Raises:
        TrawlError: `INVALID_ARGUMENT` for what stands for nothing.
    """
    patched = Patched()
    text, start = template.text, template.span.start
    position = 0
    for piece in _PIECE.finditer(text):
        if not (piece[1] or piece[2]) or "<<" not in piece[0]:
            continue
        span = Span(start + piece.start(), start + piece.end())
        patched.copy(text[position : piece.start()], start + position)
        patched.put(_within_quotes(piece[0], matched, span) if piece[1] else _word(piece[0], matched, span), span)
        position = piece.end()
    patched.copy(text[position:], start + position)
    return patched


def _within_quotes(piece: str, matched: Matched, span: Span) -> str:
    quote = piece[0]

    def escaped(place: re.Match[str]) -> str:
        return matched.value(place[1].lower(), span).replace("\\", "\\\\").replace(quote, f"\\{quote}")

    return _PLACE.sub(escaped, piece)


def _word(piece: str, matched: Matched, span: Span) -> str:
    word = _PLACE.sub(lambda place: matched.value(place[1].lower(), span), piece)
    is_number = piece.lower() != "<<field>>" and _NUMBER.fullmatch(word)
    return word if is_number or not word else expression_text(Field(word))
