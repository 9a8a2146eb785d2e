"""Patterns of log lines by Drain: lines that differ in a few words are one (He, Zhu, Zheng, Lyu: Drain, ICWS 2017).

A line's words lead through a tree: how many they are, then the first of them. In the leaf the line joins the pattern
that it is most like; words in which the two differ become a wildcard. See ADR 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import eq
from typing import Final

WILDCARD: Final = "<*>"
"""Stands for what varies."""
VARYING: Final = (
    "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|\b0[xX][0-9A-Fa-f]+|[0-9A-Fa-f]{32,}|\b[0-9]+(?:[-.:,/T][0-9]+)*Z?"
)
"""What varies wherever it stands, in RE2's syntax: GUIDs, hashes, numbers, addresses, dates and times."""
DEPTH: Final = 1
"""So many first words lead to a leaf."""
MOST_WORDS: Final = 100
"""So many different words lead on from a place of the tree; the others all lead one way."""
MOST_PATTERNS: Final = 50
"""A leaf has so many patterns; a line beyond them joins the most alike, however little that is."""

_VARYING: Final = re.compile(VARYING, re.ASCII)
_DIGIT: Final = re.compile("[0-9]")


def masked(text: str) -> str:
    """A text with a wildcard for all that varies wherever it stands."""
    return _VARYING.sub(WILDCARD, text)


@dataclass(slots=True)
class Pattern:
    """Lines that are alike.

    Attributes:
        words: those of the lines, with wildcards.
        count: how many lines.
        first: the line that came first. length: of the shortest text that it stands for.
    """

    words: list[str]
    count: int
    first: str
    length: int

    @property
    def pattern(self) -> str:
        """The words in one line."""
        return " ".join(self.words)


def mine(lines: Iterable[tuple[str, int, int]], threshold: float) -> list[Pattern]:
    """The patterns of lines, the most frequent first, ties by their text.

    Args:
        lines: masked and different; how often each is there, and how long the shortest text is that it stands
            for. The outcome depends on their order.
        threshold: the share of words in which a line must be like a pattern to belong to it.
    """
    tree = _Tree(threshold)
    for line, count, length in lines:
        tree.add(line, count, length)
    found: dict[str, Pattern] = {}
    for pattern in tree.patterns:
        known = found.setdefault(pattern.pattern, pattern)
        if known is not pattern:
            known.count += pattern.count
    return sorted(found.values(), key=lambda pattern: (-pattern.count, pattern.pattern))


@dataclass
class _Tree:
    threshold: float
    patterns: list[Pattern] = field(default_factory=list)
    _children: dict[tuple[object, ...], set[str]] = field(default_factory=dict)
    _leaves: dict[tuple[object, ...], list[Pattern]] = field(default_factory=dict)

    def add(self, line: str, count: int, length: int) -> None:
        words = line.split()
        leaf = self._leaf(words)
        best, likeness = _nearest(leaf, words)
        if best is None or (likeness < self.threshold * len(words) and len(leaf) < MOST_PATTERNS):
            leaf.append(Pattern(words, count, line, length))
            self.patterns.append(leaf[-1])
            return
        best.count += count
        if likeness < len(words):
            best.words = [one if one == other else WILDCARD for one, other in zip(best.words, words, strict=True)]

    def _leaf(self, words: list[str]) -> list[Pattern]:
        path: tuple[object, ...] = (len(words),)
        for word in words[:DEPTH]:
            known = self._children.setdefault(path, set())
            if word not in known:
                if WILDCARD in word or _DIGIT.search(word) or len(known) >= MOST_WORDS:
                    word = WILDCARD
                else:
                    known.add(word)
            path = (*path, word)
        return self._leaves.setdefault(path, [])


def _nearest(leaf: list[Pattern], words: list[str]) -> tuple[Pattern | None, int]:
    """The pattern that has the most words in common with a line, and how many; of several the first."""
    best, most = None, -1
    for pattern in leaf:
        common = sum(map(eq, pattern.words, words))
        if common > most:
            best, most = pattern, common
    return best, most
