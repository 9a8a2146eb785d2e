"""Random small tables of events with fields of every kind, as hypothesis strategies, and what is said about fields."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]
"""Pieces of a query."""

NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([0.5, -0.5, 2.0, 2.555, 1e300, 9007199254740992.0]),
    st.sampled_from([9007199254740993, -(1 << 63), (1 << 63) - 1, 12345678901234567890]),
)
TEXTS = st.sampled_from(
    [
        *["", "a", "A", "b", "ä", "ab c", "1", "1.0", "10", "9", "-3", "1e1", "9007199254740993", "10.0.0.1", "a\nb"],
        *["%C3%A4+%ff%41", "YWI=", "b,a,,b", '[1,"a",2.5]', '{"a": {"b": [{"c": true}, 1e20]}}', "fe80::1:0:a"],
        *["203.0.113.1", "a*"],
    ]
)
SCALARS = st.one_of(NUMBERS, TEXTS, st.booleans())
ARRAYS = st.lists(st.one_of(st.integers(0, 3), TEXTS, st.none()), max_size=3)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "i": st.integers(-3, 12),
    "f": st.sampled_from([0.5, -0.25, 2.0, 10.0, 1e16]),
    "t": TEXTS,
    "b": st.booleans(),
    "x": SCALARS,
    "m": st.one_of(ARRAYS, TEXTS),
    "l": st.lists(TEXTS, max_size=3),
    "s": st.sampled_from(["2024-01-01T00:00:30Z", "2023-12-31T23:59:59Z", "2024-03-31T01:30:00Z", "2019-10-27", "a"]),
}
NAMES = st.sampled_from(sorted(FIELDS))
TIMES = st.integers(0, 5).map(lambda minute: f"2024-01-01T00:{minute * 7:02d}:00Z")

EVENT = st.fixed_dictionaries({"@timestamp": TIMES}, optional=FIELDS)
TABLE = st.lists(EVENT, min_size=1, max_size=8)
"""The events of a source; what field has what type hangs on the events that there are."""


def spelled(value: object) -> str:
    """A value as a query spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def of(*pieces: str | Texts) -> Texts:
    """Pieces one after another, with a blank between; one that is empty leaves none."""
    drawn = st.tuples(*(st.just(piece) if isinstance(piece, str) else piece for piece in pieces))
    return drawn.map(lambda texts: " ".join(text for text in texts if text))


def maybe(*options: str | Texts) -> Texts:
    """One of the options, or nothing."""
    return st.one_of(st.just(""), *(st.just(option) if isinstance(option, str) else option for option in options))


def some(pieces: Texts, most: int = 3) -> Texts:
    """A few different ones, with commas."""
    return st.lists(pieces, min_size=1, max_size=most, unique=True).map(", ".join)


BY = maybe(NAMES.map("by {}".format))
