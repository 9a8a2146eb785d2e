"""Which segments are read together: those that overlap in time, newest first, and ever more of those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from trawl.engines.duckdb.groups import Placed

ROWS_A_THREAD: Final = 2_000_000
"""Rows up to which cuts are joined, for each thread: at the end of a statement threads wait for the last of them."""
GROWTH: Final = 8
"""How many times as many rows as before are read next: the first ones come early, and the rest in few steps."""
FEWEST: Final = 100_000
"""Rows up to which cuts are joined at first: to read fewer takes less time than to begin one more statement."""


@dataclass(frozen=True)
class Cut:
    """Segments whose events lie all before those of the next cut in the order of a scan.

    Attributes:
        segments: in the order of sources, then of loading; newest first where they are ordered.
        is_ordered: whether their files, one after the other, have the events in order already.
    """

    segments: tuple[Placed, ...]
    is_ordered: bool

    @property
    def rows(self) -> int:
        """Events of them that are read."""
        return sum(placed.rows for placed in self.segments)


def cut(segments: Sequence[Placed]) -> list[Cut]:
    """The segments in cuts that do not overlap in time, newest first."""
    newest_first = sorted(segments, key=lambda placed: placed.segment.last, reverse=True)
    groups: list[list[Placed]] = []
    for placed in newest_first:
        if groups and placed.segment.last >= min(other.segment.first for other in groups[-1]):
            groups[-1].append(placed)
        else:
            groups.append([placed])
    found = []
    for group in groups:
        ordered = tuple(sorted(group, key=lambda placed: (placed.source, placed.segment.ordinal)))
        found.append(Cut(ordered, len(group) == 1 and group[0].segment.is_sorted))
    return found


def in_order(segments: Sequence[Placed]) -> tuple[Placed, ...] | None:
    """The segments whose files, one after the other, have the events in order; None where they overlap."""
    cuts = cut(segments)
    if not all(each.is_ordered for each in cuts):
        return None
    return tuple(placed for each in cuts for placed in each.segments)


def joined(cuts: Sequence[Cut], threads: int) -> Iterator[Cut]:
    """The cuts, ordered ones joined to their neighbours: the first alone unless it is small, then ever more of them.

    Args:
        threads: how many read them.
    """
    rows, waiting = 0, list(cuts)
    while waiting:
        current = waiting.pop(0)
        most = min(max(FEWEST, GROWTH * rows), ROWS_A_THREAD * threads)
        while current.is_ordered and waiting and waiting[0].is_ordered and current.rows + waiting[0].rows <= most:
            current = Cut((*current.segments, *waiting.pop(0).segments), True)
        rows += current.rows
        yield current
