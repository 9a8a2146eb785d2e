"""Parquet: columns with their types, named as the fields are; values of mixed kinds as JSON text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from trawl.errors import Code, TrawlError
from trawl.formats.base import Format, Options
from trawl.schema import Schema

PIECE: Final = 1 << 18
"""Bytes of a piece of the finished file."""


def write(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options) -> Iterator[bytes]:
    """The file, in pieces once it is finished: its footer tells where each column lies.

    Raises:
        TrawlError: `MALFORMED_REQUEST` if there are rows but no column; `NO_ROOM`.
    """
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        path = Path(folder) / "columns.parquet"
        _build(path, batches)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _build(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Makes the file, a row group a batch. The first batch tells the layout: all of a result have the same."""
    remaining = iter(batches)
    first = next(remaining)
    if first.num_rows and not first.num_columns:
        reason = "the rows have no columns, and without any the file cannot hold them"
        raise TrawlError(Code.MALFORMED_REQUEST, reason, hint="`json` holds them")
    try:
        with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
            writer.write_batch(first)
            for batch in remaining:
                writer.write_batch(batch)
    except OSError as error:
        raise TrawlError(Code.NO_ROOM, "the temporary file of columns could not be written") from error


FORMAT: Final = Format("parquet", ".parquet", "application/vnd.apache.parquet", "Typed columns, compressed.", write)
