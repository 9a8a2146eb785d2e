"""Whatever the pipeline and the events: DuckDB gives the rows that the reference interpreter gives.

Every command, function and aggregation of the registries is generated (`test_all_is_generated`), with arguments of
every kind. `collect` and `outputlookup` only pass rows on here, as what they write is written by a task. Not generated
are macros, which are put into the text before it is read. Rows and columns are compared, and which kinds of warnings
there are.
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from property.pipelines import PIPELINES, RULES, ZONES
from property.tables import TABLE
from trawl import planning
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.errors import TrawlError
from trawl.testing import Events, request, search
from trawl.testing.places import write_places

Table = list[dict[str, Any]]


def agree(table: Table, pipeline: str, zone: str) -> None:
    """Runs the pipeline on both engines. One that cannot be planned is refused for both alike, be it half way."""
    with tempfile.TemporaryDirectory(prefix="trawl-agree-") as folder:
        events = Events(Path(folder))
        half = (len(table) + 1) // 2
        events.add("events", table[:half])
        events.add("events", table[half:])
        events.add("others", table[:2])
        for name, rules in RULES.items() if "lookup " in pipeline else ():
            events.add_lookup(name, map(orjson.dumps, table), rules)
        if " iplocation " in pipeline:
            events.add_places(write_places(Path(folder) / "places.mmdb"))
        wanted = request(pipeline, zone=zone)
        try:
            planning.plan(wanted, events)
        except TrawlError:
            return
        try:
            expected = search(Reference(), wanted, events)
        except TrawlError as refused:  # by what the data told of columns
            with pytest.raises(TrawlError, match=re.escape(refused.reason)):
                search(DuckDBEngine(), wanted, events)
            return
        found = search(DuckDBEngine(), wanted, events)
    assert found.schema == expected.schema
    assert len(found.rows) == len(expected.rows), (found.rows, expected.rows)
    for row, right in zip(found.rows, expected.rows, strict=True):
        assert row.keys() == right.keys(), (row, right)
        assert all(close(row[name], right[name]) for name in right), (row, right)
    assert {notice.code for notice in found.notices} == {notice.code for notice in expected.notices}


def close(value: object, right: object) -> bool:
    """Equal and of the same kind; floats up to the order in which they were added."""
    if isinstance(value, list) and isinstance(right, list):
        return len(value) == len(right) and all(map(close, value, right))
    if isinstance(value, float) and isinstance(right, float):
        return math.isclose(value, right, rel_tol=1e-9, abs_tol=1e-12)
    return type(value) is type(right) and value == right


quick = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
long = settings(quick, max_examples=20_000, derandomize=False)


@quick
@given(TABLE, PIPELINES, ZONES)
def test_engines_agree(table: Table, pipeline: str, zone: str) -> None:
    agree(table, pipeline, zone)


@pytest.mark.slow  # 20,000 pipelines, twice each
@long
@given(TABLE, PIPELINES, ZONES)
def test_engines_agree_on_many(table: Table, pipeline: str, zone: str) -> None:
    agree(table, pipeline, zone)
