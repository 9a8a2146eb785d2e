"""Text to tokens, one at a time and in one of two grains, because what a word is depends on where it stands.

In `search bytes=10.0.0.0/8` and `source logs-*` a word runs on to the next blank; in `where a-b > 1`
names, numbers and operators part from each other. Strings, quoted names and comments are the same in both.
"""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from trawl.errors import Code, Span, TrawlError, clip
from trawl.language.habits import CURLED, CURLED_SINGLE, DASHES, sign_hint


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
    """A token: what it is, its text without quotes and escapes, and where it starts and ends in the query.

    `word` is what an unquoted word is as a keyword: its text in lower case; empty for all others.
    """

    kind: Kind
    text: str
    start: int
    end: int
    word: str = ""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in lower case, in any case of letters."""
        return self.word in words

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind is Kind.MARK and self.text in marks

    def __str__(self) -> str:
        """As errors call it."""
        if self.kind is Kind.END:
            return "the end of the query"
        shown = clip(self.text)
        return f'"{shown}"' if self.kind is Kind.STRING else f"'{shown}'" if self.kind is Kind.NAME else f"`{shown}`"


NAME_PATTERN: Final = r"(?:[^\W\d]|[@#$])(?:[\w@:#$]|\{\d*\}|\.(?=[\w@#$]))*"
"""A field's name that needs no quotes in an expression."""
_SPACE: Final = r"\s\u200b\ufeff"
"""Blanks, also those without width that come along when a text is pasted."""
_RUNNING: Final = rf"""[^{_SPACE},|()\[\]=<>"`!]"""
RUN_PATTERN: Final = rf"(?![{CURLED}{CURLED_SINGLE}{DASHES}])(?:{_RUNNING}|!(?!=)){_RUNNING}*(?:!(?!=){_RUNNING}*)*"
"""A word where words run on. What a word processor makes of quotes and minus signs begins none."""
NUMBER_PATTERN: Final = r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"

_BLANKS: Final = rf"(?:[{_SPACE}]+|```(?s:.*?)```|(?<![^{_SPACE}])//[^\n]*)*+"
_STRING: Final = r'"((?s:[^"\\]*+(?:\\.[^"\\]*+)*+))"'
_NAME: Final = r"'((?s:[^'\\]*+(?:\\.[^'\\]*+)*+))'"
_BLANK: Final = re.compile(_BLANKS)
_ESCAPE: Final = re.compile(r"\\([\"'\\])")
_SKIPPED: Final = re.compile(
    rf"""(?:{_STRING}|(?<![^\s,(=<>|\[]){_NAME}|```(?s:.*?)```|(?<![^{_SPACE}])//[^\n]*|[^|\[\]"'`/]+|["'`/])"""
)
_COMMENTS: Final = re.compile(
    rf"{_STRING}|(?<![^\s,(=<>|\[]){_NAME}|(?P<comment>```(?s:.*?)```|(?<![^{_SPACE}])//[^\n]*)"
)
_UNCALLED: Final = re.compile(
    rf"""(?:{_STRING}|(?<![^\s,(=<>|\[]){_NAME}|```(?s:.*?)```|(?<![^{_SPACE}])//[^\n]*|[^"'`/]+|['/])*+"""
)
"""What stands before a backtick that calls a macro."""
_RUN: Final = re.compile(rf"{_BLANKS}(?:((?!['\"]){RUN_PATTERN})|((?!))|(==|!=|<=|>=|[=<>,|()\[\]])|{_STRING}|{_NAME})")
"""Blanks and a token in one go; the number of the group that matched says what it is. No numbers in this grain."""
_DATE: Final = r"(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d(?:T[\w:.+-]*)?(?![\w@])"
_EXPRESSION: Final = re.compile(
    rf"{_BLANKS}(?:({NAME_PATTERN})|((?!{_DATE}){NUMBER_PATTERN}(?![\w@]|\.\w))"
    rf"|(==|!=|<=|>=|&&|[=<>,|()\[\]+\-*/%.!])|{_STRING}|{_NAME}|({_DATE}|\d(?:[\w@]|\.(?=\w))*))"
)
_WORD, _NUMBER, _MARK, _TEXT, _QUOTED = range(1, 6)
_LENGTH: Final = re.compile(r"\d+(?:ms|[smhdwqyM]|mon|(?:sec|min|hr|hour|day|week|month|quarter|year)[a-z]*)")
MOST_DIGITS: Final = 400
"""A number may be written with this many signs."""


def next_backtick(text: str, position: int) -> int | None:
    """The next backtick at or after `position` that stands outside quotes and comments.

    None where there is none, or after a quote or comment that is never closed.
    """
    match = _UNCALLED.match(text, position)
    found = match.end() if match else position
    return found if text.startswith("`", found) and not text.startswith("```", found) else None


