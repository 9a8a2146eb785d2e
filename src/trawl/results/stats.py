"""Sidebar and timeline: what they say of the events beside a result, and their JSON (api.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trawl.errors import Notice
from trawl.language.strides import Stride
from trawl.schema import Type
from trawl.values import Instant, Value
from trawl.wire import json_value


@dataclass(frozen=True, slots=True)
class Count:
    """How many times a value occurs."""

    value: Value
    count: int


@dataclass(frozen=True)
class FieldSummary:
    """What the values of a field are.

    Attributes:
        count: events that have it.
        distinct: different values; those of a multivalue count each.
        top: the most frequent values, most frequent first.
        minimum, maximum: of numbers and times. average: of numbers.
    """

    name: str
    type: Type
    count: int
    distinct: int
    top: tuple[Count, ...]
    minimum: Value = None
    maximum: Value = None
    average: float | None = None


@dataclass(frozen=True)
class Sidebar:
    """The fields of the events, most covered first."""

    events: int
    fields: tuple[FieldSummary, ...]

    def to_json(self) -> dict[str, Any]:
        """As `sidebar` of api.md 4. `coverage` is of all events, `percent` of those that have the field."""
        return {"events": self.events, "fields": [self._field(summary) for summary in self.fields]}

    def _field(self, summary: FieldSummary) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": summary.name,
            "type": summary.type.name,
            "multivalue": summary.type.multivalue,
            "count": summary.count,
            "coverage": round(summary.count / self.events, 4),
            "distinct": summary.distinct,
            "distinctIsExact": True,
            "top": [
                {
                    "value": json_value(each.value),
                    "count": each.count,
                    "percent": round(100 * each.count / summary.count, 2),
                }
                for each in summary.top
            ],
        }
        extremes = {"min": summary.minimum, "max": summary.maximum, "avg": summary.average}
        return told | {name: json_value(value) for name, value in extremes.items() if value is not None}


@dataclass(frozen=True)
class Timeline:
    """How many events each stretch of time has: lower edges ascending, without a gap.

    Attributes:
        field: the field that holds the time.
        stride: how long each stretch is. zone: IANA name of the time zone of calendar units.
        counts: the lower edge of each stretch, and its events.
        undated: events that have no time, and so are in no stretch.
    """

    field: str
    stride: Stride
    zone: str
    counts: tuple[tuple[Instant, int], ...]
    undated: int = 0

    def to_json(self) -> dict[str, Any]:
        """As `timeline` of api.md 4."""
        return {
            "field": self.field,
            "span": str(self.stride),
            "timeZone": self.zone,
            "fields": [{self.field: str(edge), "count": count} for edge, count in self.counts],
        }


@dataclass(frozen=True)
class Stats:
    """What stands beside a result.

    Attributes:
        field: the field that holds the time.
        timeline: None where the events have no such field any more.
    """

    field: str
    sidebar: Sidebar
    timeline: Timeline | None

    @property
    def notices(self) -> list[Notice]:
        """Why the counts of the timeline are not all events, if they are not."""
        if self.timeline is None:
            message = f"there is no timeline: the events have lost their time field `{self.field}`"
            return [Notice("no_timeline", message)]
        if self.timeline.undated:
            message = f"events without a time in `{self.field}` are not in the timeline"
            return [Notice("events_without_time", message, count=self.timeline.undated)]
        return []

    def to_json(self) -> dict[str, Any]:
        """Both, under the names of api.md 4."""
        return {"sidebar": self.sidebar.to_json(), "timeline": self.timeline and self.timeline.to_json()}
