"""How rows, bars and values look in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from trawl.cli.terminal.stats import bar_of
from trawl.cli.terminal.table import text, written

ROWS: list[dict[str, Any]] = [{"host": "ä界", "n": 5}, {"host": "b", "n": 1234}, {"n": None}]


def test_columns_stand_under_their_names_numbers_to_the_right() -> None:
    assert list(written(["host", "n"], ROWS, 80)) == [
        "host     n",
        "────  ────",
        "ä界      5",
        "b     1234",
        "",
    ]


def test_rows_too_wide_for_the_line_come_one_field_a_line() -> None:
    wide = {f"field.{number}": "x" * 30 for number in range(5)}
    lines = list(written(list(wide), [wide, {"field.0": "y"}], 80))
    assert lines[0].startswith("── 1 ──")
    assert lines[1] == "field.0  " + "x" * 30
    assert lines[6].startswith("── 2 ──")
    assert lines[7:] == ["field.0  y"]


def test_a_long_value_is_cut_where_the_line_has_an_end_only() -> None:
    rows = [{"m": "x" * 100}]
    assert list(written(["m"], rows, 80))[2] == "x" * 59 + "…"
    assert list(written(["m"], rows, None))[2] == "x" * 100


def test_widths_are_of_the_first_rows_and_later_ones_may_be_longer() -> None:
    rows = ({"m": "x" * (1 if number < 100 else 3)} for number in range(101))
    assert list(written(["m"], rows, None))[-1] == "xxx"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ("a\r\nb\x1b[31m", "a\\r\\nb\\x1b[31m"),
        (["a", 1, None], "a, 1, "),
        (True, "true"),
        (1.5, "1.5"),
        ("ü", "ü"),
    ],
)
def test_values_stay_on_their_line(value: Any, shown: str) -> None:
    assert text(value) == shown


@pytest.mark.parametrize(("count", "bar"), [(0, ""), (1, "▏"), (500, "█████"), (1000, "██████████"), (550, "█████▌")])
def test_bars_have_eighths_and_show_the_least(count: int, bar: str) -> None:
    assert bar_of(count, 1000, 10) == bar
