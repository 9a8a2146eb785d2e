"""What the server and the process that formats an export say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from trawl.errors import Notice, TrawlError


@dataclass(frozen=True)
class Order:
    """A file to be made.

    Attributes:
        folder: of the result. scratch: for temporary files. file_type: name of a format.
        pack_as: the file's name within a zip archive; None for no archive.
        rows: how many. fields: which columns, None for all.
    """

    folder: Path
    scratch: Path
    file_type: str
    pack_as: str | None
    rows: int
    fields: tuple[str, ...] | None
    bom: bool
    escape_formulas: bool


@dataclass(frozen=True)
class Finished:
    """The last word on a file that is whole."""

    notices: tuple[Notice, ...]


FromExport: TypeAlias = bytes | Finished | TrawlError
"""Pieces of the file, then how it ended."""
