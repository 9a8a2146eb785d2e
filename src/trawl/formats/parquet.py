"""Parquet: columns with their types, named as the fields are; values of mixed kinds as JSON text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from trawl.errors import Code, TrawlError
from trawl.formats.base import Format, Options, by_building
from trawl.schema import Schema


def build(batches: Iterable[pa.RecordBatch], schema: Schema, options: Options, path: Path) -> None:
    """Makes the file, a row group a batch. The first batch tells the layout: all of a result have the same.

    Raises:
        TrawlError: `MALFORMED_REQUEST` if there are rows but no column.
    """
    remaining = iter(batches)
    first = next(remaining)
    if first.num_rows and not first.num_columns:
        reason = "the rows have no columns, and without any the file cannot hold them"
        raise TrawlError(Code.MALFORMED_REQUEST, reason, hint="`json` holds them")
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in remaining:
            writer.write_batch(batch)


FORMAT: Final = Format(
    "parquet", ".parquet", "application/vnd.apache.parquet", "Typed columns, compressed.", by_building(build), build
)
