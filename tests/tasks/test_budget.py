"""Budgets cut at the row, and seconds are counted for the phase that spent them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyarrow as pa
import pytest

from trawl.errors import TrawlError
from trawl.tasks.budget import Budget
from trawl.tasks.cost import Meter
from trawl.tasks.journal import Phase
from trawl.tasks.wanted import seconds_of


def batches(*sizes: int) -> Iterator[pa.RecordBatch]:
    for size in sizes:
        yield pa.RecordBatch.from_arrays([pa.array(range(size))], names=["n"])


@pytest.mark.parametrize(
    ("most", "sizes", "kept", "spent"),
    [
        (None, (3, 4), (3, 4), False),
        (5, (3, 4), (3, 2), True),
        (3, (3, 4), (3,), True),
        (7, (3, 4), (3, 4), False),
        (3, (3, 0), (3, 0), False),
        (0, (0, 1), (0,), True),
    ],
)
def test_rows_are_cut_and_a_result_that_just_fits_is_whole(
    most: int | None, sizes: tuple[int, ...], kept: tuple[int, ...], spent: bool
) -> None:
    budget = Budget(most, None)
    assert tuple(batch.num_rows for batch in budget.meter(batches(*sizes))) == kept
    assert (budget.spent is not None) is spent


def test_time_is_up_only_where_there_is_a_limit() -> None:
    assert not Budget(None, None).is_late()
    assert not Budget(None, 60).is_late()
    late = Budget(None, 0)
    assert late.is_late()
    assert late.spent is not None
    assert late.spent.code == "max_run_seconds_reached"


def test_seconds_count_for_the_innermost_phase() -> None:
    meter = Meter()
    with meter.phase(Phase.SEARCH):
        with meter.phase(Phase.WRITE):
            time.sleep(0.02)
        time.sleep(0.01)
    meter.add(Phase.QUEUE, 1.5)
    told = {row["phase"]: row["wallSeconds"] for row in meter.seconds()}
    assert list(told) == ["queue", "search", "write"]
    assert told["queue"] == 1.5
    assert told["write"] >= 0.02
    assert told["search"] >= 0.01


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("90", 90), ("15m", 900), ("7d", 604_800), (" 2w ", 1_209_600)]
)
def test_times_to_live(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "-1d", "7 days", "1y", "٣d", "9999999999d", "1.5h"])
def test_what_is_no_time_to_live(text: str) -> None:
    with pytest.raises(TrawlError, match="no time to live"):
        seconds_of(text)
