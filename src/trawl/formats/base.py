"""What a format is: how the rows of a result become a file (api.md 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from trawl.errors import Notice
from trawl.schema import Schema


@dataclass(frozen=True)
class Options:
    """How a file is to be written.

    Attributes:
        scratch: a folder for temporary files, where a format needs any.
        warn: takes what is worth knowing about the file, before its last piece.
        bom: whether text begins with a byte order mark, for programs that ask for one (csv).
        escape_formulas: whether text that a spreadsheet would run as a formula gets a `'` in front (csv).
    """

    scratch: Path
    warn: Callable[[Notice], None]
    bom: bool = False
    escape_formulas: bool = False


Write: TypeAlias = Callable[[Iterable[pa.RecordBatch], Schema, Options], Iterator[bytes]]
"""Writes batches with the columns of the schema, in pieces of bounded size. Memory does not grow with rows.

It may be closed before its end, and leaves no temporary file then.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. A module of this folder with a `FORMAT` is one, and the folder is the registry.

    Attributes:
        name: `file_type` of a request.
        extension: with its dot.
        media_type: of the file.
        summary: one sentence.
        write: makes the file.
    """

    name: str
    extension: str
    media_type: str
    summary: str
    write: Write
