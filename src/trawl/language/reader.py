"""A query's text to its tree: finds the commands, lets each read itself, reports several errors together."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from trawl.errors import Code, Span, TrawlError
from trawl.language.cursor import Cursor, nearest_hint
from trawl.language.tokens import Kind, Token
from trawl.language.tree import Query, Stage
from trawl.language.writer import Writer

MOST_BYTES: Final = 1 << 20
MOST_COMMANDS: Final = 1_000
MOST_ERRORS: Final = 20
"""After so many errors the rest of a query is not looked at."""
_LONG: Final = 1 << 16
"""Texts from so many signs on are read without collections of garbage."""


class Readable(Protocol):
    """A command as the reader knows it: something that takes itself from the text."""

    def read(self, cursor: Cursor, name: Token) -> Stage:
        """Takes the command from just after its name up to the next `|` or the end."""


@dataclass(frozen=True)
class Vocabulary:
    """The commands that there are, and what to say of words that are none.

    Attributes:
        commands: by every name and alias, lower case.
        habits: hints for words of other languages, lower case.
        beginning: how a query begins, the hint where its first word is no command.
    """

    commands: Mapping[str, Readable]
    habits: Mapping[str, str] = field(default_factory=dict)
    beginning: str = ""


def read(text: str, vocabulary: Vocabulary) -> Query:
    """The tree of a query.

    Raises:
        TrawlError: the first error in the text, with those of the commands after it as its `others`.
            `BODY_TOO_LARGE` beyond 1 MiB, `QUERY_TOO_LARGE` beyond 1,000 commands.
    """
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise TrawlError(Code.BODY_TOO_LARGE, "the query is larger than 1 MiB")
    with _uncollected(text):
        return _read(text, vocabulary)


@contextmanager
def _uncollected(text: str) -> Iterator[None]:
    """Pauses the collector for a long text: a tree has no cycles, and it would be walked over and over as it grows."""
    pauses = len(text) >= _LONG and gc.isenabled()
    if pauses:
        gc.disable()
    try:
        yield
    finally:
        if pauses:
            gc.enable()


def _read(text: str, vocabulary: Vocabulary) -> Query:
    cursor = Cursor(text)
    stages: list[Stage] = []
    errors: list[TrawlError] = []
    start = cursor.scanner.skip_blanks(0)
    cursor.position = start + 1 if text.startswith("|", start) else start
    while True:
        start = cursor.position
        try:
            stages.append(_read_command(cursor, vocabulary, is_first=not stages and not errors))
            if cursor.peek().kind is Kind.END:
                break
        except TrawlError as error:
            errors.append(error)
            cursor.position = cursor.scanner.skip_command(start)
            is_open = error.span is not None and error.span.end >= len(text)
            if is_open or cursor.position >= len(text) or len(errors) >= MOST_ERRORS:
                break
        bar = cursor.take(cursor.peek())
        if len(stages) + len(errors) >= MOST_COMMANDS:
            raise TrawlError(Code.QUERY_TOO_LARGE, f"the query has more than {MOST_COMMANDS:,} commands", span=bar.span)
    if errors:
        first = errors[0]
        raise TrawlError(first.code, first.reason, hint=first.hint, span=first.span, others=errors[1:])
    return Query(tuple(stages), text, tuple(cursor.notices))


def write(query: Query) -> str:
    """The canonical text of a query: read again, it gives the same tree."""
    writer = Writer()
    for position, stage in enumerate(query.commands):
        if position:
            writer.word("|")
        stage.write(writer)
    return writer.text


def _read_command(cursor: Cursor, vocabulary: Vocabulary, *, is_first: bool) -> Stage:
    name = cursor.peek()
    if name.kind is Kind.END or name.is_mark("|"):
        hint = vocabulary.beginning if is_first else "a bar stands only between two commands; OR is how `||` is written"
        raise cursor.surprise("a command", hint)
    command = vocabulary.commands.get(name.text.lower()) if name.kind is Kind.WORD else None
    if command is None or cursor.after(name).is_mark("="):
        raise _unknown(cursor, name, vocabulary, is_first)
    cursor.take(name)
    stage = command.read(cursor, name)
    if not cursor.at_end() or cursor.peek().is_mark("]"):
        raise cursor.surprise("`|` or the end of the query")
    return stage


def _unknown(cursor: Cursor, name: Token, vocabulary: Vocabulary, is_first: bool) -> TrawlError:
    word = name.text.lower()
    hint = vocabulary.habits.get(word) or nearest_hint(word, vocabulary.commands)
    if is_first:
        hint = vocabulary.habits.get(word) or (f"{hint} {vocabulary.beginning}" if hint else vocabulary.beginning)
    if name.kind is Kind.WORD and not cursor.after(name).is_mark("="):
        return TrawlError(Code.UNKNOWN_COMMAND, f"there is no command {name}", hint=hint, span=name.span)
    end = cursor.after(name).span.end if name.kind is Kind.WORD else name.span.end
    found = cursor.scanner.text[name.span.start : end] if name.kind is Kind.WORD else str(name)
    return TrawlError(
        Code.SYNTAX_ERROR, f"found `{found}`, expected a command", hint=hint or None, span=Span(name.span.start, end)
    )
