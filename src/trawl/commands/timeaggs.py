"""`timeaggs`: measures over time, one column a series, where the data is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from trawl.commands.timechart import Timechart
from trawl.language.cursor import Cursor
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Timeaggs(Timechart):
    """Measure events over time, where the data is: one row a bucket, and with `by` one column for each value.

    The same as `timechart`, but only after `source`, `search` and `peval`, so that it can always run where the
    events are. On a cluster `dc` and `perc` may be approximate; the log says so. `composite` says how a
    cluster should page through the buckets and changes no answer.

    Synopsis:
        timeaggs [composite=BOOL] [timefield=FIELD] [span=SPAN] [bins=100] [limit=10] [useother=BOOL]
            MEASURE [as NAME][, MEASURE ...] [by FIELD]

    Examples:
        Requests by the hour.

        >>> source web earliest=2024-01-01T10:00:00Z latest=2024-01-01T13:00:00Z | timeaggs span=1h count
        @timestamp               | count
        2024-01-01T10:00:00.000Z | 3
        2024-01-01T11:00:00.000Z | 2
        2024-01-01T12:00:00.000Z | 1
    """

    name: ClassVar[str] = "timeaggs"
    storage_tier: ClassVar[bool] = True
    only_after_storage: ClassVar[tuple[str, ...] | None] = ("source", "search", "peval")
    instead: ClassVar[str | None] = "timechart"
    approximate: ClassVar[bool] = True

    composite: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads it as `timechart`, with the option `composite` besides."""
        options = cls.options(cursor, composite=cursor.boolean)
        return replace(cls.read_with(cursor, options), composite=options.get("composite", False))

    def write_options(self, writer: Writer) -> None:
        """Writes `composite` and what `timechart` has."""
        writer.option("composite", self.composite, False)
        super().write_options(writer)
