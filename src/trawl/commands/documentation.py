"""Reads the docstring of a command: a sentence, words, a synopsis, examples that can be run."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Final

_SECTION: Final = re.compile(r"^(Synopsis|Examples):$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A query and the rows that it gives.

    Attributes:
        words: what it shows.
        query: the query, of one line or several.
        table: the rows as text, cells between ` | `, names first; empty where rows are not shown.
    """

    words: str
    query: str
    table: str


@dataclass(frozen=True)
class Documentation:
    """What a docstring says.

    Attributes:
        summary: the first sentence or paragraph. words: the paragraphs after it.
        synopsis: how the command is written; a line a form.
    """

    summary: str
    words: str
    synopsis: str
    examples: tuple[Example, ...]


def read(docstring: str) -> Documentation:
    """Takes a docstring apart. What stands before `Synopsis:` and after the sections' indented lines is words."""
    text = inspect.cleandoc(docstring)
    sections = {"": "", "Synopsis": "", "Examples": ""}
    name = ""
    lines: list[str] = []
    for line in [*text.splitlines(), "Synopsis:"]:
        found = _SECTION.match(line)
        if found or (name and line and not line.startswith(" ")):
            sections[name] += "\n".join(lines) + "\n"
            name, lines = (found[1], []) if found else ("", [line])
        else:
            lines.append(line)
    summary, _, words = sections[""].strip().partition("\n\n")
    return Documentation(
        summary=" ".join(summary.split()),
        words=words.strip(),
        synopsis=inspect.cleandoc("\n" + sections["Synopsis"]),
        examples=tuple(_examples(inspect.cleandoc("\n" + sections["Examples"]))),
    )


def _examples(text: str) -> list[Example]:
    found: list[Example] = []
    words: list[str] = []
    query: list[str] = []
    table: list[str] = []

    def close() -> None:
        if query:
            found.append(Example("\n".join(words).strip(), "\n".join(query), "\n".join(table)))
        words.clear()
        query.clear()
        table.clear()

    for line in text.splitlines():
        if line.startswith(">>> "):
            if query:
                close()
            query.append(line[4:])
        elif line.startswith("... ") and query and not table:
            query.append(line[4:])
        elif query and line.strip():
            table.append(line.rstrip())
        elif query:
            close()
        else:
            words.append(line)
    close()
    return found
