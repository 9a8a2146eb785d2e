"""What the server and the process that formats an export say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from trawl.errors import Code, Notice, TrawlError
from trawl.values import Instant


@dataclass(frozen=True)
class Whole:
    """What is known of a file that was made to its end.

    Attributes:
        length: in bytes. digest: SHA-256, in hexadecimal digits.
    """

    length: int
    digest: str


@dataclass(frozen=True)
class Part:
    """Some bytes of a file, such as a download lacks that was cut off.

    Attributes:
        first: the first one wanted; counted from the end of the file where it is negative.
        last: the last one wanted, None for the end of the file.
    """

    first: int
    last: int | None = None

    def within(self, whole: Whole) -> range:
        """The bytes that a file has of these. Raises `RANGE_NOT_SATISFIABLE` if it has none."""
        start = max(0, whole.length + self.first) if self.first < 0 else self.first
        stop = whole.length if self.last is None else min(whole.length, self.last + 1)
        if start >= stop:
            reason = f"the file has {whole.length:,} bytes, which is where the part asked for begins, or before it"
            raise TrawlError(Code.RANGE_NOT_SATISFIABLE, reason, facts={"length": whole.length})
        return range(start, stop)


@dataclass(frozen=True)
class Order:
    """A file to be made.

    Attributes:
        folder: of the result. scratch: for temporary files. file_type: name of a format.
        pack_as: the file's name within a zip archive; None for no archive.
        made: the moment that the file tells as that of its making, where it tells one.
        rows: how many. fields: which columns, None for all.
        room: bytes that temporary files may take, None for as many as the disk has.
        part: which bytes to send, None for all. whole: what the file has to be, if it was made before.
    """

    folder: Path
    scratch: Path
    file_type: str
    pack_as: str | None
    made: Instant
    rows: int
    fields: tuple[str, ...] | None
    bom: bool
    escape_formulas: bool
    room: int | None
    part: Part | None
    whole: Whole | None


@dataclass(frozen=True)
class Known:
    """What making a file to its end has told: said once, before the file is sent where that can be, else after it."""

    whole: Whole
    notices: tuple[Notice, ...]


FromExport: TypeAlias = Known | bytes | TrawlError | None
"""What is known of the file, and its pieces; then how it ended: None is its regular end."""
