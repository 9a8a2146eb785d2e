"""Every example of every function and aggregate, through the parser and the reference interpreter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from trawl import functions
from trawl.engines.reference import Reference
from trawl.functions import Aggregation, Function
from trawl.functions.base import Example
from trawl.language import operators
from trawl.testing import Events, plain, request, search
from trawl.values import Value

EVENT = {"host": "web-01", "port": 80, "f": "a"}


def examples(kind: type[Function | Aggregation]) -> Iterator[object]:
    for members in functions.families().values():
        for member in members:
            if isinstance(member, kind):
                for example in member.examples:
                    yield pytest.param(member, example, id=example.call)


def answer(text: str, folder: Path) -> Value:
    """The value in column `x` of the one row that a query over one event gives."""
    events = Events(folder)
    events.add("events", [EVENT])
    (row,) = search(Reference(), request(text), events).rows
    return plain(row.get("x"))


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
    value = answer(f"source events | eval x={example.call}", tmp_path)
    if isinstance(example.result, float):
        assert isinstance(value, float)
        assert math.isclose(value, example.result)
    else:
        assert value == example.result
        assert type(value) is type(example.result)


@pytest.mark.parametrize(("aggregation", "example"), list(examples(Aggregation)))
def test_an_aggregate_of_nothing_gives_what_its_example_says(
    aggregation: Aggregation, example: Example, tmp_path: Path
) -> None:
    query = f"source events | where false | stats {example.call} as x"
    assert answer(query, tmp_path) == example.result
