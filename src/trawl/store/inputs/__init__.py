"""The formats that are loaded: which there are, and how one is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from trawl.errors import Code, TrawlError
from trawl.store.chunk import Chunk
from trawl.store.inputs import ndjson
from trawl.store.inputs.lines import ReadLines, blocks, chunk_of_lines
from trawl.store.inputs.opening import Opened
from trawl.store.timing import TimeRule


class Format(StrEnum):
    """What a file holds."""

    AUTO = "auto"
    NDJSON = "ndjson"


_LINES: dict[Format, ReadLines] = {Format.NDJSON: ndjson.read}


def recognise(source: Opened) -> Format:
    """What an open file holds, by its name and its first bytes.

    Raises:
        TrawlError: `UNREADABLE_FILE` if it is none of the formats.
    """
    start = source.start().removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{") or not start:
        return Format.NDJSON
    raise TrawlError(
        Code.UNREADABLE_FILE, f"the format of `{source.name}` cannot be told", hint="name it with --format"
    )


def read_chunks(source: Opened, format_: Format, rule: TimeRule) -> Iterator[Chunk]:
    """The events of an open file in its order."""
    read = _LINES[recognise(source) if format_ is Format.AUTO else format_]
    for first, lines in blocks(source.content):
        yield chunk_of_lines(first, lines, read, rule)
