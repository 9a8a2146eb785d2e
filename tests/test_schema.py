"""Types of columns: how errors call their values."""

import pytest

from trawl.schema import BOOLEAN, INTEGER, NUMBER, STRING, TIME, Type


@pytest.mark.parametrize(
    ("type_", "called"),
    [
        (INTEGER, "an integer"),
        (STRING, "a string"),
        (BOOLEAN, "a boolean"),
        (TIME, "a time"),
        (NUMBER, "a value of mixed type"),
    ],
)
def test_values_are_called_by_their_type(type_: Type, called: str) -> None:
    assert type_.called == called
