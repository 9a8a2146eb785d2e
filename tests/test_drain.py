"""Patterns of lines: what varies is masked, what is alike is one, and nothing unlike everything costs without bound."""

from __future__ import annotations

import pytest

from trawl.drain import MOST_PATTERNS, masked, mine


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("took 15ms, 1.5 s", "took <*>ms, <*> s"),
        ("2024-01-01T10:00:00.123Z from 10.0.0.1:80", "<*> from <*>"),
        ("{1BE2B9A2-0859-4EB6-BCFE-9860DB4957FA} 0x3E7 S-1-5-18", "{<*>} <*> S-<*>"),
        (r"C:\Windows\System32\a1.exe as user7", r"C:\Windows\System32\a1.exe as user7"),
    ],
)
def test_what_varies_always_is_masked(text: str, line: str) -> None:
    assert masked(text) == line


def test_lines_that_differ_in_few_words_are_one_pattern() -> None:
    found = mine([("user ann came", 3, 13), ("user bob came", 2, 13), ("disk full", 1, 9)], 0.4)
    assert [(each.pattern, each.count, each.first) for each in found] == [
        ("user <*> came", 5, "user ann came"),
        ("disk full", 1, "disk full"),
    ]


def test_a_leaf_has_so_many_patterns_and_every_line_is_counted() -> None:
    lines = [(f"go w{'x' * number} q{'y' * number}", 1, 9) for number in range(1, 500)]
    found = mine(lines, 1.0)
    assert len(found) <= MOST_PATTERNS
    assert sum(each.count for each in found) == len(lines)
