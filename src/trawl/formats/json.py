"""JSON: one array with an object a row, on a line of its own; fields that a row has not are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from trawl.formats.base import Format, Options
from trawl.schema import Schema
from trawl.wire import json_pieces


def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
    """The rows as one array."""
    opening = b"[\n"
    for batch in batches:
        for piece in json_pieces(batch, ",\n"):
            yield opening + piece
            opening = b",\n"
    yield b"\n]\n" if opening == b",\n" else b"[]\n"


FORMAT: Final = Format("json", ".json", "application/json", "One array with an object a row.", write)
