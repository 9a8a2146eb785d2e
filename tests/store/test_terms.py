"""The filter beside a segment never loses a term, and has few that are not there."""

from __future__ import annotations

import struct
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loaded import load, open_store, segments
from trawl.catalog.terms import beside, folded, path_beside
from trawl.engines.reference import Reference
from trawl.functions.base import spread
from trawl.functions.searching import terms
from trawl.store import Store
from trawl.store import terms as making
from trawl.testing import Events, request, search
from trawl.values import text_of

ODD = "aAzZ09_ -.\n\t\\İıßẞſςσΣÅÅKkéÉe\u0301ǅǆ٣Ⅳ½漢字ー\U00010400\U0001d7d8\u200d\0"
TEXTS = st.text(st.sampled_from(ODD), max_size=12) | st.text(max_size=6)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.booleans()
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, TEXTS, max_size=2)


@pytest.fixture(autouse=True, scope="module")
def few_rows() -> Iterator[None]:
    """Stretches of three rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "STRETCH_ROWS", 3)
        yield


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES), min_size=1, max_size=8))
@example([{"a": "ΑΣ"}, {"a": "ας"}, {"a": "İstanbul"}, {"a": "\u212aelvin"}])
@example([{"a": 1e22}, {"a": -0.0}, {"a": 5e-324}, {"a": 1e15}, {"a": 0.1}, {"a": 2**63 - 1}])
@example([{"a": ['say "x\\y"', 1, None, "line\nline"]}])
def test_every_term_of_every_value_is_found(table: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        events = Events(Path(folder))
        events.add("web", table)
        (segment,) = events.snapshot(("web",)).segments["web"]
        filter_ = beside(segment.path)
        assert filter_ is not None
        assert [stretch.rows for stretch in filter_.stretches] == [
            len(table[n : n + 3]) for n in range(0, len(table), 3)
        ]
        rows = [event for event in rows_of(events) if event]
    for number, row in enumerate(rows):
        for value in (value for name, field in row.items() if name != "@timestamp" for value in spread(field)):
            for term in terms(text_of(value)):
                assert filter_.holding(folded(term)) >> number // 3 & 1, (value, term)


def rows_of(events: Events) -> list[dict[str, Any]]:
    return search(Reference(), request("source web"), events).rows


def test_terms_are_what_python_calls_words() -> None:
    letters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] in "LN"]
    assert all(terms(f"-{letter}-") == (letter.lower() if len(letter.lower()) == 1 else "i",) for letter in letters)
    words = "".join(f"{letter} " for letter in letters)
    assert len(list(making.terms_within(words))) == len(letters)
    assert all(folded(text) == folded(folded_term(text)) for text in letters)


def folded_term(text: str) -> str:
    (term,) = terms(text)
    return term


def test_of_terms_that_are_not_there_hardly_one_in_a_hundred_seems_to_be(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, *({"ts": n, "text": f"one {n:x} {n * 7919:x}"} for n in range(3_000)))
    filter_ = beside(segments(store)[0].path)
    assert filter_ is not None
    assert len(filter_.stretches) == 1_000
    seeming = sum(filter_.holding(f"absent{n}").bit_count() for n in range(100))
    assert seeming < 0.03 * 100 * 1_000
    assert filter_.holding("one").bit_count() == 1_000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:10],
        lambda content: content[:60],
        lambda content: content[:-1],
        lambda content: b"another!" + content[8:],
        lambda content: content[:8] + b"1.0     " + content[16:],
        lambda content: content[:16] + struct.pack("<I", 1 << 30) + content[20:],
    ],
    ids=["empty", "head cut", "stretches cut", "bits cut", "other magic", "other Unicode", "too many"],
)
def test_a_file_that_is_no_filter_is_none(store: Store, tmp_path: Path, spoil: Any) -> None:
    load(store, tmp_path, *({"ts": n, "a": f"w{n}"} for n in range(7)))
    (segment,) = segments(store)
    assert beside(segment.path) is not None
    beside_it = path_beside(Path(segment.path))
    beside_it.write_bytes(spoil(beside_it.read_bytes()))
    assert beside(segment.path) is None
    beside_it.unlink()
    assert beside(segment.path) is None


def test_numbers_beyond_64_bits_are_found(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"ts": 1, "n": 2**70}, {"ts": 2, "n": [-(2**80), 1]})
    filter_ = beside(segments(store)[0].path)
    assert filter_ is not None
    assert filter_.holding(str(2**70)) == filter_.holding(str(2**80)) == 1


def test_times_are_those_of_the_rows(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, *({"ts": n, "a": "x"} for n in (5, 1, 4, 2, 3)))
    (segment,) = segments(store)
    filter_ = beside(segment.path)
    assert filter_ is not None
    assert [(s.rows, s.newest, s.oldest) for s in filter_.stretches] == [
        (3, 5 * 10**9, 3 * 10**9),
        (2, 2 * 10**9, 10**9),
    ]
    assert pq.read_metadata(segment.path).num_rows == 5
