"""Values as JSON on the wire: whole columns at once say the same as each value on its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stored import batch
from trawl import wire
from trawl.arrow import to_array
from trawl.schema import ANY, BOOLEAN, FLOAT, INTEGER, NULL, STRING, TIME, Type, array_of
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant, Value
from trawl.wire import json_column, json_pieces, json_value

_SIGNS: Final = st.text(st.sampled_from('a",\\/\n\r\t\0\x1f\x7f\u2028{}:t0123456789ü𝄞'))
_ODD: Final = ['"', "\\", '","', '{"a": "x",', '",\n  "', '\\","', "", '{"t":1}', "1" * 16, "\0"]
_EDGES: Final = [0, -1, 2**53, 2**53 + 1, -(2**53), -(2**53) - 1, 2**63 - 1, -(2**63)]
_INSTANTS: Final = st.integers(FIRST_INSTANT.nanoseconds, LAST_INSTANT.nanoseconds)
_MILLISECONDS: Final = st.integers(-(10**12), 10**12).map(lambda milliseconds: milliseconds * 10**6)

SINGLE: Final[dict[Type, st.SearchStrategy[Any]]] = {
    STRING: st.text() | _SIGNS | st.sampled_from(_ODD),
    INTEGER: st.sampled_from([*_EDGES, 2**64, -(10**37)]) | st.integers(-(2**63), 2**63 - 1),
    FLOAT: st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([5.0, -0.0, 1e16, 1e300]),
    BOOLEAN: st.booleans(),
    TIME: (_INSTANTS | _MILLISECONDS | st.sampled_from([0, -1, 10**9])).map(Instant),
}
_ITEM: Final = st.one_of(*SINGLE.values()).filter(lambda value: not isinstance(value, int) or abs(value) < 2**63)
COLUMNS: Final[dict[Type, st.SearchStrategy[Any]]] = {
    **SINGLE,
    **{array_of(type_): st.lists(st.none() | values, max_size=4) for type_, values in SINGLE.items()},
    ANY: st.one_of(*SINGLE.values()) | st.lists(st.none() | _ITEM, max_size=4),
    NULL: st.none(),
}


def alone(values: Sequence[Value]) -> list[Any]:
    """What a reader finds of values that were written one by one."""
    return [orjson.loads(orjson.dumps(json_value(value))) for value in values]


def same(found: object, expected: object) -> bool:
    """Whether two are equal, and of the same types: 5 is not 5.0."""
    return repr(found) == repr(expected)


@pytest.mark.parametrize("type_", COLUMNS, ids=Type.encode)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_column_says_what_its_values_say(type_: Type, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | COLUMNS[type_], max_size=30))
    start = data.draw(st.integers(0, len(values)))
    array = to_array(values, type_).slice(start)
    assert same(orjson.loads(b"[" + json_column(array, type_) + b"]"), alone(values[start:]))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_row_is_an_object_without_what_is_missing(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 8))
    names = data.draw(st.lists(SINGLE[STRING], min_size=1, max_size=4, unique=True))
    types = [data.draw(st.sampled_from([STRING, *COLUMNS])) for _ in names]
    columns: list[list[Value]] = [
        data.draw(st.lists(st.none() | COLUMNS[type_], min_size=count, max_size=count)) for type_ in types
    ]
    events = batch(dict(zip(names, zip(types, columns, strict=True), strict=True)))
    rows = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*map(alone, columns), strict=True)
    ]
    for between in (",", ",\n"):
        written = between.encode().join(json_pieces(events, between))
        assert same(orjson.loads(b"[" + written + b"]"), rows)


def test_a_text_that_looks_like_the_end_of_another_stays_whole() -> None:
    texts: list[Value] = ['{"a": "x",', "plain", None, '{"b": "y",', '"', '",\n  "']
    written = b",".join(json_pieces(batch({"line": (STRING, texts)})))
    assert orjson.loads(b"[" + written + b"]") == [{"line": text} if text is not None else {} for text in texts]


def test_pieces_are_small_however_many_rows_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PIECE", 1000)
    events = batch({"text": (STRING, ["x" * 300] * 20 + ["y" * 5000])})
    pieces = list(json_pieces(events))
    assert max(map(len, pieces[:-1])) < 2000
    assert [row["text"][0] for row in json.loads(b"[" + b",".join(pieces) + b"]")] == ["x"] * 20 + ["y"]


def test_rows_without_columns_are_empty_objects() -> None:
    bare = pa.RecordBatch.from_arrays([pa.nulls(2)], ["none"]).select([])
    assert b",".join(json_pieces(bare)) == b"{},{}"


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        ([], array_of(STRING), b""),
        ([["a", "b"], None, [], ["c"]], array_of(STRING), b'["a","b"],null,[],["c"]'),
        ([[2**53 + 1, 1]], array_of(INTEGER), b'["9007199254740993",1]'),
        ([Instant(0), None, Instant(10**8)], TIME, b'"1970-01-01T00:00:00.000Z",null,"1970-01-01T00:00:00.100Z"'),
        ([5.0, 0.1], FLOAT, b"5.0,0.1"),
        (["a\nb", "\x01"], STRING, rb'"a\nb","\u0001"'),
        (['{"a": "x",', '",', "\n  "], STRING, rb'"{\"a\": \"x\",","\",","\n  "'),
        ([2**64, Instant(0)], ANY, b'"18446744073709551616","1970-01-01T00:00:00.000Z"'),
    ],
)  # fmt: skip
def test_a_column_is_written_as_json(values: list[Value], type_: Type, expected: bytes) -> None:
    assert json_column(to_array(values, type_), type_) == expected
