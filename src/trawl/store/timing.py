"""Which of an event's fields is its time, read once for a whole chunk (language.md 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from trawl.arrow import to_values
from trawl.store.chunk import ROW_TYPE, Slot, Values, without
from trawl.store.times import CANDIDATES, NS, TIME_FIELD, read_times
from trawl.values import Instant

ORIGINAL: Final = ".original"
"""What is added to the name of a field `@timestamp` that an event's time was not read from."""


@dataclass(frozen=True)
class TimeRule:
    """Where the time of events is taken from.

    Attributes:
        field: the field; None: the first of the usual ones that an event has.
        substitute: the time of events that have none; None: they are put aside.
        reference: the moment of loading, which times without a year are of the last year before.
        is_timed: whether there is a time at all. Rows that have none, those of lookups, keep all of their fields.
    """

    field: str | None
    substitute: Instant | None
    reference: Instant
    is_timed: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to look at, in order."""
        return CANDIDATES if self.field is None else (self.field,)


UNTIMED: Final = TimeRule(None, None, Instant(0), is_timed=False)
"""For rows that have no time."""


@dataclass(frozen=True)
class Timed:
    """A chunk's times and its other fields.

    Attributes:
        times: one an event, none null.
        slots: the other fields.
        aside: the rows that had no readable time, and a sentence for each; they are left out.
    """

    times: pa.Array
    slots: dict[Slot, Values]
    aside: dict[int, str]


def take_times(slots: Mapping[Slot, Values], rows: int, rule: TimeRule) -> Timed:
    """Reads the time of each of so many events out of their fields.

    The first field that an event has decides; if no time can be read from it, there is none.
    """
    if not rule.is_timed:
        return Timed(pa.repeat(pa.scalar(0), rows).cast(NS), dict(slots), {})
    times, decided = pa.nulls(rows, NS), _constant(rows, False)
    left = dict(slots)
    for name in rule.fields:
        for slot, values in _of_field(slots, name):
            kind = values.type.kind if not values.type.multivalue else None
            found = read_times(values.array, kind, rule.reference) if kind else pa.nulls(len(values.array), NS)
            here = pc.invert(decided)
            times = pc.if_else(here, pc.coalesce(times, _spread(found, values, rows)), times)
            present = _spread(pc.is_valid(values.array), values, rows).fill_null(False)
            if name == TIME_FIELD:
                left |= _kept_original(left.pop(slot), slot, pc.and_(here, pc.is_valid(times)), slots)
            decided = pc.or_(decided, present)
        if decided.true_count == rows:
            break
    if TIME_FIELD not in rule.fields:
        for slot, _ in _of_field(slots, TIME_FIELD):
            left |= _kept_original(left.pop(slot), slot, _constant(rows, False), slots)
    if times.null_count == 0:
        return Timed(times, left, {})
    if rule.substitute is not None:
        return Timed(times.fill_null(pa.scalar(rule.substitute.nanoseconds, pa.int64()).cast(NS)), left, {})
    readable = pc.is_valid(times)
    reasons = {row: _reason(slots, row, rule) for row, fine in enumerate(readable.to_pylist()) if not fine}
    return Timed(times.drop_null(), without(left, readable), reasons)


def _of_field(slots: Mapping[Slot, Values], name: str) -> Iterator[tuple[Slot, Values]]:
    return ((slot, values) for slot, values in slots.items() if slot.field == name)


def _constant(rows: int, value: bool) -> pa.Array:
    return pa.repeat(pa.scalar(value), rows)


def _spread(array: pa.Array, values: Values, rows: int) -> pa.Array:
    """An array next to the values of a slot, as one over all rows."""
    if values.rows is None:
        return array
    return pc.scatter(array, values.rows, max_index=rows - 1)


def _kept_original(values: Values, slot: Slot, used: pa.Array, slots: Mapping[Slot, Values]) -> dict[Slot, Values]:
    """What is left of a field `@timestamp` under its other name: the values that are not the time."""
    unused = pc.invert(used)
    name = TIME_FIELD + ORIGINAL
    while any(slot.field == name for slot in slots):
        name += ORIGINAL
    rows = pa.arange(0, len(used)).cast(ROW_TYPE) if values.rows is None else values.rows
    keep = pc.and_(unused.take(rows), pc.is_valid(values.array))
    if not keep.true_count:
        return {}
    return {Slot(name, slot.kind): Values(values.type, values.array.filter(keep), rows.filter(keep))}


def _reason(slots: Mapping[Slot, Values], row: int, rule: TimeRule) -> str:
    """Why the event of a row has no time."""
    for name in rule.fields:
        for _, values in _of_field(slots, name):
            place = row if values.rows is None else pc.index(values.rows, row).as_py()
            (value,) = to_values(values.array.slice(place, 1), values.type) if place >= 0 else (None,)
            if value is not None:
                return f"the time {repr(value)[:60]} of `{name}` cannot be read"
    if rule.field is not None:
        return f"there is no field `{rule.field}` to take the time from"
    return f"there is no field to take the time from, such as `{TIME_FIELD}` or `timestamp`"
