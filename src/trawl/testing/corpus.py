"""Cases of the corpus: Markdown that says what a query gives.

A case is a `##` heading and, below it, fenced blocks: one `query`; `input` (lines of JSON, the source `events`) where
it reads any, or `input NAME` for others, and `lookup NAME` (lines of JSON, or of CSV with a header), after which may
stand how it is matched, as JSON: `{"match": {"ip": "cidr"}, "case": false, "max_matches": 2}`; then one of
`rows ordered`, `rows` (in any order), `error`. Rows are lines of JSON, nulls left out; an error is its code, then lines
`hint: …` and `at: …` (the piece of the query that it points to). A block `warnings` lists the codes of notices.
`xfail: reason` in the text marks a known gap; `xfail ENGINE: reason` one of that engine alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trawl.algebra import How
from trawl.catalog.base import Rules
from trawl.values import Value

_BLOCK: Final = re.compile(r"^```(\w+)(?: +([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GAP: Final = re.compile(r"^xfail(?: (\w+))?: *(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Failure:
    """The error that a case expects: its code, its hint and the piece of the query that it points to, if told."""

    code: str
    hint: str | None
    at: str | None


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        name: its heading.
        path: the file.
        query: the text.
        inputs: the events of each source, as lines of JSON.
        lookups: the lines of each lookup, and its rules.
        rows: what comes out; None where an error is expected.
        is_ordered: whether the order of rows counts.
        error: the error expected.
        warnings: codes of the notices, sorted.
        gaps: reasons why it is known to fail, by engine; "" for all.
    """

    name: str
    path: Path
    query: str
    inputs: dict[str, tuple[bytes, ...]]
    lookups: dict[str, tuple[tuple[bytes, ...], Rules]]
    rows: tuple[dict[str, Value], ...] | None
    is_ordered: bool
    error: Failure | None
    warnings: tuple[str, ...]
    gaps: dict[str, str]


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a file. Raises ValueError, with the heading, for what is no case."""
    _, *sections = re.split(r"^## +(.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        try:
            yield _case(name.strip(), path, text)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{path.name}: {name.strip()}: {error}") from error


def _case(name: str, path: Path, text: str) -> Case:
    blocks: dict[str, tuple[str, str]] = {}
    inputs: dict[str, tuple[bytes, ...]] = {}
    lookups: dict[str, tuple[tuple[bytes, ...], Rules]] = {}
    for kind, rest, body in _BLOCK.findall(text):
        if kind == "input":
            inputs[rest or "events"] = tuple(line.encode() for line in _lines(body))
        elif kind == "lookup":
            named, _, rules = rest.partition(" ")
            lookups[named] = tuple(line.encode() for line in _lines(body)), _rules(**json.loads(rules or "{}"))
        elif kind in blocks:
            raise ValueError(f"two blocks of {kind}")
        else:
            blocks[kind] = rest, body
    unknown = blocks.keys() - {"query", "rows", "error", "warnings"}
    if unknown or ("rows" in blocks) == ("error" in blocks):
        raise ValueError(f"one of rows and error is expected, and no {sorted(unknown)}")
    order, rows = blocks.get("rows", ("", ""))
    return Case(
        name=name,
        path=path,
        query=blocks["query"][1].strip("\n"),
        inputs=inputs,
        lookups=lookups,
        rows=tuple(_row(line) for line in _lines(rows)) if "rows" in blocks else None,
        is_ordered=order == "ordered",
        error=_failure(blocks["error"][1]) if "error" in blocks else None,
        warnings=tuple(sorted(_lines(blocks.get("warnings", ("", ""))[1]))),
        gaps={engine: reason.strip() for engine, reason in _GAP.findall(_BLOCK.sub("", text))},
    )


def _rules(match: dict[str, str] | None = None, case: bool = True, max_matches: int = 10) -> Rules:
    return Rules({name: How(how) for name, how in (match or {}).items()}, not case, max_matches)


def _lines(body: str) -> list[str]:
    return [line for line in body.splitlines() if line.strip()]


def _row(line: str) -> dict[str, Value]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError(f"a row is a JSON object: {line}")
    return row


def _failure(body: str) -> Failure:
    code, *details = _lines(body)
    told = dict(detail.split(": ", 1) for detail in details)
    return Failure(code.strip(), told.get("hint"), told.get("at"))
