"""`top`: the most frequent values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trawl.commands.frequency import Frequency


@dataclass(frozen=True)
class Top(Frequency):
    """Count values, or combinations of values, and keep the most frequent.

    Ten where no number is given, all for 0; with `by` so many in each group. Ties go by the values. Events
    that lack a field are not counted. `percent` is the share of all events of the group that have the
    fields; `useother=true` adds a row `OTHER` for what is left.

    Synopsis:
        top [N] FIELD[, FIELD ...] [by FIELD[, FIELD ...]]
        top ... [limit=N] [showcount=BOOL] [showperc=BOOL] [countfield=NAME] [percentfield=NAME] [useother=BOOL]

    Examples:
        The two busiest hosts.

        >>> source web | top 2 host
        host | count | percent
        a    | 3     | 50
        b    | 2     | 33.333333333333336
    """

    name: ClassVar[str] = "top"
    descending: ClassVar[bool] = True
