"""Columns with more text than one array of Arrow holds come out in smaller batches."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trawl import planning
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.duckdb.statements import pieces
from trawl.errors import Code, TrawlError
from trawl.testing import Events, request


def test_a_batch_is_cut_where_its_texts_are_too_many() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["x" * 100] * 9, "b": list(range(9))})
    found = list(pieces(batch, 300))
    assert pa.Table.from_batches(found) == pa.Table.from_batches([batch])
    assert max(piece.num_rows for piece in found) == 2
    assert list(pieces(batch, 10_000)) == [batch]


def test_a_row_that_is_too_large_alone_is_told() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["x" * 100, "y"]})
    with pytest.raises(TrawlError) as caught:
        list(pieces(batch, 50))
    assert caught.value.code is Code.MEMORY_LIMIT_EXCEEDED


@pytest.mark.slow  # 2.6 GB of text in one batch
def test_more_text_than_an_array_holds_comes_out(tmp_path: Path) -> None:
    doubled = ", ".join(["a = a . a"] * 20)
    query = f'| makeresults count=2500 shownumbers=true | eval a = "x", {doubled} | fields number, a'
    events = Events(tmp_path)
    plan = planning.plan(request(query), events)
    execution = DuckDBEngine().start(Work(plan.result, events.snapshot(()), tmp_path, {}, memory_bytes=8 << 30))
    lengths = [(batch["number"], pc.binary_length(batch["a"])) for batch in execution.batches()]
    assert len(lengths) > 1
    assert [number for numbers, _ in lengths for number in numbers.to_pylist()] == list(range(1, 2501))
    assert {length for _, found in lengths for length in found.to_pylist()} == {1 << 20}
