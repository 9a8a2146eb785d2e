"""What is suggested while a query is written: `completion.md` tells, and every query that is read bears it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from trawl import commands
from trawl.catalog.base import Source
from trawl.commands import documentation, synopsis
from trawl.commands.base import Command
from trawl.errors import TrawlError
from trawl.language.tokens import Grain, Kind, Scanner, Token
from trawl.language.tree import Query
from trawl.planning.completion import MOST, Completion, Suggested, complete
from trawl.settings.process import Macro
from trawl.testing import Events, read_cases, request

PAGE = Path(__file__).parent / "completion.md"
CORPUS = Path(__file__).parent.parent / "corpus" / "commands"
CURSOR = "‸"
MACROS = {
    "errors": Macro(definition="where status >= 500"),
    "counted": Macro(definition="stats count as n by $field$", args=("field",)),
}


def told() -> list[tuple[str, str]]:
    """The queries of the page, each up to the cursor, and what is suggested there."""
    text = "\n".join(re.findall(r"^```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    return [(found[1].lstrip("\n"), found[2]) for found in re.finditer(rf"([^{CURSOR}]*){CURSOR} → (.+)", text)]


@dataclass
class Mounted(Events):
    """A catalog of which one source is of mounted files."""

    def source(self, name: str) -> Source | None:
        found = super().source(name)
        return replace(found, is_mounted=True) if found and name == "disk" else found


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Events:
    found = Mounted(tmp_path_factory.mktemp("events"))
    found.add("web", [{"host": "a", "status": 200, "bytes": 3, "odd name": "x"}])
    found.add("app-log", [{"level": "info"}])
    found.add("disk", [{"free": 1}])
    found.add_lookup("hosts", [b"host,owner,site", b"a,ann,Berlin"])
    return found


def completed(query: str, catalog: Events) -> Completion:
    return complete(replace(request(query), macros=MACROS), len(query), catalog)


@pytest.mark.parametrize(("query", "suggested"), told())
def test_what_the_page_tells_is_suggested(query: str, suggested: str, catalog: Events) -> None:
    found = [suggestion.text for suggestion in completed(query, catalog).suggestions]
    first = [] if suggested == "nothing" else suggested.removesuffix(", …").split(", ")
    assert found[: len(first)] == first
    assert (len(found) > len(first)) == suggested.endswith(", …")


def test_the_page_tells_of_every_command() -> None:
    written = {name for query, _ in told() for name in re.findall(r"(?:^|[|\[])\s*(\w+)\s", query)}
    assert set(commands.REGISTRY) - written == set()


@pytest.mark.parametrize(
    ("query", "replaced"),
    [
        ("source web | where st", "st"),
        ("source web | table 'odd n", "'odd n"),
        ("source app-l", "app-l"),
        ("source web | where bytes-st", "st"),
        ("source web | sort -by", "by"),
        ("source web | dedup host keepempty=tr", "tr"),
        ("source web | where len(", ""),
        ('source web | search a="st', ""),
    ],
)
def test_what_is_replaced_is_the_beginning_of_a_word(query: str, replaced: str, catalog: Events) -> None:
    span = completed(query, catalog).span
    assert (query[span.start : span.end], span.end) == (replaced, len(query))


def test_only_so_many_of_a_kind_are_suggested(tmp_path: Path) -> None:
    events = Events(tmp_path)
    events.add("wide", [{f"f{number}": 1 for number in range(MOST + 100)}])
    query = "source wide | dedup f1 f"
    found = [suggestion.kind for suggestion in completed(query, events).suggestions]
    assert found.count(Suggested.FIELD) == MOST
    assert Suggested.OPTION not in found


def test_a_text_of_many_brackets_or_quotes_is_answered(catalog: Events) -> None:
    for piece in ("[", "foreach a [ ", "('", "a=(", "eval a=("):
        assert completed("source web | chart " + piece * 1_000, catalog) is not None


# --- every query that is read ------------------------------------------------------------------------------------


def queries() -> Iterator[str]:
    """Those of the reference and of the corpus that are no longer than people write."""
    for command in commands.REGISTRY.values():
        yield from (example.query for example in documentation.read(command.__doc__ or "").examples)
    for path in sorted(CORPUS.glob("*.md")):
        yield from (case.query for case in read_cases(path) if case.error is None and len(case.query) < 1_000)


def stages(query: Query) -> Iterator[Command]:
    """The commands of a query and of those within it."""
    for stage in query.commands:
        assert isinstance(stage, Command)
        yield stage
        for subquery in stage.subqueries:
            yield from stages(subquery)


def words(text: str, command: Command) -> Iterator[Token]:
    """What stands in a command after its name, but in square brackets, as far as it consists of words."""
    scanner = Scanner(text[: command.span.end])
    token = scanner.token(command.span.start, Grain.RUN)
    while token.kind is not Kind.END:
        closing = scanner.skip_bracket(token.end) if token.is_mark("[") else None
        try:
            token = scanner.token(token.end if closing is None else closing + 1, Grain.RUN)
        except TrawlError:  # what only expressions know
            return
        yield token


@cache
def grammar(command: type[Command]) -> synopsis.Synopsis:
    return synopsis.read(documentation.read(command.__doc__ or "").synopsis)


UNTOLD = {"global"}
"""Options that are read and make no difference."""


def test_words_and_options_are_suggested_where_queries_have_them(tmp_path: Path) -> None:
    events = Events(tmp_path)
    missing = []
    for text in queries():
        for command in stages(commands.read(text)):
            known = grammar(type(command))
            for token in words(text, command):
                is_option = re.match(r"\s*=", text[token.end :]) is not None
                wanted = f"{token.word}=" if is_option and token.word in known.options else token.word
                if not (token.word in known.words or wanted.endswith("=")):
                    continue
                found = complete(request(text), token.start, events).suggestions
                if wanted not in {suggestion.text for suggestion in found}:
                    missing.append(text[command.span.start : token.start] + f"{CURSOR} → {wanted}")
    assert missing == []


def test_options_that_examples_have_are_in_the_synopsis() -> None:
    for command in commands.REGISTRY.values():
        known = grammar(command)
        for example in documentation.read(command.__doc__ or "").examples:
            found = [stage for stage in stages(commands.read(example.query)) if type(stage) is command]
            text = " ".join(example.query[stage.span.start : stage.span.end] for stage in found)
            keys = set(re.findall(r"\b([a-z_]+)=", text)) if known.options else set()
            assert keys - UNTOLD <= set(known.options), command.name


def test_what_is_suggested_is_read() -> None:
    """After a suggested word or option, the reader finds nothing wrong but that the query ends."""
    refused = []
    events = Events(Path())
    for command in commands.REGISTRY.values():
        for example in documentation.read(command.__doc__ or "").examples:
            for stage in commands.read(example.query).commands:
                assert isinstance(stage, Command)
                for token in words(example.query, stage):
                    before = example.query[: token.start].rstrip() + " "
                    refused += [text for text in suggested_after(before, events) if is_refused(text, len(before))]
    assert refused == []


def suggested_after(before: str, events: Events) -> Iterator[str]:
    for suggestion in complete(request(before), len(before), events).suggestions:
        if suggestion.kind in (Suggested.WORD, Suggested.OPTION):
            yield before + suggestion.text


def is_refused(text: str, start: int) -> bool:
    try:
        commands.read(text)
    except TrawlError as error:
        return error.span is not None and start <= error.span.start < len(text)
    return False
