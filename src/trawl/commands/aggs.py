"""`aggs`: measures over groups of events, where the data is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from trawl.algebra import Aggregate, Relation
from trawl.commands.base import Scope
from trawl.commands.grouping import Grouping
from trawl.language.cursor import Cursor
from trawl.language.options import Options
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Aggs(Grouping):
    """Collapse events into groups and measure each group, where the data is.

    The same as `stats`, but only after `source`, `search` and `peval`, so that it can always run where the
    events are. On a cluster `dc` and `perc` may be approximate; the log says so. `composite` says how a
    cluster should page through the groups and changes no answer.

    Synopsis:
        aggs [composite=BOOL] [keepnull=BOOL] MEASURE [as NAME][, MEASURE ...] [by FIELD[, FIELD ...]]

    Examples:
        Count the events of each host.

        >>> source web | aggs count by host
        host | count
        a    | 3
        b    | 2
        c    | 1
    """

    name: ClassVar[str] = "aggs"
    storage_tier: ClassVar[bool] = True
    only_after_storage: ClassVar[tuple[str, ...] | None] = ("source", "search", "peval")
    instead: ClassVar[str | None] = "stats"

    composite: bool = False

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads it as `stats`, with the option `composite` besides."""
        options = Options(cursor, composite=cursor.boolean, keepnull=cursor.boolean)
        return replace(cls.read_with(cursor, options), composite=options.get("composite", False))

    def write_options(self, writer: Writer) -> None:
        """Writes `composite`."""
        writer.option("composite", self.composite, False)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """One row a group; an engine may approximate where it says so."""
        aggregate = super().lower(upstream, scope)
        assert isinstance(aggregate, Aggregate)
        return replace(aggregate, approximate=True)
