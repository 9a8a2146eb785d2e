"""Values as JSON on the wire."""

from __future__ import annotations

import pytest

from trawl.arrow import to_array
from trawl.schema import INTEGER, STRING, TIME, Type, array_of
from trawl.values import Instant, Value
from trawl.wire import json_values


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        ([], array_of(STRING), []),
        ([["a", "b"], None, [], ["c"]], array_of(STRING), [["a", "b"], None, [], ["c"]]),
        ([[2**53 + 1, 1]], array_of(INTEGER), [["9007199254740993", 1]]),
        ([Instant(0), None], TIME, ["1970-01-01T00:00:00.000Z", None]),
    ],
)
def test_a_column_of_any_length_is_its_values(values: list[Value], type_: Type, expected: list[object]) -> None:
    assert json_values(to_array(values, type_), type_) == expected
