"""Statements on a connection: what they give, what they cost, and which faults of the data they come upon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from trawl.algebra import Relation
from trawl.arrow import arrow_field, is_decimal, schema_of
from trawl.catalog.base import Segment
from trawl.engines.duckdb.compile import Compiler
from trawl.engines.duckdb.connection import allow_large, is_misplanned, is_too_large, plan_plainly
from trawl.engines.duckdb.cost import Meter
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.shaping import handed_over
from trawl.engines.duckdb.times import nanoseconds
from trawl.errors import Code, Notice, Span, TrawlError
from trawl.schema import Column, Kind, Layout, Schema

BATCH_ROWS: Final = 65_536
FIRST_ROWS: Final = 4_096
"""Rows of a batch where the first ones are waited for: DuckDB hands none over before it has so many."""
FEW_ROWS: Final = 2_048
"""Rows of a batch where more are too much: as many as DuckDB computes at once."""
LARGEST: Final = (1 << 31) - 1
"""Bytes of text in a column of a batch."""

Ran = TypeVar("Ran")

FaultCounts: TypeAlias = "Counter[tuple[Flaw, Span | None]]"
"""How often the data was at fault, by what was wrong and where in the query."""


class Statements:
    """Runs statements on one connection, and keeps what they cost."""

    answers = True

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        meter: Meter,
        faults: FaultCounts,
        tell: Callable[[Notice], None],
        check: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._meter = meter
        self._faults = faults
        self._tell = tell
        self._check = check
        self._tables = 0
        self._is_large = False
        """whether texts come in Arrow's large types"""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        self._check()
        self._meter.statement(query)
        found = self._planned(lambda: self._connection.execute(query)).fetchall()
        self._meter.ran(self._connection)
        return found

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query, to be read to their end before anything else runs."""
        self._check()
        self._meter.statement(query)
        yield from self._read(query, BATCH_ROWS)
        self._meter.ran(self._connection)

    def hand(self, table: pa.Table) -> str:
        """The name of a table that holds these rows."""
        self._check()
        name = self._new_name()
        self._connection.register(f"handed_{name}", table)
        self._connection.execute(f"CREATE TEMP TABLE {name} AS FROM handed_{name}")
        self._connection.unregister(f"handed_{name}")
        return name

    def _new_name(self) -> str:
        self._tables += 1
        return f"kept{self._tables}"

    def keep(self, query: str, name: str | None = None) -> str:
        """The name of a table that holds the rows of a query, a new one unless it is given."""
        self._check()
        name = name or self._new_name()
        statement = f"CREATE TEMP TABLE {name} AS {query}"
        self._meter.statement(statement)
        self._planned(lambda: self._connection.execute(statement))
        self._meter.ran(self._connection)
        return name

    def tell(self, notice: Notice) -> None:
        """Leaves a warning."""
        self._tell(notice)

    def count_faults(self, compiler: Compiler) -> None:
        """Counts the faults of the data in what was compiled since the last time."""
        for check in compiler.checks:
            for counts in self.rows(compiler.statement(check.query)):
                for flaw, count in zip(check.flaws, counts, strict=True):  # calls may share a place in the text
                    self._faults[flaw] += count
        compiler.checks.clear()

    def reading(self, segments: list[Segment]) -> None:
        """Says which segments the statements to come read."""
        self._meter.reading(segments)

    def read(self) -> None:
        """Says that they are read."""
        self._meter.read()

    def stream(self, query: str, schema: Schema, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a query whose columns are laid out as the schema says, so many a batch; at least one batch."""
        self._check()
        self._meter.statement(query)
        target: pa.Schema | None = None
        for batch in self._read(query, batch_rows):
            target = target or _target(schema, batch.schema)
            for piece in pieces(batch) if self._is_large else (batch,):
                yield _shaped(piece, target)
        self._meter.ran(self._connection)

    def _read(self, query: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """The batches of a query as DuckDB gives them, at least one; in large types and few rows from where others are
        too small for what a batch has.
        """
        found = 0
        try:
            for batch in self._read_once(query, batch_rows):
                yield batch
                found += batch.num_rows
            return
        except (duckdb.Error, OSError) as error:  # an OSError where it comes through the reader
            if not is_too_large(error):
                raise
        allow_large(self._connection)
        self._is_large = True
        for batch in self._read_once(query, FEW_ROWS):  # the same rows again, in the same order
            if found < batch.num_rows:
                yield batch.slice(found)
            found = max(0, found - batch.num_rows)

    def _read_once(self, query: str, batch_rows: int) -> Iterator[pa.RecordBatch]:
        reader = self._planned(lambda: self._connection.sql(query).to_arrow_reader(batch_rows))
        is_empty = True
        for batch in reader:
            self._check()
            is_empty = False
            yield batch
        if is_empty:
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)

    def _planned(self, run: Callable[[], Ran]) -> Ran:
        """What a statement gives that is run, a second time if DuckDB is at fault in planning it."""
        try:
            return run()
        except duckdb.Error as error:
            if not is_misplanned(error):
                raise
        plan_plainly(self._connection)
        return run()

    def given(self, compiler: Compiler, leaf: Relation, reader: pa.RecordBatchReader) -> Frame:
        """The rows of a relation that are handed over, as a table."""
        self._check()
        self._tables += 1
        name = f"kept{self._tables}"
        schema = schema_of(reader.schema)
        compiler.know(leaf, schema)
        if schema.columns:
            plain = reader.schema.empty_table().rename_columns([f"i{n}" for n in range(len(schema))]).schema
            batches = (pa.RecordBatch.from_arrays(batch.columns, schema=plain) for batch in reader)
            self._connection.register(f"reader{self._tables}", pa.RecordBatchReader.from_batches(plain, batches))
            items = [f"{_taken(column, f'i{number}')} AS o{number}" for number, column in enumerate(schema)]
            source = f"SELECT {', '.join(items)}, row_number() OVER () AS place FROM reader{self._tables}"
        else:
            source = f"SELECT range AS place FROM range({sum(batch.num_rows for batch in reader)})"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {source}")
        pairs = zip(schema, reader.schema, strict=True)
        wide = frozenset(column.name for column, field in pairs if is_decimal(field.type))
        return handed_over(compiler.names, name, schema, wide)


