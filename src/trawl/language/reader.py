"""A query's text to its tree: finds the commands, lets each read itself, reports several errors together."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from trawl.errors import Code, Span, TrawlError, clip, nearest_hint
from trawl.language.cursor import Cursor
from trawl.language.habits import MARKS, word_hint
from trawl.language.searches import KEYWORDS
from trawl.language.tokens import Kind, Token
from trawl.language.tree import Query, Stage
from trawl.language.writer import Writer

MOST_BYTES: Final = 1 << 20
"""Of a query's text, in UTF-8."""
MOST_COMMANDS: Final = 1_000
MOST_NESTED: Final = 20
"""Subqueries within subqueries."""
MOST_ERRORS: Final = 20
"""After so many errors the rest of a query is not looked at."""
_LONG: Final = 1 << 16
"""Texts from so many signs on are read without collections of garbage."""


_UNCLOSED: Final = "a subquery ends with its bracket: `append [ source NAME ]`"


class Readable(Protocol):
    """A command as the reader knows it: something that takes itself from the text."""

    def read(self, cursor: Cursor, name: Token) -> Stage:
        """Takes the command from just after its name up to the next `|` or the end."""


@dataclass(frozen=True)
class Vocabulary:
    """The commands that there are, and what to say of words that are none.

    Attributes:
        commands: by every name and alias, lower case.
        habits: hints for words of other languages, lower case; `{}` in one is for the word that follows.
        beginning: how a query begins, the hint where it does not.
        searched: the hint where a query begins with what it looks for, with `{}` for that.
        functions: hints for names of functions, lower case.
    """

    commands: Mapping[str, Readable]
    habits: Mapping[str, str] = field(default_factory=dict)
    beginning: str = ""
    searched: str = "{}"
    functions: Mapping[str, str] = field(default_factory=dict)


def read(text: str, vocabulary: Vocabulary) -> Query:
    """The tree of a query.

    Raises:
        TrawlError: the first error in the text, with those of the commands after it as its `others`.
            `BODY_TOO_LARGE` beyond 1 MiB, `QUERY_TOO_LARGE` beyond 1,000 commands.
    """
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise TrawlError(Code.BODY_TOO_LARGE, "the query is larger than 1 MiB")
    with uncollected(text):
        return _Reading(text, vocabulary).query()


@contextmanager
def uncollected(text: str) -> Iterator[None]:
    """Pauses the collector while a long text becomes a tree, which has no cycles and would be walked as it grows."""
    pauses = len(text) >= _LONG and gc.isenabled()
    if pauses:
        gc.disable()
    try:
        yield
    finally:
        if pauses:
            gc.enable()


def write(query: Query) -> str:
    """The canonical text of a query: read again, it gives the same tree."""
    writer = Writer()
    writer.pipeline(query)
    return writer.text


