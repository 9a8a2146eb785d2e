"""Where a row of a scan is: the columns that rows are ordered by, and its file and its place there as one integer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Names
from trawl.engines.duckdb.groups import Group, Placed

ROW_NUMBER: Final = "file_row_number"
"""DuckDB's own column of a Parquet file: the row's place in it."""
FILE: Final = "filename"
"""DuckDB's own column of a Parquet file: its path."""
FILE_NUMBER: Final = "file_index"
"""DuckDB's own column of a Parquet file: its place among those that a SELECT reads, from 0."""
ROW_BITS: Final = 40
"""How many bits of a row's place in files read in order count the rows of a file; those above count the files."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of the columns that rows are ordered by.

    Attributes:
        time: of events, newest first.
        source: the source's place.
        loaded: when a row was loaded, or the segment's place.
        row: the row's place in its file, where `loaded` is not enough.
        file: the file's path.
        place: the file's place and the row's place in it, as one integer.
    """

    time: str
    source: str
    loaded: str
    row: str
    file: str
    place: str

    @classmethod
    def new(cls, names: Names) -> Keys:
        """Columns of these names."""
        return cls(*(names.new() for _ in range(6)))

    def items(self, group: Group, before: int | None) -> list[str]:
        """All but the time, as items of a SELECT over the files of a group.

        Args:
            before: how many files come before those of the group; None where their order does not matter.
        """
        example = group.segments[0]
        own = example.order_column
        loaded = str(example.ordinal) if own is None else sql.name(own)
        items = [f"{group.placed[0].source} AS {self.source}", f"{loaded} AS {self.loaded}"]
        items += [f"{ROW_NUMBER} AS {self.row}", f"{FILE} AS {self.file}"]
        if before is not None:
            items.append(f"(({FILE_NUMBER} + {before})::BIGINT << {ROW_BITS}) | {ROW_NUMBER} AS {self.place}")
        return items


def located(places: Iterable[int], segments: Sequence[Placed]) -> Iterator[tuple[str, int]]:
    """Each row's file and its place there, by its place in the segments as they are read in order."""
    for place in places:
        yield segments[place >> ROW_BITS].segment.path, place & ((1 << ROW_BITS) - 1)
