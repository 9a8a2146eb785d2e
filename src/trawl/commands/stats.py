"""`stats`: measures over groups of events, anywhere in a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trawl.commands.grouping import Grouping


@dataclass(frozen=True)
class Stats(Grouping):
    """Collapse events into groups and measure each group.

    Without `by` all events are one group and there is always one row. Events that lack a field of `by` are
    dropped, unless `keepnull=true`; one that has several values counts in the group of each. Groups come
    ordered by their fields. A measure is named by its own text where `as` gives it no name.

    Synopsis:
        stats [keepnull=BOOL] MEASURE [as NAME][, MEASURE ...] [by FIELD[, FIELD ...]]

    Examples:
        How many requests each host had, and how large the answers were.

        >>> source web | stats count, sum(bytes) as bytes by host
        host | count | bytes
        a    | 3     | 6656
        b    | 2     | 768
        c    | 1     | 256

        How many of them failed.

        >>> source web | stats count(eval(status >= 400)) as failed
        failed
        2
    """

    name: ClassVar[str] = "stats"
