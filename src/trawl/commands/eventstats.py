"""`eventstats`: measures over groups of events, added to every event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from trawl.algebra import Measure, Relation, Window
from trawl.commands.base import Command, Scope
from trawl.commands.grouping import lower_measures, note_counted, read_by
from trawl.language.cursor import Cursor
from trawl.language.measures import read_measures
from trawl.language.names import Name
from trawl.language.options import Options
from trawl.language.writer import Writer


@dataclass(frozen=True)
class Eventstats(Command):
    """Measure groups of events and add the measures to every event of the group.

    The same measures as in `stats`, but the events stay, in their order. Without `by` all events are one group.
    Events that lack a field of `by` are in no group: they stay too, without the measures. One that has several
    values there is in the group of events that have just these.

    Synopsis:
        eventstats MEASURE [as NAME][, MEASURE ...] [by FIELD[, FIELD ...]]

    Examples:
        Each answer beside the average of its host.

        >>> source web qsize=4 | eventstats avg(bytes) as usual by host | fields host, bytes, usual
        host | bytes | usual
        c    | 256   | 256
        a    | 512   | 768
        b    | 256   | 256
        a    | 1024  | 768

        The largest answers of all.

        >>> source web | eventstats max(bytes) as most | where bytes == most | fields host, bytes
        host | bytes
        a    | 5120
    """

    name: ClassVar[str] = "eventstats"

    measures: tuple[Measure, ...]
    by: tuple[Name, ...] = ()

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        """Reads measures, `by` and its fields; there are no options."""
        options = Options(cursor)
        options.read()
        measures = read_measures(cursor)
        options.read()
        by = read_by(cursor, measures)
        options.read()
        return cls(measures, by)

    def write(self, writer: Writer) -> None:
        """Writes the measures and `by`."""
        writer.word(self.name)
        writer.measures(self.measures)
        if self.by:
            writer.word("by")
            writer.names(self.by)

    def lower(self, upstream: Relation, scope: Scope) -> Relation:
        """A window over the whole group."""
        note_counted(self.measures, scope)
        groups = tuple(name.field for name in self.by)
        return Window(upstream, groups, lower_measures(self.measures, scope))
