"""Rows are numbered as they stream where files have them in order, and the numbers are those of the order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from trawl import planning
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.testing import Events, request, search

START = 1_704_067_200
SAMPLE = "source events | where n != 3 | eval r=random() | where r % 3 != 0 | table n, r"


def stored(folder: Path, files: Iterable[Iterable[int]]) -> Events:
    """Events of these seconds, a file for each list."""
    events = Events(folder)
    for seconds in files:
        events.add("events", [{"@timestamp": START + second, "n": second} for second in seconds])
    return events


@pytest.mark.parametrize(
    ("files", "streams"),
    [
        ([range(3000), range(3000, 6000), range(6000, 6003)], True),
        ([range(0, 400, 2), range(1, 400, 2)], False),
        ([range(5)], True),
    ],
)
def test_numbers_are_those_of_the_order(files: list[range], streams: bool, tmp_path: Path) -> None:
    events = stored(tmp_path, files)
    wanted = request(SAMPLE)
    assert search(DuckDBEngine(), wanted, events).rows == search(Reference(), wanted, events).rows
    plan = planning.plan(wanted, events)
    execution = DuckDBEngine().start(Work(plan.result, events.snapshot(("events",)), tmp_path, {}))
    assert sum(batch.num_rows for batch in execution.batches()) > 0
    statement = execution.cost().statements[-1]
    assert ("OVER ()" in statement) is streams
    assert ("ORDER BY" in statement) is not streams
