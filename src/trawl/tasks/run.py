"""One attempt at a task, from freezing its snapshot to its last row. However it goes, it has one ending."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import orjson
import pyarrow as pa

import trawl
from trawl.arrow import schema_of
from trawl.engines.base import Cost, Progress
from trawl.errors import Code, Notice, TrawlError
from trawl.planning import PREVIOUS, Plan, plan, resume
from trawl.results.files import put
from trawl.results.manifest import Facts
from trawl.results.survey import Survey
from trawl.results.writer import Writer
from trawl.tasks import cost, counts
from trawl.tasks.budget import Budget
from trawl.tasks.executions import Executions, Means
from trawl.tasks.journal import Level, Phase, now
from trawl.tasks.messages import Begin, Done
from trawl.tasks.outputs import Outputs, stored_result
from trawl.tasks.process import forget_peak
from trawl.tasks.snapshot import Frozen, freeze
from trawl.tasks.store import Ending, Report
from trawl.tasks.task import Failure, Status
from trawl.tasks.telling import Telling
from trawl.tasks.tools import Tools
from trawl.tasks.wanted import CostLevel
from trawl.values import NANOSECONDS

TICK: Final = 0.25
"""Seconds between two reports."""
READ: Final = 60.0
"""The percentage at which a search begins whose sources had to be read first."""
SEARCHED: Final = 90.0
"""The percentage at which the search itself is done, where statistics follow."""
NEARLY: Final = 99.0
"""The highest percentage but that of a task that is completed."""


class Run:
    """An attempt. `stop` may be called from any thread, before `see_through` as well.

    Args:
        begin: the task and what it may use.
        tools: what to work with.
        tell: takes a report, about every `TICK`.
    """

    def __init__(self, begin: Begin, tools: Tools, tell: Callable[[Report], None]) -> None:
        self._begin = begin
        self._task = begin.task
        self._tools = tools
        self._tell = tell
        self._stop_wanted = threading.Event()
        self._telling = Telling(self._task)
        self._budget = Budget(self._task.wanted.max_rows, self._task.wanted.max_run_seconds)
        self._meter = cost.Meter()
        self._costs: list[Cost] = []
        self._chain: list[Plan] = []
        self._executions: Executions | None = None
        self._has_read = False

    def stop(self) -> None:
        """Ends the attempt soon."""
        self._stop_wanted.set()
        if self._executions is not None:
            self._executions.stop()

    def see_through(self) -> Done:
        """Runs the task to an end, whatever it is."""
        forget_peak()
        waited = (now().nanoseconds - self._task.created.nanoseconds) / NANOSECONDS
        self._meter.add(Phase.QUEUE, max(0.0, waited))
        self._telling.note(Level.INFO, Phase.QUEUE, f"picked up by worker {os.getpid()}, attempt {self._task.attempt}")
        try:
            ending = self._attempt()
        except TrawlError as error:
            ending = self._ended_by(error)
        except MemoryError:
            reason = "the search needed more memory than a worker may use"
            ending = self._ended_by(TrawlError(Code.MEMORY_LIMIT_EXCEEDED, reason))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            reason = f"a fault of the program itself ({type(error).__name__}); the server's own log has the details"
            ending = self._ended_by(TrawlError(Code.INTERNAL_ERROR, reason))
        self._tools.folders.clear(self._task.id, self._task.attempt)
        return Done(self._telling.report(percent=100.0 if ending.status is Status.COMPLETED else 0.0), ending)

    # --- the attempt, step by step ---------------------------------------------------------------------

    def _attempt(self) -> Ending:
        with self._ticking():
            try:
                with self._meter.phase(Phase.PLAN):
                    frozen, planned = self._planned()
            except TrawlError as error:
                if error.code is Code.STOPPED and self._is_spent(error):  # while sources were read
                    return self._completed(0, 0)
                raise
            with self._meter.phase(Phase.SEARCH):
                rows, size = self._searched(frozen, planned)
            for further in self._further(frozen, rows, size):
                try:
                    further()
                except TrawlError as error:
                    if not self._is_spent(error):
                        raise
        if self._budget.spent is None and (outside := frozen.outside(planned)):
            self._telling.warn([outside], Phase.SEARCH)
        return self._completed(rows, size)

    def _completed(self, rows: int, size: int) -> Ending:
        if self._budget.spent is not None:
            self._telling.warn([self._budget.spent], Phase.SEARCH)
        message = f"completed: rows: {rows:,}, bytes: {size:,}, seconds: {self._telling.seconds:.3f}"
        self._telling.note(Level.INFO, Phase.WRITE, message)
        return Ending(Status.COMPLETED, is_partial=self._budget.spent is not None)

    def _planned(self) -> tuple[Frozen, Plan]:
        task, folders = self._task, self._tools.folders
        folders.clear(task.id, task.attempt)
        frozen = freeze(folders.snapshot(task.id), task.request, self._tools.catalog, self._reading)
        frozen.check()
        means = Means(
            engine=self._tools.engine,
            finisher=self._tools.finisher,
            scratch=folders.scratch(task.id, task.attempt),
            threads=self._tools.threads,
            memory_bytes=self._begin.memory_bytes,
            spill_bytes=self._begin.spill_bytes,
            zone=task.zone,
            metered=task.wanted.cost is not CostLevel.OFF,
            profile=task.wanted.cost is CostLevel.DEBUG,
        )
        self._executions = Executions(means, frozen.segments)
        if self._stop_wanted.is_set():
            self._executions.stop()
        planned = plan(task.request, frozen, self._executions)
        segments = [segment for many in frozen.segments.segments.values() for segment in many]
        where = ", ".join(planned.reads) or "no source"
        held = f"files: {len(segments)}, rows: {sum(segment.rows for segment in segments):,}"
        message = f"plan: {planned.query} → {self._tools.engine.name} reads {where}; {held}"
        self._telling.note(Level.INFO, Phase.PLAN, message)
        self._telling.warn(planned.notices, Phase.PLAN, planned)
        return frozen, planned

    def _reading(self, read: int, total: int) -> None:
        """Sources that nobody has read before are read first."""
        if not self._has_read:
            self._has_read = True
            self._telling.note(Level.INFO, Phase.PLAN, f"reading files for the first time; bytes: {total:,}")
            self._telling.between(0.0, READ)
        self._telling.advance(Progress(0, 0, read, total))
        if self._stop_wanted.is_set() or self._budget.is_late():
            raise TrawlError(Code.STOPPED, "the search was stopped")

    def _searched(self, frozen: Frozen, planned: Plan) -> tuple[int, int]:
        """Writes the rows of the plan; how many, and their bytes."""
        task = self._task
        self._telling.between(READ if self._has_read else 0.0, SEARCHED if task.wanted.stats else NEARLY)
        facts = Facts(planned.query, planned.range, trawl.__version__, self._tools.engine.name, frozen.digest)
        folder = self._tools.folders.attempt(task.id, task.attempt)
        progressive = planned.tap is None and planned.rest is None
        batches = self._rows(planned, frozen)
        threads, quota = self._tools.threads, self._begin.quota
        with Writer(folder, facts, threads=threads, quota=quota, progressive=progressive) as writer:
            self._telling.written_by(writer, progressive=progressive)
            try:
                for batch in self._budget.meter(batches):
                    with self._meter.phase(Phase.WRITE):
                        writer.write(batch)
            except TrawlError as error:
                if not self._is_spent(error):
                    raise
            with self._meter.phase(Phase.WRITE):
                manifest = writer.close()
        self._executed.halt()
        self._account(Phase.SEARCH)
        return manifest.rows, manifest.bytes

    def _rows(self, planned: Plan, frozen: Frozen) -> Iterator[pa.RecordBatch]:
        """The rows of a plan and of what it goes on with, as its columns become known."""
        self._chain = [planned]
        batches = self._executed.run(planned.result, eager=planned.tap is None)
        while planned.rest is not None:
            reader = self._executed.reader(batches)
            planned = resume(planned, schema_of(reader.schema), frozen, self._executed)
            self._telling.warn(planned.notices, Phase.PLAN, planned)
            self._chain.append(planned)
            batches = self._executed.run(planned.result, given={PREVIOUS: reader})
        return batches

    def _further(self, frozen: Frozen, rows: int, size: int) -> Iterator[Callable[[], None]]:
        """What follows the search, as far as it was asked for."""
        if any(planned.outputs for planned in self._chain):
            yield partial(self._outputs, frozen)
        if self._task.wanted.stats:
            yield self._stats
        if self._task.wanted.cost is not CostLevel.OFF:
            yield partial(self._cost_report, rows, size)

    def _outputs(self, frozen: Frozen) -> None:
        """Writes what outlasts the search, if it has all of its rows."""
        outputs = Outputs(self._task, self._tools, self._chain, self._executed, frozen.segments)
        with self._meter.phase(Phase.WRITE):
            outputs.write(self._telling, is_whole=self._budget.spent is None)
        self._account(Phase.WRITE)

    def _stats(self) -> None:
        """Asks the events for sidebar and timeline; where the result is the events, the stored result is asked."""
        self._telling.between(SEARCHED, NEARLY, again=True)
        task, last, snapshot = self._task, self._chain[-1], None
        taps = [(planned.tap, self._chain[:number]) for number, planned in enumerate(self._chain) if planned.tap]
        if taps:
            tap, before = taps[0]
        else:
            tap, snapshot = stored_result(self._tools.folders.attempt(task.id, task.attempt))
            before = []
        survey = Survey(tap, last.time_field, last.range, task.zone)
        with self._meter.phase(Phase.STATS):
            fields = self._executed.run(survey.fields, before, snapshot=snapshot)
            times = self._executed.run(survey.times, before, snapshot=snapshot)
            stats = survey.stats(fields, times)
            put(self._tools.folders.stats(task.id, task.attempt), orjson.dumps(stats.to_json()))
        self._account(Phase.STATS)
        self._telling.warn(stats.notices, Phase.STATS)

    def _cost_report(self, rows: int, size: int) -> None:
        self._telling.between(NEARLY, NEARLY, again=True)
        commands = None
        costs = tuple(self._costs)  # without those of counting
        try:
            if self._task.wanted.cost is CostLevel.DEBUG:
                total = None if self._budget.spent else rows
                with self._meter.phase(Phase.COST):
                    commands = counts.of_commands(self._chain, self._executed, self._tools.engine, total)
        finally:
            told = cost.report(self._meter, costs, rows, size, commands)
            put(self._tools.folders.cost(self._task.id, self._task.attempt), orjson.dumps(told))

    # --- on the way ------------------------------------------------------------------------------------

    @property
    def _executed(self) -> Executions:
        assert self._executions is not None, "planned first"
        return self._executions

    def _account(self, phase: Phase) -> None:
        self._telling.advance(self._executed.progress())
        costs, notices = self._executed.settle()
        self._costs.extend(costs)
        self._telling.warn(notices, phase, *self._chain)

    @contextmanager
    def _ticking(self) -> Iterator[None]:
        over = threading.Event()

        def tick() -> None:
            while not over.wait(TICK):
                if self._executions is not None:
                    if self._budget.is_late():
                        self._executions.stop()
                    self._telling.advance(self._executions.progress())
                self._tell(self._telling.report())

        ticker = threading.Thread(target=tick, name="progress", daemon=True)
        ticker.start()
        try:
            yield
        finally:
            over.set()
            ticker.join()

    def _is_spent(self, error: TrawlError) -> bool:
        """Whether an error only says that a budget is used up."""
        if error.code is Code.STOPPED:
            return self._budget.spent is not None and not self._stop_wanted.is_set()
        if error.code is Code.NO_ROOM and self._begin.quota is not None:
            self._budget.spent = Notice("results_full", f"the search was ended early: {error.reason}")
            return True
        return False

    def _ended_by(self, error: TrawlError) -> Ending:
        if error.code is Code.STOPPED:
            self._telling.note(Level.INFO, Phase.SEARCH, "stopped")
            return Ending(Status.STOPPED, is_partial=True)
        message = f"failed: {error.reason}" + (f" ({error.hint})" if error.hint else "")
        self._telling.note(Level.ERROR, Phase.SEARCH, message)
        return Ending(Status.FAILED, is_partial=True, error=Failure.of(error, self._task.wanted.query))
