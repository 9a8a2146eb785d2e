"""The walk that cuts sessions by their length: batches are no borders."""

from __future__ import annotations

import pyarrow as pa
import pytest

from trawl.engines.duckdb.sessions import begun

TIMES = [0, 4, 10, 11, 30, 31, 0, 5, 11]
BEGINS = [1, 0, 0, 0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_a_session_goes_on_from_batch_to_batch(size: int) -> None:
    columns = [pa.array(range(1, 10), pa.int64()), pa.array(TIMES, pa.int64()), pa.array(BEGINS, pa.int64())]
    batch = pa.RecordBatch.from_arrays(columns, names=["place", "time", "begins"])
    batches = [batch.slice(start, size) for start in range(0, len(TIMES), size)]
    assert begun(batches, 10, None).to_pylist() == [1, 4, 5, 7, 9]
    assert begun(batches, 10, 2).to_pylist() == [1, 3, 5, 7, 9]


def test_without_rows_no_session_begins() -> None:
    assert begun([], 10, None).to_pylist() == []
