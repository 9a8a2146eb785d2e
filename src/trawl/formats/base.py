"""What a format is: how the rows of a result become a file (api.md 8)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa

from trawl.errors import Notice
from trawl.schema import Schema
from trawl.values import Instant

PIECE: Final = 1 << 18
"""Bytes of a piece of a file that was built."""


@dataclass(frozen=True)
class Options:
    """How a file is to be written.

    Attributes:
        scratch: a folder for temporary files, where a format needs any.
        warn: takes what is worth knowing about the file, before its last piece.
        made: when the file was made, for formats that tell. It is given, so that the same rows are the same bytes.
        bom: whether text begins with a byte order mark, for programs that ask for one (csv).
        escape_formulas: whether text that a spreadsheet would run as a formula gets a `'` in front (csv).
    """

    scratch: Path
    warn: Callable[[Notice], None]
    made: Instant
    bom: bool = False
    escape_formulas: bool = False


Write: TypeAlias = Callable[[Iterable[pa.RecordBatch], Schema, Options], Iterator[bytes]]
"""Writes batches with the columns of the schema, in pieces of bounded size. Memory does not grow with rows.

It may be closed before its end, and leaves no temporary file then. The same rows, schema and options make the same
bytes, so that a file can be resumed.
"""
Build: TypeAlias = Callable[[Iterable[pa.RecordBatch], Schema, Options, Path], None]
"""Makes a file of batches with the columns of the schema; temporary files lie beside it. Else as `Write`."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. A module of this folder with a `FORMAT` is one, and the folder is the registry.

    Attributes:
        name: `file_type` of a request.
        extension: with its dot.
        media_type: of the file.
        summary: one sentence.
        write: makes the file, piece by piece.
        build: makes the file on disk, where it cannot be written from its beginning to its end.
    """

    name: str
    extension: str
    media_type: str
    summary: str
    write: Write
    build: Build | None = None


def by_building(build: Build) -> Write:
    """The pieces of a file that is built on disk first."""

    def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
        with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
            path = Path(folder) / "file"
            build(batches, schema, options, path)
            yield from pieces(path)

    return write


def pieces(path: Path, start: int = 0) -> Iterator[bytes]:
    """The bytes of a file from `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        while piece := file.read(PIECE):
            yield piece
