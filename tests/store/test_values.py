"""Whatever JSON an event is, its values come back as they were (language.md 6a)."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaded import in_load_order, load, open_store, segments
from trawl.schema import Kind
from trawl.store import Store
from trawl.values import Instant


def flattened(event: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """The fields of a JSON object by the rules, the plain way."""
    found: list[tuple[str, Any]] = []
    for name, value in event.items():
        if isinstance(value, dict):
            found += flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            items = [
                json.dumps(item, separators=(",", ":"), ensure_ascii=False) if isinstance(item, dict | list) else item
                for item in value
            ]
            found.append((prefix + name, items))
        elif value is not None:
            found.append((prefix + name, value))
    return found


def expected(event: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are kept: one that came twice is a multivalue."""
    kept: dict[str, list[Any]] = {}
    for name, value in flattened(event):
        kept.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else together(values) for name, values in kept.items()}


def together(values: list[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def strict(value: Any) -> Any:
    """A form in which 1, 1.0 and true differ, and texts of JSON are equal that spell a number otherwise."""
    if isinstance(value, list):
        return [strict(item) for item in value]
    if isinstance(value, str) and value[:1] in ("[", "{"):
        with suppress(ValueError):
            return ("json", repr(json.loads(value)))
    return (type(value).__name__, value)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
INTEGERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**38 - 1]),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS)
NAMES = st.sampled_from(["a", "A", "b", "a.b", "b.a", "a.b.a", "", "c"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=5)


@given(st.lists(EVENTS, min_size=1, max_size=8))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_generated_events_come_back_value_for_value(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("events")
    with open_store(folder) as store:
        lines = [json.dumps(event | {"ts": number}, ensure_ascii=False) for number, event in enumerate(events)]
        loaded = load(store, folder, *lines)
        assert (loaded.events, loaded.rejected) == (len(events), 0)
        for number, (event, found) in enumerate(zip(events, in_load_order(store), strict=True)):
            assert found.pop("@timestamp") == Instant(number * 10**9)
            assert found.pop("ts") == number
            wanted = expected(event)
            assert {name: strict(value) for name, value in found.items()} == {
                name: strict(value) for name, value in wanted.items()
            }


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(tmp_path) as opened:
        yield opened


def kept(store: Store, folder: Path, *fields: str) -> list[dict[str, Any]]:
    """What becomes of the fields of some events."""
    load(store, folder, *(f'{{"ts":0,{text}}}' for text in fields))
    return [
        {name: value for name, value in event.items() if name not in ("ts", "@timestamp")}
        for event in in_load_order(store)
    ]


def test_a_field_keeps_the_type_that_each_event_gives_it(store: Store, tmp_path: Path) -> None:
    assert kept(store, tmp_path, '"f":4624', '"f":"4624"', '"f":4624.0', '"f":true', '"f":["4624"]', '"f":[1,"x"]') == [
        {"f": 4624},
        {"f": "4624"},
        {"f": 4624.0},
        {"f": True},
        {"f": ["4624"]},
        {"f": [1, "x"]},
    ]
    parts = segments(store)[0].fields["f"]
    assert [part.type.encode() for part in parts] == [
        "boolean",
        "integer|string[]",
        "float",
        "integer",
        "string",
        "string[]",
    ]
    source = store.source("web")
    assert source is not None
    assert source.schema.type_of("f").kinds == {Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN}


def test_texts_are_never_taken_for_other_types(store: Store, tmp_path: Path) -> None:
    texts = ["052644", "1e3", "true", "null", "2020-01-01", "{69e8992a-d6e9-5f51-0c00-000000000400}", "a\r\nb", ""]
    assert kept(store, tmp_path, *(f'"f":{json.dumps(text)}' for text in texts)) == [{"f": text} for text in texts]


def test_null_is_missing_and_an_empty_array_is_not(store: Store, tmp_path: Path) -> None:
    assert kept(store, tmp_path, '"a":null,"b":[]', '"a":[null],"b":{}') == [{"b": []}, {"a": [None]}]


def test_nested_objects_are_dotted_and_arrays_of_objects_are_texts(store: Store, tmp_path: Path) -> None:
    assert kept(store, tmp_path, '"a":{"b":{"c":1},"d":[{"e":1},{"e":[2]}]},"f":[[1,2],[]]') == [
        {"a.b.c": 1, "a.d": ['{"e":1}', '{"e":[2]}'], "f": ["[1,2]", "[]"]}
    ]


def test_a_field_both_dotted_and_nested_is_a_multivalue_and_counted(store: Store, tmp_path: Path) -> None:
    loaded = load(store, tmp_path, '{"ts":0,"a.b":1,"a":{"b":2}}', '{"ts":1,"a.b":3}', '{"ts":2,"a":{"b":4}}')
    assert [event["a.b"] for event in in_load_order(store)] == [[1, 2], 3, 4]
    assert loaded.merged == {"a.b": 1}


def test_an_integer_of_more_than_38_digits_becomes_text_and_is_counted(store: Store, tmp_path: Path) -> None:
    longest, longer = "9" * 38, "1" + "0" * 38
    loaded = load(store, tmp_path, f'{{"ts":0,"f":{longest}}}', f'{{"ts":0,"f":-{longer}}}')
    assert [event["f"] for event in in_load_order(store)] == [int(longest), f"-{longer}"]
    assert loaded.long_integers == 1


def test_large_floats_stay_floats_beside_integers_of_more_than_64_bits(store: Store, tmp_path: Path) -> None:
    assert kept(store, tmp_path, '"f":1e20', '"f":100000000000000000001', '"f":[1e20]') == [
        {"f": 1e20},
        {"f": 100000000000000000001},
        {"f": [1e20]},
    ]


def test_bounds_of_numbers_are_known_to_the_last_digit(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, '{"ts":0,"f":9007199254740993}', '{"ts":0,"f":-100000000000000000001}')
    (part,) = segments(store)[0].fields["f"]
    assert (part.minimum, part.maximum) == (-100000000000000000001, 9007199254740993)
