"""A full-text term is not looked for in texts that lack one of its signs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trawl.algebra import Filter, Scan
from trawl.engines.base import Work
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.expr import Call, Field, Literal
from trawl.planning.bind import bind
from trawl.testing import Events, run
from trawl.values import FIRST_INSTANT, LAST_INSTANT

FILES = [
    [{"guid": "{0AF-1}", "text": "Mshta.EXE", "tags": ["ms", "hta"]}, {"guid": "{beef}", "text": "ſ, K and İ"}],
    [{"guid": "{77}", "text": "nothing", "tags": ["A", "mshta"]}, {"guid": "MSHTA", "text": "msh ta"}],
    [{"guid": "{12}", "text": "K0 and 12"}],
]


@pytest.fixture
def events(tmp_path: Path) -> Events:
    found = Events(tmp_path)
    for number, events in enumerate(FILES):
        found.add("web", [{"@timestamp": 1_704_067_200 + 10 * number, **event} for event in events])
    return found


def searched(events: Events, term: str, files: slice, folder: Path) -> tuple[int, list[str]]:
    """How many events are found, as the reference finds them, and the fields whose columns the statement looks at."""
    source = events.source("web")
    assert source is not None
    scan = Scan(("web",), "@timestamp", FIRST_INSTANT, LAST_INSTANT, schema=source.schema)
    fields = ("guid", "text", "tags")
    relation = bind(Filter(scan, Call("search_text", (Literal(term), *map(Field, fields)))))
    whole = events.snapshot(("web",))
    snapshot = type(whole)({"web": whole.segments["web"][files]})
    rows = run(DuckDBEngine(), relation, snapshot).rows
    assert rows == run(Reference(), relation, snapshot).rows
    execution = DuckDBEngine().start(Work(relation, snapshot, folder, {}))
    assert sum(batch.num_rows for batch in execution.batches()) == len(rows)
    statement = execution.cost().statements[-1]
    condition = statement[statement.rindex("WHERE") :]
    names = {field: f'"{field}:string{"[]" if field == "tags" else ""}" AS ' for field in fields}
    aliases = {
        field: statement.split(name)[1].split(",")[0].split()[0] for field, name in names.items() if name in statement
    }
    return len(rows), [field for field, alias in aliases.items() if alias in re.findall(r"\w+", condition)]


@pytest.mark.parametrize(
    ("term", "files", "found", "looked_at"),
    [
        ("mshta", slice(0, 1), 1, ["text", "tags"]),  # the guids have no m
        ("MSHTA", slice(0, 2), 3, ["guid", "text", "tags"]),
        ("mshta", slice(2, 3), 0, []),
        ("beef", slice(0, 1), 1, ["guid", "text"]),
        ("k", slice(0, 1), 1, ["text"]),  # beyond ASCII there are other capitals of it
        ("12", slice(2, 3), 1, ["guid", "text"]),
        ('"k0 and"', slice(2, 3), 1, ["text"]),
    ],
)
def test_only_texts_that_can_spell_the_term_are_looked_at(
    term: str, files: slice, found: int, looked_at: list[str], events: Events, tmp_path: Path
) -> None:
    assert searched(events, term, files, tmp_path) == (found, looked_at)
