"""The formats that are loaded: which there are, how one is recognised, how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

import orjson

from trawl.errors import Code, TrawlError
from trawl.store.chunk import Chunk
from trawl.store.inputs.arrow_tables import chunk_of_piece, pieces
from trawl.store.inputs.delimited import read_delimited
from trawl.store.inputs.documents import documents
from trawl.store.inputs.lines import ReadLines, blocks, chunk_of_block
from trawl.store.inputs.logs import read_access, read_syslog
from trawl.store.inputs.ndjson import read_ndjson
from trawl.store.inputs.opening import STDIN, Opened
from trawl.store.timing import TimeRule
from trawl.store.workers import ordered_map


class Format(StrEnum):
    """What a file holds."""

    AUTO = "auto"
    NDJSON = "ndjson"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    ACCESS = "access"
    SYSLOG = "syslog"


_LINES: Final[dict[Format, ReadLines]] = {
    Format.NDJSON: read_ndjson,
    Format.ACCESS: read_access,
    Format.SYSLOG: read_syslog,
}
_ENDINGS: Final = {
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
}
_PACKED: Final = frozenset({".gz", ".zst", ".zstd"})


def recognise(source: Opened) -> Format:
    """What an open file holds, by its name and its first bytes.

    Raises:
        TrawlError: `UNREADABLE_FILE` if it is none of the formats.
    """
    path = Path(source.name)
    ending = _ENDINGS.get((path.with_suffix("") if path.suffix in _PACKED else path).suffix)
    start = source.start().removeprefix(b"\xef\xbb\xbf").lstrip()
    if ending is not None:
        return ending
    if start.startswith(b"PAR1"):
        return Format.PARQUET
    if start.startswith(b"[") and start[1:].lstrip()[:1] in (b"{", b"]", b""):
        return Format.JSON
    line, newline, _ = start.partition(b"\n")
    if line.startswith(b"{"):
        return Format.JSON if newline and not _is_json(line) else Format.NDJSON
    for format_ in (Format.ACCESS, Format.SYSLOG):
        if line and isinstance(_LINES[format_]([line])[0], dict):
            return format_
    if not start:
        return Format.NDJSON
    raise TrawlError(
        Code.UNREADABLE_FILE, f"the format of `{source.name}` cannot be told from its start", hint="name it: --format"
    )


def read_chunks(source: Opened, format_: Format, rule: TimeRule) -> Iterator[Chunk]:
    """The events of an open file in its order.

    Raises:
        TrawlError: `UNREADABLE_FILE`.
    """
    wanted = recognise(source) if format_ is Format.AUTO else format_
    if wanted is Format.PARQUET:
        if source.path == STDIN:
            raise TrawlError(Code.UNREADABLE_FILE, "Parquet cannot be read from standard input", hint="name a file")
        if source.is_packed:
            reason = f"`{source.name}` holds packed Parquet, which cannot be read"
            raise TrawlError(Code.UNREADABLE_FILE, reason, hint="unpack it, or load the Parquet file itself")
        for piece in pieces(source.path):
            source.reached(piece.fraction)
            yield chunk_of_piece(piece, rule)
    elif wanted is Format.CSV:
        yield from read_delimited(source.content, source.name, rule)
    elif wanted is Format.JSON:
        work = partial(chunk_of_block, read=read_ndjson, rule=rule)
        yield from ordered_map(work, documents(source.content, source.name))
    else:
        work = partial(chunk_of_block, read=_LINES[wanted], rule=rule)
        yield from ordered_map(work, blocks(source.content))


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
