"""Which signs a column's texts are made of: enough of them to know what they cannot spell, and never too few."""

from __future__ import annotations

import string

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trawl.store.signs import FIRST_BYTES, PIECE_BYTES, signs_of

TEXTS = st.lists(st.none() | st.text(st.sampled_from("aAbZ09_-. é\u212a"), max_size=8))


@given(TEXTS, st.integers(0, 3), st.booleans())
def test_the_signs_are_those_of_all_texts_folded(texts: list[str | None], start: int, are_lists: bool) -> None:
    column: pa.Array = pa.array([[text] for text in texts] if are_lists else texts)
    column = (column if texts else pa.array([], pa.list_(pa.string()) if are_lists else pa.string())).slice(start)
    whole = "".join(text or "" for text in texts[start:])
    if column.type in (pa.null(), pa.list_(pa.null())):
        column = column.cast(pa.list_(pa.string()) if are_lists else pa.string())
    assert signs_of(column) == ("".join(sorted(set(whole.lower()))) if whole.isascii() else None)


@pytest.mark.parametrize("place", [0, FIRST_BYTES - 1, FIRST_BYTES, FIRST_BYTES + PIECE_BYTES, 3 * PIECE_BYTES])
def test_none_is_missed_in_a_large_column(place: int) -> None:
    text = "a" * place + "Q" + "a" * 10
    assert signs_of(pa.array([text])) == "aq"
    assert signs_of(pa.array(["a" * place + "é"])) is None


def test_where_all_letters_and_digits_occur_nothing_is_ruled_out() -> None:
    everything = string.ascii_uppercase + string.digits
    assert signs_of(pa.array([everything])) is None
    assert signs_of(pa.array([everything[:-1]])) is not None
