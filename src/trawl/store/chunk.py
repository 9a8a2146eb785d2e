"""Events on their way into a segment: typed columns of what is there, in the order of arrival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from trawl.arrow import BIG_INTEGER
from trawl.schema import Type

BOXED: Final = "boxed"

SEQ_TYPE: Final = pa.int64()
ROW_TYPE: Final = pa.int32()


class Slot(NamedTuple):
    """Which physical column a value goes to: its field, and its type's name or `boxed`."""

    field: str
    kind: str


def slot_of(name: str, type_: Type) -> Slot:
    """The slot of a field's values of a type."""
    return Slot(name, type_.encode() if len(type_.kinds) == 1 and type_.single != type_.multivalue else BOXED)


@dataclass(frozen=True)
class Values:
    """The values of one slot and the rows that they are in.

    Attributes:
        type: of the values; the union of all of them where the slot is boxed.
        array: the values.
        rows: for each value its row, in any order; None where value number n is in row n, for all
            rows, null where it is missing.
    """

    type: Type
    array: pa.Array
    rows: pa.Array | None


@dataclass(frozen=True)
class Reject:
    """Input that became no event.

    Attributes:
        line: where it is in its file: the line's number from 1, or the record's where there are no lines.
        reason: one sentence in the style of errors.
        text: the line, or the record as JSON.
    """

    line: int
    reason: str
    text: str

    @classmethod
    def of(cls, line: int, reason: str, text: bytes) -> Reject:
        r"""The reject of a line's bytes; what is no UTF-8 is shown as `\xNN`."""
        return cls(line, reason, text.decode(errors="backslashreplace"))


@dataclass(frozen=True)
class Chunk:
    """Some thousand events.

    Attributes:
        times: of each event, none null.
        slots: the values of all fields but the time field.
        rejects: input next to these events that was put aside.
        merged: fields that one event had both dotted and nested, and how often.
        long_integers: integers of more than 38 digits, which are kept as text.
    """

    times: pa.Array
    slots: Mapping[Slot, Values]
    rejects: tuple[Reject, ...] = ()
    merged: Mapping[str, int] = field(default_factory=dict)
    long_integers: int = 0

    @property
    def rows(self) -> int:
        """How many events."""
        return len(self.times)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return int(self.times.nbytes + sum(values.array.nbytes for values in self.slots.values()))

    def only(self, keep: pa.Array) -> Chunk:
        """The events for which `keep` is true, without what was put aside beside them."""
        return Chunk(self.times.filter(keep), without(self.slots, keep))


def _only(values: Values, keep: pa.Array, moved: pa.Array) -> Values:
    """The values of the rows to keep: `keep` says which, `moved` where each row goes."""
    if values.rows is None:
        return Values(values.type, values.array.filter(keep), None)
    kept = keep.take(values.rows)
    return Values(values.type, values.array.filter(kept), moved.take(values.rows.filter(kept)))


def without(slots: Mapping[Slot, Values], keep: pa.Array) -> dict[Slot, Values]:
    """The values of the rows for which `keep` is true, numbered anew."""
    moved = pc.subtract(pc.cumulative_sum(keep.cast(ROW_TYPE)), pa.scalar(1, ROW_TYPE))
    kept = ((slot, _only(values, keep, moved)) for slot, values in slots.items())
    return {slot: values for slot, values in kept if len(values.array)}


def concatenate(pieces: Sequence[tuple[Values, int, int]], rows: int) -> Values:
    """The values of one slot out of several chunks that have so many rows together.

    Args:
        pieces: the values of each chunk that has some, the first row of the chunk, and its rows.
        rows: of all chunks.
    """
    type_, arrays, numbers = pieces[0][0].type, [], []
    for values, start, count in pieces:
        type_ = type_.union(values.type)
        arrays.append(values.array)
        own = pa.arange(0, count).cast(ROW_TYPE) if values.rows is None else values.rows
        numbers.append(pc.add(own, pa.scalar(start, ROW_TYPE)))
    whole = _concatenated(arrays)
    dense = len(whole) == rows and all(values.rows is None for values, _, _ in pieces)
    return Values(type_, whole, None if dense else pa.concat_arrays(numbers))


def _concatenated(arrays: list[pa.Array]) -> pa.Array:
    kinds = {array.type for array in arrays}
    if len(kinds) == 1:
        return pa.concat_arrays(arrays)
    wide = pa.list_(BIG_INTEGER) if any(pa.types.is_list(kind) for kind in kinds) else BIG_INTEGER
    return pa.concat_arrays([array.cast(wide) for array in arrays])