class _Reading:
    """The reading of one text: how many commands it has so far, and how deep subqueries nest."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._cursor = Cursor(text, self._subquery)
        self._commands = 0
        self._depth = 0

    def query(self) -> Query:
        """The whole text. After an error it goes on with the next command, to tell of as many as it can."""
        cursor, text = self._cursor, self._text
        stages: list[Stage] = []
        errors: list[TrawlError] = []
        self._skip_first_bar()
        while True:
            start = cursor.position
            try:
                stages.append(self._command(is_first=not stages and not errors))
                if cursor.peek().kind is Kind.END:
                    break
            except TrawlError as error:
                errors.append(error)
                start += text.startswith("|", start)  # the second of two bars parts nothing
                cursor.position = cursor.scanner.skip_command(start)
                if error.span is not None and error.span.end > cursor.position:  # what is at fault holds a bar
                    cursor.position = cursor.scanner.skip_command(error.span.end)
                self._depth = 0
                is_open = error.span is not None and error.span.end >= len(text)
                if is_open or cursor.position >= len(text) or len(errors) >= MOST_ERRORS:
                    break
            self._count(cursor.take(cursor.peek()))
        if errors:
            first = errors[0]
            raise TrawlError(first.code, first.reason, hint=first.hint, span=first.span, others=errors[1:])
        return Query(tuple(stages), text, tuple(cursor.notices))

    def _subquery(self) -> Query:
        """A query in square brackets, the first of which is next."""
        cursor = self._cursor
        opening = cursor.take(cursor.peek())
        if self._depth >= MOST_NESTED:
            raise TrawlError(Code.QUERY_TOO_DEEP, f"subqueries nest more than {MOST_NESTED} deep", span=opening.span)
        self._depth += 1
        stages: list[Stage] = []
        bar = opening
        self._skip_first_bar()
        while True:
            self._count(bar)
            stages.append(self._command(is_first=not stages))
            following = cursor.peek()
            if following.kind is Kind.END:
                raise TrawlError(
                    Code.SYNTAX_ERROR, "the subquery has no closing `]`", hint=_UNCLOSED, span=opening.span
                )
            bar = cursor.take(following)
            if bar.is_mark("]"):
                self._depth -= 1
                return Query(tuple(stages), span=cursor.span_from(opening))

    def _skip_first_bar(self) -> None:
        cursor = self._cursor
        cursor.position = cursor.scanner.skip_blanks(cursor.position)
        cursor.position += self._text.startswith("|", cursor.position)

    def _count(self, bar: Token) -> None:
        self._commands += 1
        if self._commands >= MOST_COMMANDS:
            raise TrawlError(Code.QUERY_TOO_LARGE, f"the query has more than {MOST_COMMANDS:,} commands", span=bar.span)

    def _command(self, *, is_first: bool) -> Stage:
        cursor, vocabulary = self._cursor, self._vocabulary
        name = cursor.peek()
        if name.kind is Kind.END or name.is_mark("|", "]"):
            raise _missing(cursor, name, vocabulary, is_first)
        command = vocabulary.commands.get(name.word)
        if command is None or (is_first and cursor.after(name).is_mark("=")):
            raise _unknown(cursor, name, vocabulary, is_first)
        cursor.take(name)
        stage = command.read(cursor, name)
        if not cursor.at_end() or (cursor.peek().is_mark("]") and not self._depth):
            ending = "`|` or `]`" if self._depth else "`|` or the end of the query"
            raise cursor.surprise(ending, _following(cursor.peek(), vocabulary))
        return stage


def _following(token: Token, vocabulary: Vocabulary) -> str | None:
    """What is meant by what follows a whole command."""
    if token.word in vocabulary.commands:
        return f"a bar goes before a command: `| {token.word} …`"
    if token.kind in (Kind.WORD, Kind.STRING, Kind.NAME):
        return word_hint(token.text) or _before_bar(token.word, vocabulary)
    return MARKS.get(token.text)


def _before_bar(word: str, vocabulary: Vocabulary) -> str:
    habit = vocabulary.habits.get(word)
    if habit:
        return f"a bar goes before a command, and {habit.format('NAME')}"
    return "nothing more belongs to the command, another follows a bar"


def _missing(cursor: Cursor, token: Token, vocabulary: Vocabulary, is_first: bool) -> TrawlError:
    """The error that no command stands after a bar."""
    if is_first:
        return cursor.surprise("a command", vocabulary.beginning)
    bar = cursor.position - 1
    if token.kind is Kind.END or token.is_mark("]"):
        found = "`]`" if token.is_mark("]") else "the end of the query"
        reason, hint = f"found {found} after `|`, expected a command", "the last bar is left out"
        return TrawlError(Code.SYNTAX_ERROR, reason, hint=hint, span=Span(bar, bar + 1))
    hint = "a bar stands only between two commands"
    if token.start > cursor.position:
        return cursor.surprise("a command", hint)
    reason = "found `||`, expected one bar or OR"
    hint = f"{hint}; OR is how `||` is written, and texts are joined by ` . `"
    return TrawlError(Code.SYNTAX_ERROR, reason, hint=hint, span=Span(bar, token.end))


def _unknown(cursor: Cursor, name: Token, vocabulary: Vocabulary, is_first: bool) -> TrawlError:
    is_assigned = name.kind is Kind.WORD and cursor.after(name).is_mark("=")
    end = cursor.after(name).end if is_assigned else name.end
    value = cursor.after(cursor.after(name)) if is_assigned else cursor.after(name)
    is_name = value.kind in (Kind.WORD, Kind.STRING) and value.word not in KEYWORDS
    meant = value.text if is_name else "NAME"
    habit = vocabulary.habits.get(name.word)
    hint = word_hint(name.text) or (habit.format(clip(meant)) if habit else None)
    if is_first and not hint:
        near = "" if is_assigned else nearest_hint(name.word, vocabulary.commands, 0.75)
        scanner = cursor.scanner
        closing = scanner.skip_bracket(name.start) or len(scanner.text)  # of a subquery
        sought = scanner.text[name.start : min(closing, scanner.skip_command(name.start))]
        if sought.startswith("{"):  # labels of a stream
            sought = sought[1:].partition("}")[0]
        hint = (
            f"{near} {vocabulary.beginning}" if near else vocabulary.searched.format(clip(" ".join(sought.split()), 80))
        )
    if name.kind is Kind.WORD and not is_assigned:
        if not hint and value.is_mark("<", "<=", ">", ">=", "!="):
            hint = f"what is looked for follows `search`: `| search {clip(name.text)}{value.text}…`"
        if not hint and name.text == "~":
            hint = 'a regular expression is asked for by `regex "…"`'
        if not hint and value.is_mark("(") and value.start == name.end and name.word.isidentifier():
            hint = f"what is computed gets a name: `eval a = {clip(name.text)}(…)`"
        hint = hint or vocabulary.functions.get(name.word) or nearest_hint(name.word, vocabulary.commands)
        return TrawlError(Code.UNKNOWN_COMMAND, f"there is no command {name}", hint=hint, span=name.span)
    found = clip(cursor.scanner.text[name.start : end]) if is_assigned else str(name).strip("`")
    shown = f"{found}…" if name.kind in (Kind.WORD, Kind.NAME) else "…"
    hint = hint or f"what is looked for follows `search`: `| search {shown}`"
    return TrawlError(Code.SYNTAX_ERROR, f"found `{found}`, expected a command", hint=hint, span=Span(name.start, end))
