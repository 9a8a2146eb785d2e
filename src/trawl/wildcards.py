"""Patterns with `*` for any run of characters, matched piece by piece in linear time.

A regular expression of as many `.*` would try all ways to part the text.
"""

from __future__ import annotations


def stars(pattern: str, text: str) -> tuple[str, ...] | None:
    """What each `*` of the pattern stands for in a text, as little as can be; None where it does not match."""
    if "*" not in pattern:
        return () if pattern == text else None
    first, *middle, last = pattern.split("*")
    end = len(text) - len(last)
    if not text.startswith(first) or not text.endswith(last) or end < len(first):
        return None
    found: list[str] = []
    position = len(first)
    for piece in middle:
        place = text.find(piece, position, end)
        if place < 0:
            return None
        found.append(text[position:place])
        position = place + len(piece)
    return (*found, text[position:end])


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is the whole text."""
    return stars(pattern, text) is not None
