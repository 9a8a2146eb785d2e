"""`rare`: the least frequent values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trawl.commands.frequency import Frequency


@dataclass(frozen=True)
class Rare(Frequency):
    """Count values, or combinations of values, and keep the least frequent.

    The same as `top`, from the other end.

    Synopsis:
        rare [N] FIELD[, FIELD ...] [by FIELD[, FIELD ...]]
        rare ... [limit=N] [showcount=BOOL] [showperc=BOOL] [countfield=NAME] [percentfield=NAME] [useother=BOOL]

    Examples:
        The quietest host.

        >>> source web | rare 1 host showperc=false
        host | count
        c    | 1
    """

    name: ClassVar[str] = "rare"
    descending: ClassVar[bool] = False
