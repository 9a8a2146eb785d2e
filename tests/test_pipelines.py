"""The SQL that pipelines are measured against writes the rows that they give."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.ground import Ground, Tier, prepare
from benchmarks.pipelines import PIPELINES, Pipeline, write_tables
from benchmarks.serving import Server, serving
from trawl.commands import REGISTRY

EVENTS = 20_000


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = prepare(Tier("compared", EVENTS, 1, 1), tmp_path_factory.mktemp("ground"))
    write_tables(made.data)
    return made


@pytest.fixture(scope="module")
def server(ground: Ground) -> Iterator[Server]:
    with serving(ground.data) as started:
        yield started


@pytest.mark.parametrize("pipeline", [one for one in PIPELINES if one.is_same], ids=lambda one: one.name)
def test_the_sql_of_a_pipeline_writes_its_rows(pipeline: Pipeline, ground: Ground, server: Server) -> None:
    order = ground.orders[0]
    asked = pipeline.of(order.name, EVENTS)
    task = server.run(asked.query)
    exported = ground.scratch / "result.parquet"
    server.export(task.id, exported)
    with ground.database() as connection:
        ground.copy(connection, asked, order)
        given, direct = rows(connection, exported), rows(connection, ground.scratch / "copied.parquet")
    assert len(given) > 0
    assert given == direct


def test_pipelines_use_every_command() -> None:
    texts = " ".join(f"| {pipeline.query}" for pipeline in PIPELINES)
    used = {"source"} | set(re.findall(r"[|\[]\s*([a-z]+)", texts))
    assert set(REGISTRY) - used == set()


def rows(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """The rows of a file in no order, each as a text: names and values, but for what is missing."""
    found = connection.sql(f"FROM '{file}'").to_arrow_table().to_pylist()
    return sorted(
        str(sorted((name, plain(value)) for name, value in row.items() if value is not None)) for row in found
    )


def plain(value: Any) -> Any:
    """A value without what tells an integer from a whole float, and with ten digits of any other; lists in no order,
    also where an export has them as JSON.
    """
    if isinstance(value, str) and value.startswith(("[", '"')):
        value = json.loads(value)
    if isinstance(value, list):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:.10g}"
    return str(value)
