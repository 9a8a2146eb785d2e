"""Which files one SELECT reads: those in which the same columns stand for the same parts of fields.

Each SELECT of a union is planned on its own, and where the order of rows matters they are run one after the other.
Files that lack a column that others have are read with them by the columns' names, which is safe since the names of
a segment are of the program's own making (ADR 4), and checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from trawl.catalog.base import Segment
from trawl.catalog.terms import Stretch
from trawl.schema import Type


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment and the source that it is of.

    Attributes:
        segment: the segment.
        source: the source's place among those of the scan: events of the same time come in this order.
        only: the stretches that may hold events wanted; None where that may be most of them.
    """

    segment: Segment
    source: int
    only: tuple[Stretch, ...] | None = None

    @property
    def rows(self) -> int:
        """Rows that are read."""
        return self.segment.rows if self.only is None else sum(stretch.rows for stretch in self.only)


class Held(NamedTuple):
    """How a file holds the values of one field and type.

    Attributes:
        column: the path of the column in the file.
        wide: whether integers need more than 64 bits, which makes the column another type.
    """

    column: tuple[str, ...]
    wide: bool


Parts: TypeAlias = Mapping[tuple[str, Type], Held]
"""How a file holds what is read of it: by field and type."""


@dataclass
class Group:
    """Segments that one SELECT reads.

    Attributes:
        placed: the segments, in their order.
        parts: how the files hold each field and type that at least one of them has.
        are_alike: whether all files have all of these.
    """

    placed: list[Placed] = field(default_factory=list)
    parts: dict[tuple[str, Type], Held] = field(default_factory=dict)
    are_alike: bool = True
    _stand_for: dict[tuple[str, ...], tuple[str, Type]] = field(default_factory=dict)

    @property
    def segments(self) -> list[Segment]:
        """The segments themselves."""
        return [placed.segment for placed in self.placed]

    def admits(self, parts: Parts) -> bool:
        """Whether a file with such parts can be read along: no part lies elsewhere, no column stands for another."""
        return all(
            self.parts.get(part, held) == held and self._stand_for.get(held.column, part) == part
            for part, held in parts.items()
        )

    def add(self, placed: Placed, parts: Parts) -> None:
        """Takes a file that is admitted."""
        if self.placed and parts.keys() != self.parts.keys():
            self.are_alike = False
        self.placed.append(placed)
        self.parts.update(parts)
        self._stand_for.update((held.column, part) for part, held in parts.items())


def grouped(
    segments: Sequence[Placed],
    parts_of: Callable[[Placed], Parts],
    apart: Callable[[Placed], Hashable],
    *,
    is_ordered: bool,
) -> list[Group]:
    """The segments in as few groups as can be.

    Args:
        parts_of: how a file holds what is read of it. apart: files of which this differs are never read together.
        is_ordered: whether rows shall come in the order of the files, so that only neighbours are put together.
    """
    found: list[Group] = []
    by_key: dict[Hashable, list[Group]] = {}
    for placed in segments:
        key, parts = apart(placed), parts_of(placed)
        own = by_key.setdefault(key, [])
        candidates = [group for group in own[-1:] if group is found[-1]] if is_ordered else own
        group = next((group for group in candidates if group.admits(parts)), None)
        if group is None:
            group = Group()
            found.append(group)
            own.append(group)
        group.add(placed, parts)
    return found
