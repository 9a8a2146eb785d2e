"""What a scan passes over by the filters of terms: never an event that is wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trawl import planning
from trawl.algebra import Scan, post_order
from trawl.catalog.base import Snapshot
from trawl.catalog.terms import HEAD, STRETCH, path_beside
from trawl.engines import skipping
from trawl.engines.base import Cost, Work
from trawl.engines.duckdb import DuckDBEngine, scan
from trawl.engines.reference import Reference
from trawl.store import terms
from trawl.testing import Events, request, run, search

WORDS = ["a", "B", "ab", "İ", "i", "ſ", "ς", "Σ", "\u212a", "ß", "7", "7.5", "07", "1e22", "true", "2024-01-01", "x*"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=3).map("-".join)
VALUES = TEXTS | st.sampled_from([7, 7.0, 7.5, -7, 1e22, 10**16, 0.1, -0.0, True, 2**53 + 1])
TABLES = st.lists(
    st.dictionaries(st.sampled_from(["f", "g", "G"]), VALUES | st.lists(VALUES, max_size=2), min_size=1), max_size=10
)
SOUGHT = (
    st.lists(st.sampled_from([*WORDS, "*", "10000000000000000", "-0", ".1", "10.0.0.0/8"]), min_size=1, max_size=3)
    .map("-".join)
    .map(lambda text: f'"{text}"')
)
TERMS = st.one_of(
    SOUGHT,
    SOUGHT.map(lambda text: f"f={text}"),
    SOUGHT.map(lambda text: f"NOT g={text}"),
    SOUGHT.map(lambda text: f"G!={text}"),
    st.tuples(SOUGHT, SOUGHT).map(lambda both: f"g IN ({both[0]}, {both[1]})"),
)
CONDITIONS = st.recursive(
    TERMS,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda part: f"({' '.join(part)})"),
    max_leaves=4,
)
ENDS = st.sampled_from(["", " | sort f", " | head 2", " | stats count by f", " | fields f | search a", " | tail 2"])


@pytest.fixture(autouse=True, scope="module")
def few_rows() -> Iterator[None]:
    """Stretches of two rows, and none too many to be read apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terms, "STRETCH_ROWS", 2)
        patch.setattr(scan, "FEW", 1)
        yield


def timed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"ts": 1_704_067_200 + number // 2, **row} for number, row in enumerate(rows)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(TABLES, CONDITIONS, ENDS)
@example([{"f": 7.0}, {"f": "7"}, {"f": "a"}], 'f="07"', "")
@example([{"f": 1e22}, {}, {}, {"g": ["Σ-a"]}], '"ς" OR f="10000000000000000000000"', " | sort f")
def test_the_rows_are_those_of_the_reference(table: list[dict[str, Any]], condition: str, end: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        events = Events(Path(folder))
        events.add("web", timed(table[:6]))
        events.add("web", timed(table[6:]))
        wanted = request(f"source web | search {condition}{end}")
        expected = search(Reference(), wanted, events)
        found = search(DuckDBEngine(), wanted, events)
    assert found.schema == expected.schema
    assert found.rows == expected.rows


@pytest.fixture
def events(tmp_path: Path) -> Events:
    """Three segments of ten events each, an id and a number in each event."""
    found = Events(tmp_path)
    for start in (0, 10, 20):
        found.add("web", timed([{}] * start + [{"id": f"id-{n}x", "n": n, "common": "all"} for n in range(10)])[start:])
    return found


def ran(events: Events, text: str, folder: Path, snapshot: Snapshot | None = None) -> tuple[list[Any], Cost]:
    """The rows, which are those of the reference, and what they cost."""
    plan = planning.plan(request(text), events)
    known = snapshot or events.snapshot(("web",))
    execution = DuckDBEngine().start(Work(plan.result, known, folder, metered=True))
    rows = [row for batch in execution.batches() for row in batch.to_pylist()]
    assert len(rows) == len(run(Reference(), plan.result, known).rows)
    return rows, execution.cost()


def read(events: Events, text: str) -> list[int | None]:
    """How many stretches of each segment may hold what a query asks for; None where all are read."""
    plan = planning.plan(request(text), events)
    (leaf,) = (relation for relation in post_order(plan.result) if isinstance(relation, Scan))
    found = [skipping.stretches(segment, leaf) for segment in events.snapshot(("web",)).segments["web"]]
    return [None if stretches is None else len(stretches) for stretches in found]


def test_only_the_stretches_of_a_term_are_read(events: Events) -> None:
    assert read(events, "source web | search 3x") == [1, 1, 1]
    assert read(events, 'source web | search id="ID-3x" | stats count') == [1, 1, 1]
    assert read(events, "source web | search 3x OR n=8") == [2, 2, 2]
    assert read(events, "source web | search 3x 4x") == [0, 0, 0]
    assert read(events, 'source web | search id="*-3x"') == [1, 1, 1]
    assert read(events, "source web | search common=all") == [5, 5, 5]


def test_what_says_nothing_about_terms_has_all_read(events: Events) -> None:
    for condition in ("NOT 3x", "id=*", 'id="*3x*"', "n>5", '"-"', "3x OR n>5", "n=10.0.0.0/8", '@timestamp="2024"'):
        assert read(events, f"source web | search {condition}") == [None, None, None], condition


def test_files_without_a_term_are_skipped(tmp_path: Path) -> None:
    events = Events(tmp_path)
    for number in range(4):
        events.add("web", [{"ts": 1_704_067_200 + number, "text": f"w{number}"}])
    for text in ("search w2", "search w2 | stats count", "search w2 | sort text"):
        _, cost = ran(events, f"source web | {text}", tmp_path)
        assert (cost.files_read, cost.files_skipped, cost.rows_read) == (1, 3, 1), text
    rows, cost = ran(events, "source web | search nowhere", tmp_path)
    assert (rows, cost.files_read, cost.files_skipped) == ([], 0, 4)


def test_row_groups_without_a_term_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trawl.store.segments.ROW_GROUP_ROWS", 4)
    events = Events(tmp_path)
    events.add("web", [{"ts": 1_704_067_200 + n, "text": f"w{n}"} for n in range(20)])
    rows, cost = ran(events, "source web | search w7", tmp_path)
    assert (len(rows), cost.row_groups_read, cost.row_groups_skipped) == (1, 1, 4)


def test_a_segment_without_a_filter_is_read_whole(events: Events, tmp_path: Path) -> None:
    (segment, *_) = events.snapshot(("web",)).segments["web"]
    path_beside(Path(segment.path)).unlink()
    assert read(events, "source web | search 3x") == [None, 1, 1]
    rows, _ = ran(events, "source web | search 3x", tmp_path)
    assert len(rows) == 3


def test_nothing_beside_a_file_of_others_is_believed(events: Events, tmp_path: Path) -> None:
    mounted = tuple(replace(segment, modified=1) for segment in events.snapshot(("web",)).segments["web"])
    for segment in mounted:
        beside = path_beside(Path(segment.path))
        content, start = beside.read_bytes(), HEAD.size + 5 * STRETCH.size
        beside.write_bytes(content[:start] + bytes(len(content) - start))
    assert read(events, "source web | search all") == [0, 0, 0]
    rows, _ = ran(events, "source web | search all", tmp_path, Snapshot({"web": mounted}))
    assert len(rows) == 30
