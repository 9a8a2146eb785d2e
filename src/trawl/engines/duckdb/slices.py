"""Which segments are read together: those that overlap in time, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trawl.engines.duckdb.scan import Placed


@dataclass(frozen=True)
class Cut:
    """Segments whose events lie all before those of the next cut in the order of a scan.

    Attributes:
        segments: in the order of sources, then of loading.
        is_ordered: whether they are one file that has its events in order already.
    """

    segments: tuple[Placed, ...]
    is_ordered: bool

    @property
    def rows(self) -> int:
        """Events in them."""
        return sum(placed.segment.rows for placed in self.segments)

    @property
    def bytes(self) -> int:
        """Their size on disk."""
        return sum(placed.segment.bytes for placed in self.segments)


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
