"""The order of rows that nothing looks at is not read: neither times nor places of loading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trawl import planning
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.duckdb.needs import UNORDERED
from trawl.engines.reference import Reference
from trawl.functions import find_aggregation
from trawl.testing import Events, request, search

CARRIED = re.compile(r"shared0 AS (?:NOT MATERIALIZED \()?SELECT ([^()]+) FROM")
PLACE = re.compile(r'"seq" AS (v\d+)')


@pytest.fixture
def events(tmp_path: Path) -> Events:
    found = Events(tmp_path)
    for start in (0, 40):
        found.add(
            "events",
            (
                {"@timestamp": 1_704_067_200 + n, "n": n * 7 % 10, "host": f"h{n % 3}", "text": str(n % 5)}
                for n in range(start, start + 60)
            ),
        )
    return found


def carries_order(text: str, events: Events, folder: Path) -> bool:
    """Whether the rows that go into the totals of a pipeline have the place of loading among their columns."""
    plan = planning.plan(request(text), events)
    execution = DuckDBEngine().start(Work(plan.result, events.snapshot(("events",)), folder, {}))
    assert list(execution.batches())
    statement = "\n".join(execution.cost().statements)
    carried, place = CARRIED.search(statement), PLACE.search(statement)
    assert carried is not None
    assert place is not None
    return place[1] in carried[1].split(", ")


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ("count", False),
        ("sum(n), avg(n), dc(text)", False),
        ("first(n)", True),
        ("list(n)", True),
        ("count, last(n)", True),
    ],
)
def test_carries_the_order_where_a_measure_goes_by_it(
    measures: str, expected: bool, events: Events, tmp_path: Path
) -> None:
    query = f"source events | eventstats count as calls by host | stats {measures} by host"
    assert carries_order(query, events, tmp_path) is expected


@pytest.mark.parametrize(
    "query",
    [
        "source events | sort n | stats count by host",
        "source events | sort n | stats first(n) by host",
        "source events | reverse | stats last(n), count by host",
        "source events | streamstats count as place | stats max(place) by host",
        "source events | dedup host | stats count",
        "source events | head 7 | stats count by host",
        "source events | sort -n | head 7 | stats sum(n) by host",
        "source events | eventstats first(n) as newest by host | stats max(newest) by host",
        "source events | eventstats avg(n) as mean by host | stats first(mean) by host",
        "source events | stats count by host | eventstats sum(count) as all",
    ],
)
def test_gives_the_rows_of_the_reference(query: str, events: Events) -> None:
    wanted = request(query)
    assert search(DuckDBEngine(), wanted, events).rows == search(Reference(), wanted, events).rows


def test_names_aggregations_that_there_are() -> None:
    for name in UNORDERED:
        aggregation = find_aggregation(name)
        assert aggregation is not None, name
        assert aggregation.name == name
