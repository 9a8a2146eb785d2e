"""How values compare, sort and count as the same."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from trawl.algebra import SortMode
from trawl.functions.ordering import compare, distinct, equal, identity, in_order, order_key, sort_key
from trawl.values import FIRST_INSTANT, LAST_INSTANT, Instant, Scalar

SCALARS = st.one_of(
    st.text(max_size=3),
    st.integers(-(1 << 70), 1 << 70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.integers(FIRST_INSTANT.nanoseconds, LAST_INSTANT.nanoseconds).map(Instant),
)


def test_mixed_values_are_sorted_numbers_text_booleans_times() -> None:
    values: list[Scalar] = [Instant(0), True, "b", "B", "", 10, 9.5, -1, False]
    assert in_order(values) == [-1, 9.5, 10, "", "B", "b", False, True, Instant(0)]


def test_distinct_numbers_are_told_apart_by_value_and_integers_are_kept() -> None:
    values: list[Scalar] = [2.0, 2, "2", True, 1, 1.0]
    kept = distinct(values)
    assert kept == [2, "2", True, 1]
    assert [type(value) for value in kept] == [int, str, bool, int]


def test_neighbours_beyond_2_to_the_53_are_apart() -> None:
    assert not equal(9007199254740993, 9007199254740992.0)
    assert not equal("9007199254740993", 9007199254740992.0)
    assert compare("9007199254740993", 9007199254740992.0) == 1
    assert identity(9007199254740993) != identity(9007199254740992.0)


def test_numbers_without_end_are_compared_all_the_same() -> None:
    assert compare("1e999999", 5) == 1
    assert compare("-1e999999", 1e300) == -1
    assert not equal("1e999999", 10**30)


def test_a_time_is_compared_with_epoch_seconds_and_milliseconds() -> None:
    assert equal(Instant(1_704_067_200_000_000_000), 1_704_067_200)
    assert equal("1704067200000", Instant(1_704_067_200_000_000_000))
    assert compare(Instant(0), "1970-01-01T00:00:00.000000001Z") == -1
    assert compare(Instant(0), "soon") is None


def test_modes_of_sort_read_values_their_own_way() -> None:
    assert sort_key("10", SortMode.AUTO) == (1, "10")
    assert sort_key("10", SortMode.NUMBER) == (0, 10)
    assert sort_key("ten", SortMode.NUMBER) is None
    assert sort_key(10, SortMode.STRING) == (1, "10")
    assert sort_key("fe80::1", SortMode.IP) > sort_key("255.255.255.255", SortMode.IP)  # type: ignore[operator]  # neither is None
    assert sort_key([None, "b", "a"], SortMode.AUTO) == (1, "b")
    assert sort_key([], SortMode.AUTO) is None


@given(st.lists(SCALARS, max_size=6))
def test_the_order_is_total(values: list[Scalar]) -> None:
    assert all(sorted(chosen, key=order_key) == in_order(values) for chosen in itertools.permutations(values))


@given(SCALARS, SCALARS)
def test_equal_goes_both_ways_and_order_turns_round(left: Scalar, right: Scalar) -> None:
    assert equal(left, right) == equal(right, left)
    there, back = compare(left, right), compare(right, left)
    assert (there, back) == (None, None) or (there is not None and back == -there)


@given(SCALARS)
def test_everything_equals_itself(value: Scalar) -> None:
    assert equal(value, value)
    assert identity(value) == identity(value)
