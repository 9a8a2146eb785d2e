"""Writes an index as one Parquet file whose columns are named as the fields are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from trawl.catalog.base import Segment, Source
from trawl.store.reading import field_types, read_segment

BATCH_ROWS: Final = 65_536


def dump(source: Source, segments: Sequence[Segment], target: Path) -> int:
    """Writes all events, the newest segment first, and answers how many.

    Args:
        source: the index. segments: its.
        target: the new file; replaced once the whole is written.
    """
    into = field_types(segments, source.schema)
    half = target.with_name(f"{target.name}.part")
    rows = 0
    with pq.ParquetWriter(half, into, compression="zstd") as writer:
        for segment in sorted(segments, key=lambda segment: (segment.last, -segment.ordinal), reverse=True):
            for batch in read_segment(segment, source.schema, into, BATCH_ROWS):
                writer.write_batch(batch)
                rows += batch.num_rows
    half.replace(target)
    return rows