class Scanner:
    """Gives the token at a place of a text; the one given last is kept."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._position = -1
        self._grain = Grain.RUN
        self._token = Token(Kind.END, "", 0, 0)

    def token(self, position: int, grain: Grain) -> Token:
        """The first token at or after `position`, past blanks and comments.

        Raises:
            TrawlError: `SYNTAX_ERROR` for a quote or comment without end, or a sign that begins no token.
        """
        if position != self._position or grain is not self._grain:
            self._token = self._read(position, grain)
            self._position, self._grain = position, grain
        return self._token

    def skip_blanks(self, position: int) -> int:
        """The first place at or after `position` that is neither blank nor in a comment."""
        match = _BLANK.match(self.text, position)
        return match.end() if match else position

    def skip_command(self, position: int) -> int:
        """The next `|` that parts commands, at or after `position`, or the end of the text."""
        depth = 0
        while position < len(self.text):
            sign = self.text[position]
            if sign == "|" and depth <= 0:
                return position
            depth += (sign == "[") - (sign == "]")
            position = self.skip_piece(position)
        return position

    def skip_piece(self, position: int) -> int:
        """The place after what begins at `position`: a text in quotes, a comment, a run of words, a bar or bracket.

        A double quote that is never closed takes all that follows.
        """
        match = _SKIPPED.match(self.text, position)
        if match and match[0] == '"':
            return len(self.text)
        return match.end() if match else position + 1

    def skip_bracket(self, position: int) -> int | None:
        """The `]` that closes a bracket which was opened before `position`; None where it is never closed."""
        depth = 1
        while position < len(self.text):
            sign = self.text[position]
            depth += (sign == "[") - (sign == "]")
            if not depth:
                return position
            position = self.skip_piece(position)
        return None

    def _read(self, position: int, grain: Grain) -> Token:
        match = (_RUN if grain is Grain.RUN else _EXPRESSION).match(self.text, position)
        if match is None:
            return self._end_or_refuse(self.skip_blanks(position))
        group = match.lastindex
        assert group is not None
        text = match[group]
        start, end = match.span(group)
        if group == _WORD:
            return Token(Kind.WORD, text, start, end, text.lower())
        if group == _MARK:
            return Token(Kind.MARK, text, start, end)
        if group == _NUMBER and len(text) <= MOST_DIGITS:
            return Token(Kind.NUMBER, text, start, end)
        if group == _TEXT:
            return Token(Kind.STRING, _unescaped(text, '"'), start - 1, end + 1)
        if group == _QUOTED and text:
            return Token(Kind.NAME, _unescaped(text, "'"), start - 1, end + 1)
        if group == _QUOTED:
            span = Span(start - 1, end + 1)
            raise TrawlError(Code.SYNTAX_ERROR, "found an empty name between single quotes", span=span)
        raise _no_number(text, Span(start, end))

    def _end_or_refuse(self, start: int) -> Token:
        """The end of the text; or the error that nothing begins here."""
        text = self.text
        if start >= len(text):
            return Token(Kind.END, "", len(text), len(text))
        sign = text[start]
        rest = Span(start, len(text))
        if sign in "\"'":
            what = "text" if sign == '"' else "name"
            inside = text.find("\\" + sign, start) >= 0
            hint = (
                f"a backslash that ends the {what} is doubled: `\\\\{sign}`" if inside else f"a {sign} ends the {what}"
            )
            raise TrawlError(Code.SYNTAX_ERROR, f"the {what} has no closing `{sign}`", hint=hint, span=rest)
        if text.startswith("```", start):
            raise TrawlError(Code.SYNTAX_ERROR, "the comment has no closing ` ``` `", span=rest)
        span = Span(start, start + 1)
        if sign == "`":
            hint = "a comment stands between three backticks"
            raise TrawlError(Code.SYNTAX_ERROR, "found a backtick, which means nothing here", hint=hint, span=span)
        reason = f"found `{sign}`, which means nothing here"
        raise TrawlError(Code.SYNTAX_ERROR, reason, hint=sign_hint(text, start), span=span)


def comments(text: str) -> list[Span]:
    """Where the comments of a text stand, in order."""
    return [Span(*found.span("comment")) for found in _COMMENTS.finditer(text) if found["comment"] is not None]


def _unescaped(text: str, quote: str) -> str:
    """What stands between quotes: a backslash escapes the quote and itself, and is one otherwise."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[1] if found[1] in ("\\", quote) else found[0], text)


def _no_number(text: str, span: Span) -> TrawlError:
    if len(text) > MOST_DIGITS:
        return TrawlError(Code.SYNTAX_ERROR, f"a number has more than {MOST_DIGITS} digits", span=span)
    shown = clip(text)
    if re.fullmatch(_DATE, text):
        hint = f'a time takes double quotes: "{shown}"'
        return TrawlError(Code.SYNTAX_ERROR, f"found the date `{shown}` without quotes", hint=hint, span=span)
    if _LENGTH.fullmatch(text):
        options = f"`span={shown}`, `earliest=-{shown}`"
        hint = f'a time before is `relative_time(now(), "-{shown}")`; options take a length alone: {options}'
        return TrawlError(
            Code.SYNTAX_ERROR, f"found the length of time `{shown}`, expected a value", hint=hint, span=span
        )
    hint = f"""a text takes double quotes: "{shown}"; a name that begins with a digit single ones: '{shown}'"""
    return TrawlError(Code.SYNTAX_ERROR, f"`{shown}` is neither a number nor a name", hint=hint, span=span)
