"""CSV: a header, then one event a record; every value is text, an empty cell is missing."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from trawl.errors import Code, TrawlError
from trawl.store.chunk import Chunk, Reject
from trawl.store.events import chunk_of
from trawl.store.timing import TimeRule

CHUNK_RECORDS: Final = 16_384
LONGEST_CELL: Final = 16 << 20
"""Characters. A quote that is never closed makes a cell of all that follows."""


class _Remembered:
    """Lines, and the text of those that were taken since `forget`."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield line

    def forget(self) -> bytes:
        """The text of the lines that were taken, which are then forgotten."""
        text = "".join(self._taken).rstrip("\r\n").encode(errors="surrogateescape")
        self._taken.clear()
        return text


def read_delimited(stream: BinaryIO, name: str, rule: TimeRule) -> Iterator[Chunk]:
    """The records of a file. A record with too few or too many cells is put aside.

    Raises:
        TrawlError: `UNREADABLE_FILE` where the header is no CSV, no UTF-8, or names a column twice.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    lines = _Remembered(iter(text))
    reader = csv.reader(lines, strict=True)
    header = _header(reader, name)
    lines.forget()
    events: list[dict[str, str | None]] = []
    numbers: list[int] = []
    texts: list[bytes] = []
    rejects: list[Reject] = []
    ended = False
    while not ended:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
            reason = None if cells is None else _fault(cells, header)
        except csv.Error as error:
            cells, reason = [], f"the record is no CSV: {error}"
        record = lines.forget()
        ended = cells is None
        if reason is not None:
            rejects.append(Reject.of(number, reason, record))
        elif cells:
            events.append({column: cell or None for column, cell in zip(header, cells, strict=True)})
            numbers.append(number)
            texts.append(record)
        if len(events) == CHUNK_RECORDS or ended:
            chunk = chunk_of(events, numbers, texts, rule)
            yield replace(chunk, rejects=tuple(sorted((*rejects, *chunk.rejects), key=lambda reject: reject.line)))
            events, numbers, texts, rejects = [], [], [], []


def _header(records: Iterator[list[str]], name: str) -> list[str]:
    """The names of the columns, after blank lines."""
    try:
        header = next(filter(None, records), [])
    except csv.Error as error:
        raise TrawlError(Code.UNREADABLE_FILE, f"the header of `{name}` is no CSV: {error}") from None
    if not all(map(_is_utf8, header)):
        raise TrawlError(Code.UNREADABLE_FILE, f"the header of `{name}` is no UTF-8")
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise TrawlError(Code.UNREADABLE_FILE, f"the header of `{name}` names the column `{twice[0]}` twice")
    return header


def _fault(cells: list[str], header: list[str]) -> str | None:
    """Why a record is no event; None if it is one, or a blank line."""
    if cells and len(cells) != len(header):
        return f"the record has {len(cells)} cells, the header {len(header)}"
    if any(not cell.isascii() and not _is_utf8(cell) for cell in cells):
        return "the record is no UTF-8"
    return None


def _is_utf8(text: str) -> bool:
    """Whether no byte had to be kept as a surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
