"""Parquet files written by others that can be searched as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from trawl.arrow import TYPE_KEY
from trawl.catalog.base import Part, Segment
from trawl.errors import Code, TrawlError, printable
from trawl.schema import BOOLEAN, FLOAT, INTEGER, STRING, TIME, Type, array_of
from trawl.store.times import CANDIDATES, NS, TIME_FIELD
from trawl.store.timing import ORIGINAL
from trawl.values import Instant

_AS_THEY_ARE: Final = (
    (types.is_string, STRING),
    (types.is_large_string, STRING),
    (types.is_int64, INTEGER),
    (types.is_float64, FLOAT),
    (types.is_boolean, BOOLEAN),
    (types.is_timestamp, TIME),
)
"""Other types would have to be cast wherever they are read."""


def describe(path: str, time_field: str | None, modified: int) -> Segment | None:
    """A file as a segment; None if it has to be converted first.

    It can be read as it is where its name is text, each column is of a type of ours, numbers are finite, times lie
    within the range of instants, and every row has a time in the column that its time is to be taken from.

    Args:
        path: the file.
        time_field: where the time is; None: in the first of the usual columns.
        modified: the file's mtime.

    Raises:
        TrawlError: `UNREADABLE_FILE`.
    """
    if printable(path) != path:
        return None
    try:
        with pq.ParquetFile(path) as file:
            fields = _fields(file.schema_arrow)
            name = next((name for name in (time_field and (time_field,)) or CANDIDATES if name in (fields or ())), None)
            if fields is None or name is None or fields[name].type != TIME or not _is_clean(file, fields):
                return None
            order = _Order()
            for times in _column(file, fields[name]):
                order.add(times.cast(NS).cast(pa.int64()))
            rows = file.metadata.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise TrawlError(Code.UNREADABLE_FILE, f"`{path}` cannot be read as Parquet: {error}") from error
    if order.first is None or order.last is None or order.has_nulls or TIME_FIELD + ORIGINAL in fields:
        return None
    clock = Part(fields[name].column, TIME, order.first, order.last)
    if name != TIME_FIELD and TIME_FIELD in fields:
        fields[TIME_FIELD + ORIGINAL] = fields[TIME_FIELD]
    if name != TIME_FIELD:
        fields[name] = clock
    return Segment(
        path=path,
        rows=rows,
        bytes=Path(path).stat().st_size,
        first=Instant(order.first),
        last=Instant(order.last),
        fields={name: (part,) for name, part in (fields | {TIME_FIELD: clock}).items()},
        order_column=None,
        ordinal=0,
        is_sorted=order.is_descending,
        modified=modified,
    )


class _Order:
    """What is learnt of a column of times as it goes by."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.has_nulls = False
        self.is_descending = True
        self._previous: int | None = None

    def add(self, times: pa.Array) -> None:
        """The next times."""
        if not len(times):
            return
        bounds = pc.min_max(times)
        self.has_nulls |= times.null_count > 0
        if self.has_nulls:
            return
        least, most = bounds["min"].as_py(), bounds["max"].as_py()
        self.first = least if self.first is None else min(self.first, least)
        self.last = most if self.last is None else max(self.last, most)
        falls = pc.all(pc.less_equal(times.slice(1), times.slice(0, len(times) - 1))).as_py() is not False
        starts_lower = self._previous is None or times[0].as_py() <= self._previous
        self.is_descending = self.is_descending and falls and starts_lower
        self._previous = times[-1].as_py()


def _fields(schema: pa.Schema) -> dict[str, Part] | None:
    """The columns and the members of structs by dotted name; None where one is of another type."""
    found: dict[str, Part] = {}
    for field in schema:
        for path, kind in _members(field, ()):
            name, type_ = ".".join(path), _type(kind)
            if type_ is None or name in found or TYPE_KEY in (field.metadata or {}):
                return None
            found[name] = Part(path, type_)
    return found


def _members(field: pa.Field, within: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], pa.DataType]]:
    path = (*within, field.name)
    if types.is_struct(field.type):
        for member in field.type:
            yield from _members(member, path)
    else:
        yield path, field.type


def _type(kind: pa.DataType) -> Type | None:
    if types.is_dictionary(kind):
        return _type(kind.value_type)
    if types.is_list(kind):
        inner = _type(kind.value_type)
        return array_of(inner) if inner in (STRING, INTEGER, BOOLEAN) else None
    return next((type_ for test, type_ in _AS_THEY_ARE if test(kind)), None)


def _column(file: pq.ParquetFile, part: Part) -> Iterator[pa.Array]:
    """A column, or a member of structs, batch by batch."""
    for batch in file.iter_batches(columns=[".".join(part.column)]):
        column = batch.column(part.column[0])
        for member in part.column[1:]:
            column = pc.struct_field(column, member)
        yield column


def _is_clean(file: pq.ParquetFile, fields: dict[str, Part]) -> bool:
    """Whether all numbers are finite and all times can be told in nanoseconds."""
    for part in fields.values():
        if part.type not in (FLOAT, TIME):
            continue
        for column in _column(file, part):
            try:
                if part.type == TIME:
                    column.cast(NS)
                elif pc.all(pc.is_finite(column)).as_py() is False:
                    return False
            except pa.ArrowInvalid:
                return False
    return True