def _taken(column: Column, name: str) -> str:
    """A column that is handed over, as it is held inside a statement."""
    if column.type.layout is not Layout.BOXED and column.type.kind is Kind.TIME:
        return nanoseconds(name, many=column.type.multivalue)
    return name


def _target(schema: Schema, given: pa.Schema) -> pa.Schema:
    """The Arrow schema of a relation; integers keep the width that DuckDB gave them."""
    fields = []
    for number, column in enumerate(schema):
        field = arrow_field(column)
        if column.type.layout is not Layout.BOXED and column.type.kind is Kind.INTEGER:
            field = field.with_type(given.field(number).type)
        fields.append(field)
    return pa.schema(fields)


def pieces(batch: pa.RecordBatch, largest: int = LARGEST) -> Iterator[pa.RecordBatch]:
    """A batch in pieces, so that the texts of each column fit into one array of so many bytes.

    Raises:
        TrawlError: `MEMORY_LIMIT_EXCEEDED` where those of a single row do not.
    """
    if _fits(batch, largest):
        yield batch
        return
    for piece in _cut(batch, largest):
        yield piece.take(pa.array(range(piece.num_rows)))  # a slice alone holds on to all of the texts


def _fits(batch: pa.RecordBatch, largest: int) -> bool:
    return max((column.nbytes for column in batch.columns), default=0) <= largest


def _cut(batch: pa.RecordBatch, largest: int) -> Iterator[pa.RecordBatch]:
    if _fits(batch, largest):
        yield batch
    elif batch.num_rows > 1:
        half = batch.num_rows // 2
        yield from _cut(batch.slice(0, half), largest)
        yield from _cut(batch.slice(half), largest)
    else:
        reason = f"a row has more than {largest >> 20:,} MiB in one column"
        raise TrawlError(Code.MEMORY_LIMIT_EXCEEDED, reason, hint="fewer values, or shorter ones, fit into a row")


def _shaped(batch: pa.RecordBatch, target: pa.Schema) -> pa.RecordBatch:
    """A batch of DuckDB's as the schema says: times out of nanoseconds, names and types of fields."""
    if not len(target):
        return _no_columns(batch.num_rows)
    arrays = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, target, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=target)


def _no_columns(rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
