"""The relations that ask a plan's tap for sidebar and timeline, and what their rows answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyarrow as pa

from trawl import calendars
from trawl.algebra import Aggregate, Measure, Profile, Relation
from trawl.arrow import schema_of, to_values
from trawl.expr import Call, Field, Literal
from trawl.language.strides import Stride, automatic
from trawl.planning.bind import bind
from trawl.planning.rules import improve
from trawl.results.stats import Count, FieldSummary, Sidebar, Stats, Timeline
from trawl.schema import Type
from trawl.values import Instant, TimeRange, unbox

MOST_BUCKETS: Final = 100
"""A timeline has no more stretches than these."""


@dataclass(frozen=True)
class Survey:
    """The questions that statistics ask of the events.

    Attributes:
        tap: the events; bound.
        field: the field that holds the time.
        range: the stretch of time that the timeline shows at least.
        zone: IANA name of the time zone.
    """

    tap: Relation
    field: str
    range: TimeRange
    zone: str

    @property
    def _has_time(self) -> bool:
        """Whether the events still have their time field, so that there is a timeline."""
        return not self.tap.columns.type_of(self.field).is_null

    @cached_property
    def _events(self) -> Relation:
        """The tap after all rewrites, once for both questions."""
        return improve(self.tap)

    @cached_property
    def fields(self) -> Relation:
        """One row a field."""
        return bind(Profile(self._events))

    @cached_property
    def times(self) -> Relation:
        """One row a bucket of time that has events, and one for events without a time."""
        buckets = self._stride.buckets(self.zone)
        constants = (Literal(buckets.size), Literal(buckets.unit), Literal(buckets.zone))
        key = ("bucket", Call("bucket_time", (Field(self.field), *constants)))
        keys = (key,) if self._has_time else ()
        return bind(Aggregate(self._events, keys, (Measure("count", (), "events"),), keep_null=True))

    def stats(self, fields: Iterable[pa.RecordBatch], times: Iterable[pa.RecordBatch]) -> Stats:
        """The answers, from the rows of the two relations."""
        counts: Counter[Instant | None] = Counter()
        for row in _rows(times):
            counts[row.get("bucket")] += row["events"]
        summaries = tuple(_summary(row) for row in _rows(fields))
        timeline = self._timeline(counts) if self._has_time else None
        return Stats(self.field, Sidebar(counts.total(), summaries), timeline)

    @cached_property
    def _stride(self) -> Stride:
        return automatic(self.range, self.zone, timeline=True)

    def _timeline(self, counts: Counter[Instant | None]) -> Timeline:
        """Fills the gaps. Where a command moved events out of the range, longer stretches hold them all."""
        found = {edge: count for edge, count in counts.items() if edge is not None}
        within = TimeRange(
            min((self.range.start, *found)),
            max((self.range.end, *(Instant(edge.nanoseconds + 1) for edge in found))),
        )
        stride = self._stride
        if within != self.range and stride.count_in(within, self.zone) > MOST_BUCKETS:
            stride = automatic(within, self.zone, timeline=True)
        buckets = stride.buckets(self.zone)
        how = (buckets.size, buckets.unit, self.zone)
        filled = dict.fromkeys(calendars.edges(within.start, within.end, *how), 0)
        for edge, count in found.items():
            filled[calendars.floor(edge, *how)] += count
        return Timeline(self.field, stride, self.zone, tuple(filled.items()), counts[None])


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        schema = schema_of(batch.schema)
        columns = [to_values(array, column.type) for array, column in zip(batch.columns, schema, strict=True)]
        for row in zip(*columns, strict=True):
            yield dict(zip(schema.names, row, strict=True))


def _summary(row: dict[str, Any]) -> FieldSummary:
    return FieldSummary(
        name=row["field"],
        type=Type.decode(row["type"]),
        count=row["count"],
        distinct=row["distinct"],
        top=tuple(Count(unbox(text), count) for text, count in zip(row["top"], row["top_counts"], strict=True)),
        minimum=unbox(row["minimum"]),
        maximum=unbox(row["maximum"]),
        average=row["average"],
    )
