"""Every example of every function and aggregate, through the parser and the reference interpreter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from trawl import functions
from trawl.engines.reference import Reference
from trawl.functions import Aggregation, Function
from trawl.functions.base import Example
from trawl.language import operators
from trawl.testing import Events, plain, request, search
from trawl.values import Value

EVENT = {"host": "web-01", "port": 80}
MEASURED = [
    {"@timestamp": "2024-01-01T00:01:20Z", "f": 14},
    {"@timestamp": "2024-01-01T00:01:00Z", "f": 4},
    {"@timestamp": "2024-01-01T00:00:40Z", "f": 4},
    {"@timestamp": "2024-01-01T00:00:20Z", "f": 2},
    {"@timestamp": "2024-01-01T00:00:00Z"},
]


def examples(kind: type[Function | Aggregation]) -> Iterator[object]:
    for members in functions.families().values():
        for member in members:
            if isinstance(member, kind):
                for example in member.examples:
                    yield pytest.param(member, example, id=example.call)


def answer(text: str, folder: Path, given: Sequence[Mapping[str, object]] = (EVENT,)) -> Value:
    """The value in column `x` of the one row that a query over a few events gives."""
    events = Events(folder)
    events.add("events", given)
    (row,) = search(Reference(), request(text), events).rows
    return plain(row.get("x"))


def like(value: Value, expected: Value) -> bool:
    """Whether a value is the one that an example shows, of its type; floats may differ in their last digits."""
    if isinstance(value, float) and isinstance(expected, float):
        return math.isclose(value, expected)
    return value == expected and type(value) is type(expected)


@pytest.mark.parametrize(("function", "example"), list(examples(Function)))
def test_a_function_gives_what_its_example_says(
    function: Function, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if function.is_operator:  # what only commands call is called by a query here
        monkeypatch.setattr(operators, "HIDDEN", frozenset())
    if function.name.startswith("search_"):
        query = f"source events | search {example.call} | stats count as x"
        assert answer(query, tmp_path) == int(example.result is True)
        return
    assert like(answer(f"source events | eval x={example.call}", tmp_path), example.result)


@pytest.mark.parametrize(("aggregation", "example"), list(examples(Aggregation)))
def test_an_aggregation_gives_what_its_example_says(aggregation: Aggregation, example: Example, tmp_path: Path) -> None:
    assert like(answer(f"source events | stats {example.call} as x", tmp_path, MEASURED), example.result)


@pytest.mark.parametrize(("aggregation", "example"), list(examples(Aggregation)))
def test_an_aggregation_of_nothing_is_null_and_a_count_0(
    aggregation: Aggregation, example: Example, tmp_path: Path
) -> None:
    query = f"source events | where false | stats {example.call} as x"
    assert answer(query, tmp_path, MEASURED) == (0 if aggregation.name == "count" else None)
