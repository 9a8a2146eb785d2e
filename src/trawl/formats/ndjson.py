"""NDJSON: a JSON object a line; fields that a row has not are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import orjson
import pyarrow as pa

from trawl.formats.base import Format, Options
from trawl.schema import Schema
from trawl.wire import PIECE, json_rows


def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
    """The rows, a line each."""
    for batch in batches:
        rows = json_rows(batch)
        while several := list(islice(rows, PIECE)):
            yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in several)


FORMAT: Final = Format("ndjson", ".ndjson", "application/x-ndjson", "A JSON object a line.", write)
