"""Faults of the data are counted by as few statements as can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from trawl import planning
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.testing import Events, request


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ("eval a=tonumber(text)", 1),
        ("eval a=tonumber(text) | eval b=tonumber(host) | fields a, b, n | eval c=a + b | where n * c > 1", 1),
        ("eval a=tonumber(text) | sort a | eval b=tonumber(host)", 2),
    ],
)
def test_faults_of_what_follows_on_one_another_are_counted_at_once(stages: str, expected: int, tmp_path: Path) -> None:
    events = Events(tmp_path)
    events.add("events", ({"n": n, "host": f"h{n % 3}", "text": str(n % 5)} for n in range(10)))
    plan = planning.plan(request(f"source events | {stages}"), events)
    execution = DuckDBEngine().start(Work(plan.result, events.snapshot(("events",)), tmp_path, {}))
    assert list(execution.batches())
    assert sum("count(*) FILTER (WHERE" in statement for statement in execution.cost().statements) == expected
