"""NDJSON: a JSON object a line; fields that a row has not are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from trawl.formats.base import Format, Options
from trawl.schema import Schema
from trawl.wire import json_pieces


def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
    """The rows, a line each."""
    for batch in batches:
        for piece in json_pieces(batch, "\n"):
            yield piece + b"\n"


FORMAT: Final = Format("ndjson", ".ndjson", "application/x-ndjson", "A JSON object a line.", write)
