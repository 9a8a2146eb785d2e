"""What may be written at a place of a query: names of commands, sources, fields, functions, words of a command.

What a command takes is read from its synopsis (`commands.synopsis`); this module knows no command by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from trawl import commands, functions
from trawl.catalog.base import LOOKUP, Catalog
from trawl.commands import documentation, synopsis
from trawl.commands.base import Command
from trawl.commands.expectations import NOTHING, Expectations, expected
from trawl.errors import Span, TrawlError
from trawl.functions.base import Aggregation, Function
from trawl.language.macros import expand
from trawl.language.reader import MOST_NESTED
from trawl.language.spelling import name_text, run_text
from trawl.language.tails import word_start
from trawl.language.tokens import Grain, Kind, Scanner
from trawl.planning.drafts import columns_of
from trawl.planning.plan import Request
from trawl.planning.planner import plan
from trawl.schema import Schema

MOST: Final = 500
"""Suggestions of a kind: an editor shows a few of them, and asks again with more letters."""


class Suggested(StrEnum):
    """What a suggestion is."""

    COMMAND = "command"
    WORD = "word"
    VALUE = "value"
    SOURCE = "source"
    LOOKUP = "lookup"
    FIELD = "field"
    OPTION = "option"
    OPERATOR = "operator"
    AGGREGATION = "aggregation"
    FUNCTION = "function"


@dataclass(frozen=True)
class Suggestion:
    """Something that may be written.

    Attributes:
        text: as the query would have it. detail: a word about it: a type, a summary.
    """

    text: str
    kind: Suggested
    detail: str = ""


@dataclass(frozen=True)
class Completion:
    """What may stand at a place.

    Attributes:
        span: the beginning of a word there, which a suggestion replaces.
        suggestions: first those that begin with that, then those that hold it; among them words of the command, then
            names, options, operators, functions.
    """

    span: Span
    suggestions: tuple[Suggestion, ...]


def complete(request: Request, position: int, catalog: Catalog) -> Completion:
    """What may be written at a place of a query, by what stands before it; nothing within a text or a comment.

    Args:
        request: the query and its range.
        position: offset in the text.
    """
    start = word_start(request.text[:position])
    if start is None:
        return Completion(Span(position, position), ())
    word = request.text[start:position]
    place = _Place.of(request, request.text[:start], catalog)
    found = _chosen(place.suggestions(), word)
    minus = word.rfind("-") + 1
    if not found and minus and place.is_computed:  # a difference, of which the second number is being written
        start, found = start + minus, _chosen(place.suggestions(), word[minus:])
    return Completion(Span(start, position), found)


def _chosen(suggestions: Iterable[Suggestion], word: str) -> tuple[Suggestion, ...]:
    """Those that hold a word, those that begin with it first; of each kind as many as an editor shows."""
    sought = word.strip("'").lower()
    found: dict[tuple[bool, Suggested], list[Suggestion]] = {}
    for suggestion in dict.fromkeys(suggestions):
        text = suggestion.text.strip("'").lower()
        if sought in text:
            found.setdefault((not text.startswith(sought), suggestion.kind), []).append(suggestion)
    order = list(Suggested)
    left = dict.fromkeys(order, MOST)
    chosen: list[Suggestion] = []
    for rank in sorted(found, key=lambda rank: (rank[0], order.index(rank[1]))):
        many = found[rank][: left[rank[1]]]
        left[rank[1]] -= len(many)
        chosen += many
    return tuple(chosen)


@dataclass(frozen=True)
class _Place:
    """A place of a query at which a word begins.

    Attributes:
        before: the commands before its own, as a query.
        command: its own; None where there is none of that name, or the name is to be written.
        begun: what stands between the name and the place; None where the name is to be written.
        is_first: whether the command is the first of its query.
    """

    request: Request
    catalog: Catalog
    before: str
    command: type[Command] | None
    begun: str | None
    is_first: bool

    @classmethod
    def of(cls, request: Request, text: str, catalog: Catalog) -> _Place:
        """The place after a text."""
        with suppress(TrawlError):  # where it is not known what the call of a macro stands for, nothing will fit it
            text = expand(text, request.macros)[0].text
        return cls._within(request, text, _opened(text), catalog)

    @classmethod
    def _within(cls, request: Request, text: str, opened: list[int], catalog: Catalog) -> _Place:
        """The place after a text in which brackets were opened."""
        pipeline = text[opened[-1] + 1 :] if opened else text
        stages = _stages(pipeline)
        name, begun = _name(stages[-1])
        before = pipeline[: len(pipeline) - len(stages[-1])].rstrip().removesuffix("|")
        is_first = not before.strip()
        if 0 < len(opened) <= MOST_NESTED:
            around = cls._within(request, text[: opened[-1]], opened[:-1], catalog)
            nested = around.grammar.nested if around.grammar else None
            if nested is not None and nested.goes_on:
                before, is_first = f"{around.before} | {before}" if before.strip() else around.before, False
        return cls(request, catalog, before, commands.find(name), begun, is_first)

    @property
    def grammar(self) -> synopsis.Synopsis | None:
        """How its command is written."""
        return _grammar(self.command) if self.command else None

    @property
    def is_computed(self) -> bool:
        """Whether an expression goes on here."""
        return "EXPRESSION" in self._expected.slots

    @property
    def _expected(self) -> Expectations:
        return expected(self.begun or "", self.grammar) if self.grammar else NOTHING

    def suggestions(self) -> Iterator[Suggestion]:
        """What may be written here."""
        if self.begun is None:
            return _commands(is_first=self.is_first)
        return self._arguments(self._expected)

    def _arguments(self, wanted: Expectations) -> Iterator[Suggestion]:
        """What may stand within a command."""
        for word in wanted.words:
            yield Suggestion(word, Suggested.WORD)
        for value in wanted.values:
            yield Suggestion(value, Suggested.VALUE)
        for word in wanted.called:
            yield Suggestion(word, Suggested.FUNCTION)
        for slot in wanted.slots:
            yield from self._named(slot, wanted.tables)
        for option in wanted.options:
            yield Suggestion(f"{option}=", Suggested.OPTION)
        for operator in wanted.operators:
            yield Suggestion(operator, Suggested.OPERATOR)

    def _named(self, slot: str, tables: tuple[str, ...]) -> Iterator[Suggestion]:
        """What a word in capitals of a synopsis stands for."""
        match slot:
            case "SOURCE":
                yield from (Suggestion(run_text(name), Suggested.SOURCE) for name in self.catalog.names())
            case "INDEX":
                sources = ((name, self.catalog.source(name)) for name in self.catalog.names())
                indices = (name for name, source in sources if source is not None and not source.is_mounted)
                yield from (Suggestion(run_text(name), Suggested.SOURCE) for name in indices)
            case "LOOKUP":
                yield from (Suggestion(run_text(name), Suggested.LOOKUP) for name in self.catalog.lookups())
            case "COLUMN":
                columns = list(self._fields_of(LOOKUP + name for name in tables))
                yield from columns or _fields(self._columns())
            case "FIELD" if self.command is not None and self.command.generates:
                yield from self._fields_of(tables)
            case "FIELD" | "TERM":
                yield from _fields(self._columns())
            case "EXPRESSION":
                yield from _fields(self._columns())
                yield from _functions(Function, Suggested.FUNCTION)
            case "MEASURE":
                yield from _functions(Aggregation, Suggested.AGGREGATION)

    def _fields_of(self, names: Iterable[str]) -> Iterator[Suggestion]:
        """The fields of sources and lookups, those of them that there are."""
        for source in map(self.catalog.source, names):
            if source is not None:
                yield from _fields(source.schema)

    def _columns(self) -> Schema:
        """The columns that the commands before give; none where they cannot be planned."""
        try:
            return columns_of(plan(replace(self.request, text=self.before, strict=False), self.catalog))
        except TrawlError:
            return Schema()


def _name(stage: str) -> tuple[str, str | None]:
    """The name of a command that is being written, and what follows; None for that where the name is yet to come."""
    try:
        token = Scanner(stage).token(0, Grain.RUN)
    except TrawlError:
        return "", ""
    return (token.word, stage[token.end :]) if token.kind is not Kind.END else ("", None)


def _opened(text: str) -> list[int]:
    """Where the square brackets stand that a text opens and does not close."""
    scanner = Scanner(text)
    opened: list[int] = []
    place = 0
    while place < len(text):
        if text[place] == "[":
            opened.append(place)
        elif text[place] == "]" and opened:
            opened.pop()
        place = scanner.skip_piece(place)
    return opened


def _stages(pipeline: str) -> list[str]:
    scanner = Scanner(pipeline)
    found, start = [], 0
    while (end := scanner.skip_command(start)) < len(pipeline):
        found.append(pipeline[start:end])
        start = end + 1
    return [*found, pipeline[start:]]


@cache
def _documented(command: type[Command]) -> documentation.Documentation:
    return documentation.read(command.__doc__ or "")


@cache
def _grammar(command: type[Command]) -> synopsis.Synopsis:
    return synopsis.read(_documented(command).synopsis)


def _commands(*, is_first: bool) -> Iterator[Suggestion]:
    for command in commands.REGISTRY.values():
        if command.generates if not is_first else not (command.generates or command.may_begin):
            continue
        yield Suggestion(command.name, Suggested.COMMAND, _documented(command).summary)


def _fields(columns: Schema) -> Iterator[Suggestion]:
    for column in columns:
        yield Suggestion(name_text(column.name), Suggested.FIELD, column.type.name)


def _functions(kind: type[Function | Aggregation], suggested: Suggested) -> Iterator[Suggestion]:
    for family in functions.families().values():
        for member in family:
            if isinstance(member, kind) and not member.is_operator:
                yield Suggestion(member.name, suggested, member.summary)
