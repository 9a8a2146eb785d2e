"""Text to tokens, one at a time and in one of two grains, because what a word is depends on where it stands.

In `search bytes=10.0.0.0/8` and `source logs-*` a word runs on to the next blank; in `where a-b > 1`
names, numbers and operators part from each other. Strings, quoted names and comments are the same in both.
"""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from trawl.errors import Code, Span, TrawlError


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    STRING = "string"
    """in double quotes"""
    NAME = "name"
    """in single quotes"""
    MARK = "mark"
    END = "end"


class Grain(Enum):
    """How finely unquoted text is cut."""

    RUN = 0
    """a word is all up to a blank, comma, bar, bracket, comparison sign or double quote"""
    EXPRESSION = 1
    """names, numbers and operators are tokens of their own"""


class Token(NamedTuple):
    """A token and where it stands. `text` is without quotes and escapes."""

    kind: Kind
    text: str
    span: Span

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in lower case, in any case of letters."""
        return self.kind is Kind.WORD and self.text.lower() in words

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind is Kind.MARK and self.text in marks

    def __str__(self) -> str:
        """As errors call it."""
        if self.kind is Kind.END:
            return "the end of the query"
        shown = clip(self.text)
        return f'"{shown}"' if self.kind is Kind.STRING else f"'{shown}'" if self.kind is Kind.NAME else f"`{shown}`"


def clip(text: str, most: int = 40) -> str:
    """A text as an error quotes it: cut to so many signs."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


NAME_PATTERN: Final = r"(?:[^\W\d]|[@#$])(?:[\w@:#$]|\{\d*\}|\.(?=[\w@#$]))*"
"""A field's name that needs no quotes in an expression."""
RUN_PATTERN: Final = r"""(?:[^\s,|()\[\]=<>"`!]|!(?!=))+"""
"""A word where words run on."""
NUMBER_PATTERN: Final = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"

_BLANKS: Final = re.compile(r"(?:\s+|```(?s:.*?)```|(?<!\S)//[^\n]*)*")
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NAME: Final = re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([\"'\\])")
_SKIPPED: Final = re.compile(
    rf"""(?:{_STRING.pattern}|(?<![^\s,(=<>|\[]){_NAME.pattern}|```.*?```|(?<!\S)//[^\n]*|[^|\[\]"'`/]+|["'`/])""",
    re.DOTALL,
)
_TOKENS: Final = {
    Grain.RUN: re.compile(rf"(?P<mark>==|!=|<=|>=|[=<>,|()\[\]])|(?P<word>{RUN_PATTERN})"),
    Grain.EXPRESSION: re.compile(
        r"(?P<mark>==|!=|<=|>=|&&|[=<>,|()\[\]+\-*/%.!])"
        rf"|(?P<number>{NUMBER_PATTERN}(?![\w@]|\.\w)|\d(?:[\w@]|\.(?=\w))*)"
        rf"|(?P<word>{NAME_PATTERN})"
    ),
}
_KINDS: Final[dict[str | None, Kind]] = {"mark": Kind.MARK, "number": Kind.NUMBER, "word": Kind.WORD}
_NUMBER: Final = re.compile(NUMBER_PATTERN, re.ASCII)
MOST_DIGITS: Final = 400
"""A number may be written with this many signs."""


class Scanner:
    """Gives the token at a place of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._last: tuple[int, Grain, Token] | None = None

    def token(self, position: int, grain: Grain) -> Token:
        """The first token at or after `position`, past blanks and comments.

        Raises:
            TrawlError: `SYNTAX_ERROR` for a quote or comment without end, or a sign that begins no token.
        """
        if self._last and self._last[:2] == (position, grain):
            return self._last[2]
        token = self._read(self.skip_blanks(position), grain)
        self._last = (position, grain, token)
        return token

    def skip_blanks(self, position: int) -> int:
        """The first place at or after `position` that is neither blank nor in a comment."""
        match = _BLANKS.match(self.text, position)
        return match.end() if match else position

    def skip_command(self, position: int) -> int:
        """The next `|` that parts commands, at or after `position`, or the end of the text."""
        depth = 0
        while position < len(self.text):
            sign = self.text[position]
            if sign == "|" and depth <= 0:
                return position
            depth += (sign == "[") - (sign == "]")
            match = _SKIPPED.match(self.text, position)
            position = match.end() if match else position + 1
        return position

    def _read(self, start: int, grain: Grain) -> Token:
        if start >= len(self.text):
            return Token(Kind.END, "", Span(len(self.text), len(self.text)))
        sign = self.text[start]
        if sign == '"':
            return self._quoted(start, _STRING, Kind.STRING, "text")
        if sign == "'":
            return self._quoted(start, _NAME, Kind.NAME, "name")
        match = _TOKENS[grain].match(self.text, start)
        if match is None:
            raise self._strange(start)
        span = Span(start, match.end())
        if match.lastgroup == "number":
            self._check_number(match[0], span)
        return Token(_KINDS[match.lastgroup], match[0], span)

    def _quoted(self, start: int, pattern: re.Pattern[str], kind: Kind, what: str) -> Token:
        match = pattern.match(self.text, start)
        quote = self.text[start]
        if match is None:
            inside = "\\" + quote in self.text[start:]
            hint = f"a backslash that ends the {what} is doubled: `\\\\{quote}`" if inside else None
            span = Span(start, len(self.text))
            raise TrawlError(Code.SYNTAX_ERROR, f"the {what} has no closing `{quote}`", hint=hint, span=span)
        span = Span(start, match.end())
        inner = match[0][1:-1]
        if kind is Kind.NAME and not inner:
            raise TrawlError(Code.SYNTAX_ERROR, "found an empty name between single quotes", span=span)
        text = _ESCAPE.sub(lambda found: found[1] if found[1] in ("\\", quote) else found[0], inner)
        return Token(kind, text, span)

    def _check_number(self, text: str, span: Span) -> None:
        if len(text) > MOST_DIGITS:
            raise TrawlError(Code.SYNTAX_ERROR, f"a number has more than {MOST_DIGITS} digits", span=span)
        if not _NUMBER.fullmatch(text):
            hint = f"""a text takes double quotes: "{text}"; a name that begins with a digit single ones: '{text}'"""
            raise TrawlError(Code.SYNTAX_ERROR, f"`{text}` is neither a number nor a name", hint=hint, span=span)

    def _strange(self, start: int) -> TrawlError:
        if self.text.startswith("```", start):
            span = Span(start, len(self.text))
            return TrawlError(Code.SYNTAX_ERROR, "the comment has no closing ` ``` `", span=span)
        span = Span(start, start + 1)
        if self.text[start] == "`":
            hint = "a comment stands between three backticks"
            return TrawlError(Code.SYNTAX_ERROR, "found a backtick, macros are not known here", hint=hint, span=span)
        hint = "a text takes double quotes, an odd name of a field single ones"
        return TrawlError(
            Code.SYNTAX_ERROR, f"found `{self.text[start]}`, which means nothing here", hint=hint, span=span
        )
