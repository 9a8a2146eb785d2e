"""The documentation is true: its examples run, its queries read, its generated pages are current."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import reference
from trawl import commands
from trawl.cli import build
from trawl.commands import documentation
from trawl.engines.reference import Reference
from trawl.schema import Schema
from trawl.testing import Events, plain, request, search
from trawl.testing.places import write_places
from trawl.values import Value, text_of

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "corpus" / "data"
README = ROOT / "README.md"
LANGUAGE = ROOT / "docs" / "language.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[object]:
    for command in reference.commands_of_tree():
        for number, example in enumerate(documentation.read(command.__doc__ or "").examples, 1):
            yield pytest.param(example, id=f"{command.name} {number}")


def blocks(language: str) -> list[str]:
    """What stands in the README between fences of this language."""
    return [text for found, text in FENCE.findall(README.read_text(encoding="utf-8")) if found == language]


def shown() -> Iterator[object]:
    """The queries of the page about the language, each with the table below it."""
    found = FENCE.findall(LANGUAGE.read_text(encoding="utf-8"))
    for number, ((_, query), (_, table)) in enumerate(zip(found[::2], found[1::2], strict=True), 1):
        yield pytest.param(documentation.Example("", query.strip(), table.rstrip()), id=f"language {number}")


def command_lines() -> list[str]:
    return [line for text in blocks("sh") for line in text.splitlines() if line.startswith("trawl ")]


def cell(value: Value) -> str:
    """A value as an example's table shows it."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return text_of(value)


def rows(schema: Schema, found: list[dict[str, Value]]) -> list[list[str]]:
    return [list(schema.names), *([cell(row.get(name)) for name in schema.names] for row in found)]


@pytest.mark.parametrize("example", [*examples(), *shown()])
def test_an_example_gives_its_table(example: documentation.Example, tmp_path: Path) -> None:
    events = Events(tmp_path)
    for path in DATA.glob("*.ndjson"):
        events.add(path.stem, path.read_bytes().splitlines())
    for path in DATA.glob("lookups/*.csv"):
        events.add_lookup(path.stem, path.read_bytes().splitlines())
    events.add_places(write_places(tmp_path / "places.mmdb"))
    outcome = search(Reference(), request(example.query), events)
    expected = [[part.strip() for part in line.split("|")] for line in example.table.splitlines()]
    assert rows(outcome.schema, outcome.rows) == expected


def test_every_command_is_documented() -> None:
    for command in reference.commands_of_tree():
        found = documentation.read(command.__doc__ or "")
        assert found.summary.endswith("."), command.name
        assert found.synopsis, command.name
        assert found.examples, command.name
        assert all(example.table for example in found.examples), command.name


def test_the_reference_is_current() -> None:
    assert reference.stale(reference.pages()) == []


@pytest.mark.parametrize("text", blocks("query"))
def test_a_query_of_the_readme_is_read(text: str) -> None:
    assert commands.write(commands.read(text.strip()))


@pytest.mark.parametrize("line", command_lines())
def test_a_command_line_of_the_readme_is_known(line: str) -> None:
    known = {found.name or getattr(found.callback, "__name__", "") for found in build().registered_commands}
    known |= {group.name for group in build().registered_groups}
    assert line.split()[1] in known
