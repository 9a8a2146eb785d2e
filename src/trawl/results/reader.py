"""Reading a stored result: any stretch of its rows at the same cost, complete or still growing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from trawl.catalog.base import Part as Column
from trawl.catalog.base import Segment
from trawl.errors import Code, TrawlError
from trawl.results import parts
from trawl.results.manifest import NO_COLUMNS, Facts, Manifest
from trawl.schema import Layout, Schema, Type
from trawl.values import FIRST_INSTANT, LARGEST_INTEGER, LAST_INSTANT


class Result:
    """The rows that a result's folder held when this was made; rows that come later are not seen.

    A folder in which nothing was written yet is a result without rows and columns.

    Args:
        folder: what a `Writer` was given.

    Raises:
        TrawlError: `INTERNAL_ERROR` if it was written by a newer Trawl.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = Manifest.load(folder)
        self._parts = self._manifest.parts if self._manifest else ()
        self._ends = list(accumulate(part.rows for part in self._parts))
        self._layout = parts.layout(self.schema, self._wide)

    @property
    def facts(self) -> Facts | None:
        """What it is the result of; None where nothing was written yet."""
        return self._manifest.facts if self._manifest else None

    @property
    def schema(self) -> Schema:
        """The columns."""
        return self._manifest.schema if self._manifest else NO_COLUMNS

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._ends[-1] if self._ends else 0

    @property
    def bytes(self) -> int:
        """The size on disk."""
        return self._manifest.bytes if self._manifest else 0

    @property
    def complete(self) -> bool:
        """Whether these are all the rows there will be."""
        return self._manifest is not None and self._manifest.complete

    def chosen(self, names: Sequence[str] | None) -> Schema:
        """The columns of these names in this order, each once; all for None.

        Where nothing was written yet, no column is known, and none is missed.

        Raises:
            TrawlError: `MALFORMED_REQUEST` for a name that no column has.
        """
        if names is None:
            return self.schema
        for name in names if self._manifest else ():
            if name not in self.schema:
                near = " or ".join(f"`{known}`" for known in self.schema.nearest(name))
                reason = f"the result has no field `{name[:200]}`"
                raise TrawlError(Code.MALFORMED_REQUEST, reason, hint=f"perhaps {near} was meant" if near else None)
        found = (self.schema.find(name) for name in dict.fromkeys(names))
        return Schema(tuple(column for column in found if column is not None))

    def batches(
        self, start: int = 0, stop: int | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows from `start` up to `stop`, laid out as `trawl.arrow` says; one row group in memory at a time.

        All batches have the same schema. At least one comes, an empty one if there are no rows.

        Args:
            start: first row. stop: the row after the last; None, or one past the end: all there are.
            columns: names of those wanted, in the order wanted; unknown ones are left out. None for all.

        Raises:
            TrawlError: `TASK_GONE` if the result is deleted meanwhile.
        """
        stop = self.rows if stop is None else min(stop, self.rows)
        places = {name: position for position, name in enumerate(self.schema.names)}
        wanted = list(places.values()) if columns is None else [places[name] for name in columns if name in places]
        if start >= stop:
            yield pa.RecordBatch.from_pylist([], pa.schema([self._layout.field(position) for position in wanted]))
        while start < stop:
            number = bisect_right(self._ends, start)
            part = self._parts[number]
            first = self._ends[number] - part.rows
            group = (start - first) // part.group
            begin = first + group * part.group
            count = min(part.group, self._ends[number] - begin)
            end = min(stop, begin + count)
            path = self._folder / part.file
            batch = parts.read(path, group, self._layout, wanted) if wanted else parts.bare_rows(count)
            yield batch.slice(start - begin, end - start)
            start = end

    def reader(self) -> pa.RecordBatchReader:
        """All rows as what an engine is given."""
        return pa.RecordBatchReader.from_batches(self._layout, self.batches())

    def segments(self) -> tuple[Segment, ...]:
        """The parts as segments, for an engine to read one after the other, rows in the order they lie in."""
        fields: dict[str, tuple[Column, ...]] = {
            column.name: (self._column(position, column.name, column.type),)
            for position, column in enumerate(self.schema)
        }
        return tuple(
            Segment(
                path=str((self._folder / part.file).absolute()),
                rows=part.rows,
                bytes=part.bytes,
                first=FIRST_INSTANT,
                last=LAST_INSTANT,
                fields=fields,
                order_column=None,
                ordinal=ordinal,
            )
            for ordinal, part in enumerate(self._parts)
        )

    def _column(self, position: int, name: str, type_: Type) -> Column:
        """A physical column; of integers beyond 64 bits an engine is told by their bounds."""
        most = LARGEST_INTEGER if name in self._wide and type_.layout is Layout.NATIVE else None
        return Column((parts.stored_name(position),), type_, -most if most else None, most)

    @property
    def _wide(self) -> frozenset[str]:
        return self._manifest.wide if self._manifest else frozenset()
