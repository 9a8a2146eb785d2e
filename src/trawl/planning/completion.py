"""What may be written at a place of a query: names of commands, sources, fields, functions, options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from trawl import commands, functions
from trawl.catalog.base import Catalog
from trawl.commands import documentation
from trawl.commands.base import Command
from trawl.errors import Span, TrawlError
from trawl.functions.base import Aggregation, Function
from trawl.language.spelling import name_text, run_text
from trawl.language.tokens import Scanner
from trawl.planning.drafts import columns_of
from trawl.planning.plan import Request
from trawl.planning.planner import plan
from trawl.schema import Schema

MOST: Final = 500
"""Suggestions of a kind: an editor shows a few of them, and asks again with more letters."""
_WORD: Final = re.compile(r"'[^']*|[\w@.*$][\w@.*$-]*")
_OPTION: Final = re.compile(r"\[?\b([a-z_]+)=")


class Suggested(StrEnum):
    """What a suggestion is."""

    COMMAND = "command"
    SOURCE = "source"
    FIELD = "field"
    FUNCTION = "function"
    AGGREGATION = "aggregation"
    OPTION = "option"


@dataclass(frozen=True)
class Suggestion:
    """Something that may be written.

    Attributes:
        text: as the query would have it. detail: a word about it: a type, a summary.
    """

    text: str
    kind: Suggested
    detail: str


@dataclass(frozen=True)
class Completion:
    """What may stand at a place.

    Attributes:
        span: the beginning of a word there, which a suggestion replaces.
    """

    span: Span
    suggestions: tuple[Suggestion, ...]


def complete(request: Request, position: int, catalog: Catalog) -> Completion:
    """What may be written at a place of a query, by what stands before it.

    Args:
        request: the query and its range.
        position: offset in the text.
    """
    before = request.text[:position]
    pipeline = _pipeline(before)
    stages = _stages(pipeline)
    current = stages[-1]
    word = _last_word(current)
    begun = current[: len(current) - len(word)].lstrip()
    if not begun:
        found = _commands(is_first=not "".join(stages[:-1]).strip())
    else:
        found = _arguments(request, pipeline[: len(pipeline) - len(current)].rstrip().removesuffix("|"), begun, catalog)
    sought = word.strip("'").lower()
    kept: dict[Suggested, list[Suggestion]] = {}
    for suggestion in found:
        if sought in suggestion.text.lower():
            kept.setdefault(suggestion.kind, []).append(suggestion)
    chosen = (
        suggestion
        for many in kept.values()
        for suggestion in sorted(many, key=lambda one: not one.text.lower().strip("'").startswith(sought))[:MOST]
    )
    return Completion(Span(position - len(word), position), tuple(chosen))


def _pipeline(text: str) -> str:
    """The text of the innermost query that a text ends in."""
    scanner = Scanner(text)
    opened = [0]
    place = 0
    while place < len(text):
        if text[place] == "[":
            opened.append(place + 1)
        elif text[place] == "]" and len(opened) > 1:
            opened.pop()
        place = scanner.skip_piece(place)
    return text[opened[-1] :]


def _stages(pipeline: str) -> list[str]:
    scanner = Scanner(pipeline)
    found, start = [], 0
    while (end := scanner.skip_command(start)) < len(pipeline):
        found.append(pipeline[start:end])
        start = end + 1
    return [*found, pipeline[start:]]


def _last_word(text: str) -> str:
    """The name that a text ends in the middle of; empty where it does not."""
    return next((match[0] for match in _WORD.finditer(text) if match[0] and match.end() == len(text)), "")


def _commands(*, is_first: bool) -> Iterator[Suggestion]:
    for command in commands.REGISTRY.values():
        if command.generates if not is_first else not (command.generates or command.may_begin):
            continue
        yield Suggestion(command.name, Suggested.COMMAND, _documented(command).summary)


@cache
def _documented(command: type[Command]) -> documentation.Documentation:
    return documentation.read(command.__doc__ or "")


def _arguments(request: Request, before: str, begun: str, catalog: Catalog) -> Iterator[Suggestion]:
    """What may stand within a command: of its synopsis the options, and what the words in capitals stand for."""
    command = commands.find(begun.split(None, 1)[0])
    if command is None:
        return
    synopsis = _documented(command).synopsis
    if command.name == "source":
        for name in catalog.names():
            yield Suggestion(run_text(name), Suggested.SOURCE, "")
    else:
        for column in _columns(request, before, catalog):
            yield Suggestion(name_text(column.name), Suggested.FIELD, column.type.name)
    if "MEASURE" in synopsis:
        yield from _functions(Aggregation, Suggested.AGGREGATION)
    if any(word in synopsis for word in ("EXPRESSION", "CONDITION", "MEASURE")):
        yield from _functions(Function, Suggested.FUNCTION)
    for option in dict.fromkeys(_OPTION.findall(synopsis)):
        yield Suggestion(f"{option}=", Suggested.OPTION, "")


def _columns(request: Request, before: str, catalog: Catalog) -> Schema:
    """The columns that the commands before give; none where they cannot be planned."""
    try:
        return columns_of(plan(replace(request, text=before, strict=False), catalog))
    except TrawlError:
        return Schema()


def _functions(kind: type[Function | Aggregation], suggested: Suggested) -> Iterator[Suggestion]:
    for family in functions.families().values():
        for member in family:
            if isinstance(member, kind) and not member.is_operator:
                yield Suggestion(member.name, suggested, member.summary)
