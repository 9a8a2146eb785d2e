"""A relation being run: statements in a thread of their own, batches through a short queue."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from trawl.algebra import Given, Unpack, post_order
from trawl.engines.base import Cost, Progress, Work
from trawl.engines.duckdb import unpacking
from trawl.engines.duckdb.compile import Compiler
from trawl.engines.duckdb.connection import confined, faults
from trawl.engines.duckdb.cost import Meter
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.pipeline import Pipeline
from trawl.engines.duckdb.statements import FaultCounts, Statements
from trawl.errors import Code, Notice, TrawlError

STACK_BYTES: Final = 256 << 20
"""DuckDB binds nested subqueries by recursion: a pipeline of 1,000 commands needs more than a thread's usual stack."""

_starting = threading.Lock()


class Running:
    """A relation being run by DuckDB (`trawl.engines.base.Execution`).

    Args:
        instance: gives a connection to an instance that is used for nothing else.
    """

    def __init__(self, work: Work, instance: Callable[[], duckdb.DuckDBPyConnection]) -> None:
        self.work = work
        self._instance = instance
        self.meter = Meter(work)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._connected = threading.Lock()
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
        with self._connected:
            if self._connection is not None:
                self._connection.interrupt()

    def progress(self) -> Progress:
        """How far it is: by segments that are read, and within them as DuckDB says."""
        with self._connected:
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
                connection = self._instance()
                try:
                    self._connection = confined(connection, self.work, self._folders())
                    for batch in self._produce(connection):
                        self._put(batch)
                finally:
                    with self._connected:
                        self._connection = None
                    connection.close()
                    self.meter.finish()
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
        if not given:
            given = self._few_rows(compiler, host)
        if pipeline is None or given:
            frame = compiler.frame(self.work.relation, given)
            schema = compiler.schema_of(self.work.relation)
            compiler.keep_shared(frame)
            yield from host.stream(compiler.result(frame, schema), schema)
            host.count_faults(compiler)
            self.meter.all_read()
            return
        yield from pipeline.batches(compiler, host, self.work.threads, eager=self.work.eager)

    def _few_rows(self, compiler: Compiler, host: Statements) -> dict[int, Frame]:
        """The first rows that texts are unpacked of, which a pipeline stops at; none where that is not what is done."""
        relation = self.work.relation
        if not isinstance(relation, Unpack) or not unpacking.are_few(relation.input):
            return {}
        pipeline = Pipeline.of(relation.input)
        if pipeline is None:
            return {}
        batches = list(pipeline.batches(compiler, host, self.work.threads, eager=False))
        reader = pa.RecordBatchReader.from_batches(batches[0].schema, batches)
        return {id(relation.input): host.given(compiler, relation.input, reader)}

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
