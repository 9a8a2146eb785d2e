"""What a caller wants of a new task: the create body, checked but not yet resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from trawl.errors import Code, TrawlError


class CostLevel(StrEnum):
    """How much of what a search cost is reported (api.md 4, executionCost)."""

    OFF = "OFF"
    INFO = "INFO"
    DEBUG = "DEBUG"


@dataclass(frozen=True)
class Wanted:
    """The create body (api.md 2).

    Attributes:
        query: the text.
        time_field, start, end: `dtFieldName`, `dtStart`, `dtEnd`; None: as the cluster settings say.
        stats: `calculateStats`. cost: `calculateExecutionCost`.
        name: a label. ttl: how long the result is kept, such as `7d`; `0`: until deleted; None: the setting.
        priority: 0 to 10; a higher one starts first.
        max_run_seconds, max_rows: budgets; a spent one finishes the task as partial.
        strict: whether a field that no source has is an error.
    """

    query: str
    time_field: str | None = None
    start: str | None = None
    end: str | None = None
    stats: bool = False
    cost: CostLevel = CostLevel.OFF
    name: str | None = None
    ttl: str | None = None
    priority: int = 5
    max_run_seconds: float | None = None
    max_rows: int | None = None
    strict: bool = False

    def body(self) -> dict[str, Any]:
        """The create body that asks for the same, as JSON, defaults left out."""
        return {
            key: getattr(self, attribute)
            for key, attribute in BODY_KEYS.items()
            if getattr(self, attribute) != _DEFAULTS.get(attribute)
        }

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Wanted:
        """What `body` was made of."""
        values = {attribute: body[key] for key, attribute in BODY_KEYS.items() if key in body}
        return cls(**values | {"cost": CostLevel(values.get("cost", CostLevel.OFF))})


BODY_KEYS: Final = {
    "query": "query",
    "dtFieldName": "time_field",
    "dtStart": "start",
    "dtEnd": "end",
    "calculateStats": "stats",
    "calculateExecutionCost": "cost",
    "name": "name",
    "ttl": "ttl",
    "priority": "priority",
    "maxRunSeconds": "max_run_seconds",
    "maxRows": "max_rows",
    "strict": "strict",
}
"""The keys of the create body, and the attributes of `Wanted` that hold them."""

_DEFAULTS: Final = {name: value.default for name, value in Wanted.__dataclass_fields__.items() if name != "query"}
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def seconds_of(ttl: str) -> int:
    """The seconds that a time to live says: `90s`, `15m`, `12h`, `7d`, `2w`, or seconds alone; 0: for ever.

    Raises:
        TrawlError: `MALFORMED_REQUEST` where it is none of these, or longer than 100 years.
    """
    found = re.fullmatch(r"(\d{1,10})([smhdw]?)", ttl.strip(), re.ASCII)
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not 0 <= seconds <= 36_525 * 86_400:
        reason = f"`{ttl[:40]}` is no time to live"
        raise TrawlError(Code.MALFORMED_REQUEST, reason, hint="such as `12h`, `7d`, or `0` for until deleted")
    return seconds
