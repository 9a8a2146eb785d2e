"""`kv`: where its faults are."""

from pathlib import Path

import pytest

from trawl.engines.base import Engine
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.testing import Events, request, search


@pytest.mark.parametrize("engine", [Reference(), DuckDBEngine()], ids=lambda engine: engine.name)
def test_several_values_are_told_of_where_the_command_stands(engine: Engine, tmp_path: Path) -> None:
    events = Events(tmp_path)
    events.add("web", [{"m": ["a=1", "b=2"]}])
    query = "source web | kv field=m"
    (notice,) = search(engine, request(query), events).notices
    assert notice.span is not None
    assert query[notice.span.start : notice.span.end] == "kv field=m"
