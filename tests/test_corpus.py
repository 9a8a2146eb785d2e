"""Every case of the corpus through every stage: text and back, planning, each engine, and cut anywhere between two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from trawl import commands, planning
from trawl.algebra import post_order
from trawl.engines.base import Engine
from trawl.engines.duckdb import DuckDBEngine
from trawl.engines.reference import Reference
from trawl.errors import TrawlError
from trawl.testing import Case, Events, Outcome, plain, read_cases, request, search
from trawl.testing.places import write_places
from trawl.values import Value

CORPUS = Path(__file__).parent / "corpus"
ENGINES: dict[str, Engine] = {engine.name: engine for engine in (Reference(), DuckDBEngine())}
CASES = [case for path in sorted(CORPUS.rglob("*.md")) for case in read_cases(path)]
ANSWERED = [case for case in CASES if case.error is None]
REFUSED = [case for case in CASES if case.error is not None]


def name_of(value: Case | str) -> str:
    return value if isinstance(value, str) else f"{value.path.parent.name}/{value.path.stem}: {value.name}"


def with_engines(cases: list[Case]) -> Iterator[object]:
    """Each case on each engine; a known gap is a strict xfail."""
    for engine in ENGINES:
        for case in cases:
            reason = case.gaps.get(engine) or case.gaps.get("")
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            yield pytest.param(case, engine, marks=marks, id=f"{name_of(case)}-{engine}")


@pytest.fixture
def events(case: Case, tmp_path: Path) -> Events:
    """The case's sources."""
    found = Events(tmp_path)
    for name, lines in case.inputs.items():
        found.add(name, lines)
    for name, (lines, rules) in case.lookups.items():
        found.add_lookup(name, lines, rules)
    if "iplocation" in case.query:
        found.add_places(write_places(tmp_path / "places.mmdb"))
    return found


def check(case: Case, outcome: Outcome) -> None:
    assert case.rows is not None
    found = [{name: plain(value) for name, value in row.items()} for row in outcome.rows]
    expected = list(case.rows)
    if not case.is_ordered:
        found, expected = sorted(found, key=spelled), sorted(expected, key=spelled)
    assert len(found) == len(expected), found
    for row, wanted in zip(found, expected, strict=True):
        assert same_row(row, wanted), f"{row}\nis not\n{wanted}"


def spelled(row: dict[str, Value]) -> str:
    return repr(sorted(row.items()))


def same_row(row: dict[str, Value], wanted: dict[str, Value]) -> bool:
    return row.keys() == wanted.keys() and all(same(row[name], wanted[name]) for name in row)


def same(value: object, wanted: object) -> bool:
    """Equal and of the same kind; floats up to the order in which they were added."""
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(map(same, value, wanted))
    if isinstance(value, float) and isinstance(wanted, float):
        return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return type(value) is type(wanted) and value == wanted


@pytest.mark.parametrize("case", ANSWERED, ids=name_of)
def test_what_is_read_is_written_and_read_the_same(case: Case) -> None:
    query = commands.read(case.query)
    written = commands.write(query)
    again = commands.read(written)
    assert again == query
    assert commands.write(again) == written


@pytest.mark.parametrize(("case", "engine"), list(with_engines(ANSWERED)))
def test_gives_the_rows(case: Case, engine: str, events: Events) -> None:
    outcome = search(ENGINES[engine], request(case.query), events)
    check(case, outcome)
    assert sorted(notice.code for notice in outcome.notices) == list(case.warnings)


@pytest.mark.parametrize(("case", "engine"), list(with_engines(ANSWERED)))
def test_gives_the_same_rows_wherever_it_is_cut(case: Case, engine: str, events: Events) -> None:
    plan = planning.plan(request(case.query), events)
    for count in range(1, len(list(post_order(plan.result)))):
        check(case, search(ENGINES[engine], request(case.query), events, count, ENGINES["reference"]))
        check(case, search(ENGINES["reference"], request(case.query), events, count, ENGINES[engine]))


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_is_refused_with_the_reason(case: Case, events: Events) -> None:
    assert case.error is not None
    with pytest.raises(TrawlError) as caught:  # some only once a subquery has told what it gives
        search(ENGINES["reference"], request(case.query), events)
    error = caught.value
    assert error.code.value == case.error.code
    if case.error.hint is not None:
        assert error.hint == case.error.hint
    if case.error.at is not None:
        assert error.span is not None
        assert case.query[error.span.start : error.span.end] == case.error.at
