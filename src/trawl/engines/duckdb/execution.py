"""A relation being run: statements in a thread of their own, batches through a short queue."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import pyarrow as pa

from trawl.algebra import Given, post_order
from trawl.arrow import arrow_field, schema_of
from trawl.catalog.base import Segment
from trawl.engines.base import Cost, Progress, Work
from trawl.engines.duckdb.compile import Compiler
from trawl.engines.duckdb.connection import connect, faults
from trawl.engines.duckdb.cost import Meter
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.pipeline import Pipeline
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.shaping import handed_over
from trawl.errors import Code, Notice, Span, TrawlError
from trawl.schema import Column, Kind, Layout, Schema

BATCH_ROWS: Final = 65_536
FIRST_BATCH_ROWS: Final = 2_048
STACK_BYTES: Final = 256 << 20
"""DuckDB binds nested subqueries by recursion: a pipeline of 1,000 commands needs more than a thread's usual stack."""

FaultCounts: TypeAlias = "Counter[tuple[Flaw, Span | None]]"
"""How often the data was at fault, by what was wrong and where in the query."""

_starting = threading.Lock()


class Running:
    """A relation being run by DuckDB (`trawl.engines.base.Execution`)."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.meter = Meter(work)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._faults: FaultCounts = Counter()
        self._told: list[Notice] = []
        self._stopped = threading.Event()
        self._queue: queue.Queue[pa.RecordBatch | TrawlError | BaseException | None] = queue.Queue(maxsize=2)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order; see `trawl.engines.base.Execution.batches`."""
        thread = _deep_thread(self._run)
        try:
            while (found := self._queue.get()) is not None:
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            self.stop()
            while thread.is_alive():
                self._drain()
                thread.join(0.01)

    def stop(self) -> None:
        """Ends it soon."""
        self._stopped.set()
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    def progress(self) -> Progress:
        """How far it is: by segments that are read, and within them as DuckDB says."""
        return self.meter.progress(self._connection)

    def cost(self) -> Cost:
        """What it took so far."""
        return self.meter.cost()

    def notices(self) -> list[Notice]:
        """What was cut off, and faults of the data counted so far."""
        counted = self._faults.items()
        return [
            *self._told,
            *(Notice(flaw.code, flaw.message, span, count) for (flaw, span), count in counted if count),
        ]

    # --- in the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with faults():
                self._connection = connect(self.work, self._folders())
                try:
                    for batch in self._produce(self._connection):
                        self._put(batch)
                finally:
                    self.meter.finish()
                    connection, self._connection = self._connection, None
                    connection.close()
            self._put(None)
        except BaseException as error:  # handed over to the thread that reads the batches
            self._put(error)

    def _produce(self, connection: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
        self._check()
        host = Statements(connection, self.meter, self._faults, self._told.append, self._check)
        compiler = Compiler(self.work.snapshot, host, self.work.zone)
        given = {
            id(leaf): host.given(compiler, leaf, self.work.given[leaf.name])
            for leaf in post_order(self.work.relation)
            if isinstance(leaf, Given) and leaf.name in self.work.given
        }
        pipeline = Pipeline.of(self.work.relation)
        if pipeline is None or given:
            frame = compiler.frame(self.work.relation, given)
            schema = compiler.schema_of(self.work.relation)
            yield from host.stream(compiler.result(frame, schema), schema)
            host.count_faults(compiler)
            self.meter.all_read()
            return
        yield from pipeline.batches(compiler, host)

    def _folders(self) -> list[Path]:
        segments = (segment for found in self.work.snapshot.segments.values() for segment in found)
        return sorted({Path(segment.path).parent for segment in segments})

    def _check(self) -> None:
        if self._stopped.is_set():
            raise TrawlError(Code.STOPPED, "the search was stopped")

    def _put(self, item: pa.RecordBatch | BaseException | None) -> None:
        while True:
            try:
                return self._queue.put(item, timeout=0.1)
            except queue.Full:
                if self._stopped.is_set():
                    self._drain()

    def _drain(self) -> None:
        try:
            while True:
                self._queue.get_nowait()
        except queue.Empty:
            pass


class Statements:
    """Runs statements on one connection, and keeps what they cost."""

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

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        self._check()
        self._meter.statement(query)
        found = self._connection.execute(query).fetchall()
        self._meter.ran(self._connection)
        return found

    def keep(self, query: str) -> str:
        """The name of a table that holds the rows of a query."""
        self._check()
        self._tables += 1
        name = f"kept{self._tables}"
        statement = f"CREATE TEMP TABLE {name} AS {query}"
        self._meter.statement(statement)
        self._connection.execute(statement)
        self._meter.ran(self._connection)
        return name

    def tell(self, notice: Notice) -> None:
        """Leaves a warning."""
        self._tell(notice)

    def count_faults(self, compiler: Compiler) -> None:
        """Counts the faults of the data in what was compiled since the last time."""
        for check in compiler.checks:
            for counts in self.rows(compiler.statement(check.query)):
                self._faults.update(dict(zip(check.flaws, counts, strict=True)))
        compiler.checks.clear()

    def reading(self, segments: list[Segment]) -> None:
        """Says which segments the statements to come read."""
        self._meter.reading(segments)

    def read(self) -> None:
        """Says that they are read."""
        self._meter.read()

    def stream(self, query: str, schema: Schema) -> Iterator[pa.RecordBatch]:
        """The rows of a query whose columns are laid out as the schema says; at least one batch."""
        self._check()
        self._meter.statement(query)
        reader = self._connection.sql(query).to_arrow_reader(BATCH_ROWS)
        target = _target(schema, reader.schema)
        empty = True
        for batch in reader:
            self._check()
            empty = False
            yield _shaped(batch, target)
        self._meter.ran(self._connection)
        if empty:
            yield pa.RecordBatch.from_pylist([], schema=target) if len(target) else _no_columns(0)

    def given(self, compiler: Compiler, leaf: Given, reader: pa.RecordBatchReader) -> Frame:
        """What a `Given` leaf reads, as a table."""
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
        wide = frozenset(column.name for column, field in pairs if _is_decimal(field.type))
        return handed_over(compiler.names, name, schema, wide)


def _taken(column: Column, name: str) -> str:
    """A column that is handed over, as it is held inside a statement."""
    if column.type.layout is not Layout.BOXED and column.type.kind is Kind.TIME:
        return f"list_transform({name}, lambda x: epoch_ns(x))" if column.type.multivalue else f"epoch_ns({name})"
    return name


def _is_decimal(type_: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(type_.value_type if pa.types.is_list(type_) else type_))


def _target(schema: Schema, given: pa.Schema) -> pa.Schema:
    """The Arrow schema of a relation; integers keep the width that DuckDB gave them."""
    fields = []
    for number, column in enumerate(schema):
        field = arrow_field(column)
        if column.type.layout is not Layout.BOXED and column.type.kind is Kind.INTEGER:
            field = field.with_type(given.field(number).type)
        fields.append(field)
    return pa.schema(fields)


def _shaped(batch: pa.RecordBatch, target: pa.Schema) -> pa.RecordBatch:
    """A batch of DuckDB's as the schema says: times out of nanoseconds, names and types of fields."""
    if not len(target):
        return _no_columns(batch.num_rows)
    arrays = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(batch.columns, target, strict=False)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=target)


def _no_columns(rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))


def _deep_thread(target: Callable[[], None]) -> threading.Thread:
    """A running thread with a large stack. The size is a setting of the process, hence the lock."""
    thread = threading.Thread(target=target, name="duckdb", daemon=True)
    with _starting:
        before = threading.stack_size(STACK_BYTES)
        try:
            thread.start()
        finally:
            threading.stack_size(before)
    return thread
