"""The random pipelines have every command, function and aggregation of the registries, in a form that is accepted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from property.expressions import AGGREGATIONS, FUNCTIONS
from property.pipelines import COMMANDS, GENERATING, RULES
from property.tables import Texts
from trawl import commands, functions, planning
from trawl.errors import TrawlError
from trawl.testing import Events, request
from trawl.testing.places import write_places

EVENT = (
    b'{"@timestamp": "2024-01-01T00:07:00Z", "i": 1, "f": 0.5, "t": "a", "b": true, "x": "1", "m": ["a", 1], '
    b'"l": ["a"], "s": "2023-12-31T23:59:59Z"}'
)
searching = settings(
    max_examples=300,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    """A source of one event with every field, and what the pipelines ask for besides."""
    folder = tmp_path_factory.mktemp("generated")
    found = Events(folder)
    found.add("events", [EVENT, EVENT.replace(b'"x": "1"', b'"x": 2.5')])
    found.add("others", [EVENT])
    for name, rules in RULES.items():
        found.add_lookup(name, [EVENT], rules)
    found.add_places(write_places(folder / "places.mmdb"))
    return found


def accepted(pieces: Texts, form: str, events: Events) -> str:
    """A pipeline with one of the pieces that is planned, by some of the first ones drawn."""

    def is_planned(piece: str) -> bool:
        try:
            planning.plan(request(form.format(piece)), events)
        except TrawlError:
            return False
        return True

    return form.format(find(pieces, is_planned, settings=searching))


def test_no_command_is_left_out() -> None:
    assert COMMANDS.keys() == commands.REGISTRY.keys()


def test_no_function_is_left_out() -> None:
    assert FUNCTIONS.keys() == set(functions.names())


def test_no_aggregation_is_left_out() -> None:
    assert AGGREGATIONS.keys() == set(functions.aggregation_names())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_accepted(name: str, events: Events) -> None:
    form = "{}" if name in GENERATING else "source events | {}"
    query = commands.read(accepted(COMMANDS[name], form, events))
    assert name in {stage.name for stage in query.commands if isinstance(stage, commands.Command)}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_is_accepted(name: str, events: Events) -> None:
    assert f"{name}(" in accepted(FUNCTIONS[name], "source events | eval z={}", events)


@pytest.mark.parametrize("name", sorted(AGGREGATIONS))
def test_an_aggregation_is_accepted(name: str, events: Events) -> None:
    accepted(AGGREGATIONS[name], "source events | stats {} as z", events)
