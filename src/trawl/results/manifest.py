"""The manifest: which parts a stored result has so far, and what it is the result of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson

from trawl.errors import Code, TrawlError
from trawl.instants import read_instant
from trawl.results.files import put, settle
from trawl.schema import Column, Schema, Type
from trawl.values import Instant, TimeRange

NAME: Final = "manifest.json"
NO_COLUMNS: Final = Schema()
FORMAT: Final = 2
"""Raised when the files of a result change in a way that an older Trawl cannot read."""
GROUP_OF_FORM_1: Final = 8192
"""Rows of every row group, where parts do not say it yet."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a result is the result of.

    Attributes:
        query: the query's text.
        range: the range of time that it was resolved to.
        trawl: Trawl's version. engine: the engine's name and version.
        snapshot: a hash of the snapshot that was searched.
    """

    query: str
    range: TimeRange
    trawl: str
    engine: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Part:
    """A closed file of rows; it never changes.

    Attributes:
        file: its name in the result's folder.
        rows, bytes: its rows, and its size on disk.
        sha256: of the file, in hexadecimal.
        group: rows of each of its row groups but the last.
    """

    file: str
    rows: int
    bytes: int
    sha256: str
    group: int


@dataclass(frozen=True)
class Manifest:
    """What a result's folder holds at one moment.

    Attributes:
        schema: the columns; none before the first batch.
        wide: those of them that hold integers beyond 64 bits in one of the parts.
        parts: in the order of their rows.
        complete: whether these are all the rows there will be.
    """

    facts: Facts
    schema: Schema = NO_COLUMNS
    wide: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    complete: bool = False

    @cached_property
    def rows(self) -> int:
        """The rows of all parts."""
        return sum(part.rows for part in self.parts)

    @cached_property
    def bytes(self) -> int:
        """The size of all parts on disk."""
        return sum(part.bytes for part in self.parts)

    def save(self, folder: Path) -> None:
        """Replaces the folder's manifest in one step.

        Raises:
            TrawlError: `NO_ROOM`, `INTERNAL_ERROR`; the former manifest stays.
        """
        put(folder / NAME, orjson.dumps(self._to_json(), option=orjson.OPT_INDENT_2))
        settle(folder)

    @classmethod
    def load(cls, folder: Path) -> Manifest | None:
        """The folder's manifest; None where nothing was written yet.

        Raises:
            TrawlError: `INTERNAL_ERROR` if it was written by a newer Trawl.
        """
        try:
            loaded = orjson.loads((folder / NAME).read_bytes())
        except FileNotFoundError:
            return None
        if loaded["format"] > FORMAT:
            raise TrawlError(
                Code.INTERNAL_ERROR, f"the result was stored in form {loaded['format']}, this program reads {FORMAT}"
            )
        return cls._from_json(loaded)

    def _to_json(self) -> dict[str, Any]:
        facts = self.facts
        return {
            "format": FORMAT,
            "complete": self.complete,
            "rows": self.rows,
            "bytes": self.bytes,
            "query": facts.query,
            "start": str(facts.range.start),
            "end": str(facts.range.end),
            "trawl": facts.trawl,
            "engine": facts.engine,
            "snapshot": facts.snapshot,
            "schema": [{"name": column.name, "type": column.type.encode()} for column in self.schema],
            "wide": sorted(self.wide),
            "parts": [asdict(part) for part in self.parts],
        }

    @classmethod
    def _from_json(cls, loaded: dict[str, Any]) -> Manifest:
        return cls(
            Facts(
                loaded["query"],
                TimeRange(_instant(loaded["start"]), _instant(loaded["end"])),
                loaded["trawl"],
                loaded["engine"],
                loaded["snapshot"],
            ),
            Schema(tuple(Column(column["name"], Type.decode(column["type"])) for column in loaded["schema"])),
            frozenset(loaded["wide"]),
            tuple(Part(**{"group": GROUP_OF_FORM_1} | part) for part in loaded["parts"]),
            loaded["complete"],
        )


def _instant(text: str) -> Instant:
    instant = read_instant(text)
    assert instant is not None, f"{text} was written as an instant"
    return instant
