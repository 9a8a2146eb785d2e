"""The first events of each group are found by the columns that decide, and only they are read whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trawl import planning
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine, firsts
from trawl.engines.reference import Reference
from trawl.testing import Events, request, search

START = 1_704_067_200
IN_ORDER = [range(99), range(99, 249), range(249, 260)]
OVERLAPPING = [range(60), range(40, 120), range(200, 300)]
QUERIES = [
    "source events | dedup host",
    "source events | dedup 3 host, code",
    "source events | dedup n",
    "source events | dedup 2 mixed | table @timestamp, mixed",
    "source events | dedup tags",
    "source events | dedup absent",
    "source events | where n % 2 == 1 | eval half=floor(n / 20) | rename host as machine | dedup half, machine",
    "source events | streamstats count as seen by host | where seen == 1",
    "source events | streamstats count as seen | where seen <= 2",
    "source events | streamstats window=2 count as seen by host | where seen <= 1",
    "source events | dedup host | where code > 0",
    "source events | dedup code sortby -n",
    "source events | dedup host keepempty=true",
]


def made(numbers: range) -> Iterator[dict[str, Any]]:
    """Events whose times repeat, and some of which lack a host; a code that is a number or a text, and lists."""
    for number in numbers:
        event = {"@timestamp": START + number // 3, "n": number, "code": number % 4, "text": f"text {number}"}
        event["mixed"] = [1, 1.0, "1", 2.5, True][number % 5]
        event["tags"] = ["a", ["a"], ["a", "b"], ["b", "a"]][number % 4]
        yield event if number % 7 == 0 else event | {"host": f"h{number % 5}"}


@pytest.fixture(params=[IN_ORDER, OVERLAPPING], ids=["in order", "overlapping"])
def events(request: pytest.FixtureRequest, tmp_path: Path) -> Events:
    found = Events(tmp_path)
    for numbers in request.param:
        found.add("events", made(numbers))
    return found


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("most", [firsts.MOST, 1])
def test_gives_the_rows_of_the_reference(text: str, most: int, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firsts, "MOST", most)
    wanted = request(text)
    assert search(DuckDBEngine(), wanted, events).rows == search(Reference(), wanted, events).rows


def statements(text: str, events: Events, folder: Path) -> tuple[str, ...]:
    plan = planning.plan(request(text), events)
    execution = DuckDBEngine().start(Work(plan.result, events.snapshot(("events",)), folder, {}))
    assert list(execution.batches())
    return execution.cost().statements


@pytest.mark.parametrize("events", [IN_ORDER], indirect=True)
def test_reads_the_other_columns_of_the_rows_that_are_kept_only(events: Events, tmp_path: Path) -> None:
    _, found, read, _ = statements("source events | dedup host", events, tmp_path)
    assert "text" not in found
    assert "file_row_number IN (" in read


@pytest.mark.parametrize("events", [IN_ORDER], indirect=True)
def test_reads_once_where_all_columns_decide(events: Events, tmp_path: Path) -> None:
    sampled, found = statements("source events | dedup host | table @timestamp, host", events, tmp_path)
    assert "LIMIT 100000" in sampled
    assert "file_row_number IN (" not in found


@pytest.mark.parametrize("events", [IN_ORDER], indirect=True)
def test_sorts_where_hardly_any_event_is_of_the_same_group(events: Events, tmp_path: Path) -> None:
    sampled, found = statements("source events | dedup n | table n", events, tmp_path)
    assert "LIMIT 100000" in sampled
    assert "OVER (PARTITION BY" in found


@pytest.mark.parametrize("events", [IN_ORDER], indirect=True)
def test_makes_no_table_of_what_was_compiled_before(events: Events, tmp_path: Path) -> None:
    query = "source events | search code>0 | eval half=tonumber(text) | dedup half | table host, half"
    found = statements(query, events, tmp_path)
    made = [name for statement in found for name in re.findall(r"TEMP TABLE (\w+) AS", statement)]
    assert len(made) == 3, (
        "the rows that are kept, the filtered ones that faults are counted of, and these of the first"
    )
