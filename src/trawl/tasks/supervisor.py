"""Runs the tasks that wait: hands them out, passes stops on, notes progress, gives back what was lost.

All of it happens in one thread, so that nothing here needs a lock; other threads only ring its bell.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from typing import Final

import structlog

from trawl.errors import Code, TrawlError
from trawl.results.reader import Result
from trawl.settings.cluster import ClusterSettings
from trawl.settings.process import Settings
from trawl.tasks.budget import late
from trawl.tasks.changes import Changes
from trawl.tasks.crew import Crew
from trawl.tasks.folders import Folders
from trawl.tasks.handle import Doom, Handle
from trawl.tasks.journal import Level, Note, Phase
from trawl.tasks.messages import Begin, Done, Ready
from trawl.tasks.orphans import Orphans
from trawl.tasks.presence import Presence
from trawl.tasks.store import Ending, Report, Store
from trawl.tasks.task import Failure, Progress, Status, Task
from trawl.tasks.unwritten import GivenBack, Unwritten

log = structlog.get_logger(__name__)

REPORT_EVERY: Final = 0.25
"""Seconds between two transactions that note progress, of all tasks together."""
LOOK_EVERY: Final = 1.0
"""Seconds between two looks for what other processes changed: tasks, stops, settings."""
POLICE_EVERY: Final = 0.1
"""Seconds between two looks at what busy workers do."""
FEWER: Final = "fewer groups, fields or rows may fit"
"""The hint for a search that needs too much memory."""


@dataclass(frozen=True)
class Plant:
    """What a supervisor runs.

    Attributes:
        factory: `module:function` that makes a worker's tools.
        adopts: whether it runs whatever waits in the database, or only what it was given itself.
    """

    settings: Settings
    factory: str
    adopts: bool


@dataclass(frozen=True)
class Records:
    """Where a supervisor looks things up and notes them."""

    store: Store
    cluster: ClusterSettings
    folders: Folders
    presence: Presence
    orphans: Orphans
    changes: Changes


class Supervisor:
    """The thread that sees to the workers.

    Args:
        sweep: called about once a second where the supervisor adopts, to delete what has expired.
    """

    def __init__(self, plant: Plant, records: Records, sweep: Callable[[], None]) -> None:
        self._plant = plant
        self._records = records
        self._store, self._changes, self._folders = records.store, records.changes, records.folders
        self._name = records.presence.name
        self._sweep = sweep
        self._crew = Crew(plant.factory, plant.settings)
        self._unwritten = Unwritten(records.store, records.changes)
        self._given: set[str] = set()
        self._to_stop: set[str] = set()
        self._max_running = 1
        self._max_of_owner = 0
        self._max_bytes = 0
        self._bell, self._bell_rope = os.pipe()
        os.set_blocking(self._bell_rope, False)
        self._closing = False
        self._work_waits = True
        self._looked = self._reported = self._policed = 0.0
        self._thread = threading.Thread(target=self._serve, name="supervisor", daemon=True)

    # --- from other threads ----------------------------------------------------------------------------

    def start(self) -> None:
        """Begins; workers are warm soon after."""
        self._thread.start()

    def run(self, task: str) -> None:
        """A new task waits."""
        if not self._plant.adopts:
            self._given.add(task)
        self._ring()

    def stop(self, task: str) -> None:
        """A stop of this task was noted in the store."""
        self._to_stop.add(task)
        self._ring()

    def close(self) -> None:
        """Ends. Tasks that run are given back to the queue, as if they had not been begun."""
        self._closing = True
        self._ring()
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._bell)
        os.close(self._bell_rope)

    def _ring(self) -> None:
        self._work_waits = True
        with contextlib.suppress(BlockingIOError):  # it rings already
            os.write(self._bell_rope, b"!")

    # --- the thread ------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception:
                log.exception("the supervisor stumbled")
                time.sleep(REPORT_EVERY)  # such as a database that is locked: it may be better soon
        with _unshaken():
            self._crew.disband()
        for worker in self._crew.busy:
            with _unshaken():
                self._lost(worker)
        with _unshaken():
            self._unwritten.write_endings()

    def _turn(self) -> None:
        moment = time.monotonic()
        if moment - self._looked >= LOOK_EVERY:
            self._look_around(moment)
        self._pass_stops_on()
        self._hand_out()
        busy = bool(self._crew.busy)
        patience = POLICE_EVERY if busy else max(0.0, self._looked + LOOK_EVERY - time.monotonic())
        ready = wait([self._bell, *(worker.pipe for worker in self._crew.workers)], patience)
        if self._bell in ready:
            os.read(self._bell, 1 << 12)
        for worker in [worker for worker in self._crew.workers if worker.pipe in ready]:
            self._hear(worker)
        moment = time.monotonic()
        if moment - self._policed >= POLICE_EVERY:
            self._policed = moment
            self._crew.police(moment)
        self._unwritten.write_endings()
        if self._unwritten.has_reports and moment - self._reported >= REPORT_EVERY:
            self._reported = moment
            self._unwritten.write_reports()

    def _look_around(self, moment: float) -> None:
        self._looked = moment
        self._records.presence.renew()
        in_force = self._records.cluster.all()
        self._max_running = in_force["trawl.tasks.max_running"]
        self._max_of_owner = in_force["trawl.tasks.max_running_per_user"]
        self._max_bytes = in_force["trawl.results.max_bytes"]
        self._to_stop.update(self._store.to_stop(self._name))
        self._work_waits = True
        if self._plant.adopts:
            ours = {worker.job.task.id for worker in self._crew.busy if worker.job} | self._unwritten.ended
            self._records.orphans.give_back(ours)
            self._sweep()
        self._crew.keep_warm(self._max_running)

    # --- handing out -----------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Gives waiting tasks to idle workers, and starts workers where there are too few."""
        while self._work_waits and len(self._crew.busy) < self._max_running:
            idle = self._crew.idle
            if idle is not None:
                self._begin_next(idle)
            elif self._crew.cannot_start:
                self._fail_next()
            else:
                self._crew.grow(self._max_running)
                return

    def _claim(self) -> Task | None:
        given = None if self._plant.adopts else frozenset(self._given)  # other threads add to it
        task = self._store.claim(self._name, given, self._max_of_owner)
        self._work_waits = task is not None
        return task

    def _begin_next(self, idle: Handle) -> None:
        quota = max(0, self._max_bytes - self._store.result_bytes()) if self._max_bytes else None
        share = self._plant.settings.memory_bytes // self._max_running
        spill = self._folders.free() * 8 // 10
        if (task := self._claim()) is not None:  # from here on nothing fails until a worker has it
            idle.begin(Begin(task, share, spill, quota))
            self._changes.publish(task.id)

    def _fail_next(self) -> None:
        if (task := self._claim()) is not None:
            reason = "no worker process could be started; the server's own log has the details"
            self._fail(task, Report(task.id, task.attempt, Progress()), TrawlError(Code.INTERNAL_ERROR, reason))

    def _pass_stops_on(self) -> None:
        while self._to_stop:
            id = self._to_stop.pop()
            for worker in self._crew.busy:
                if worker.job and worker.job.task.id == id:
                    worker.ask_to_stop()

    # --- hearing ---------------------------------------------------------------------------------------

    def _hear(self, worker: Handle) -> None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            self._lost(worker)
            return
        match message:
            case Ready():
                self._crew.welcome(worker)
                self._work_waits = True
            case Report():
                self._unwritten.report(message)
                if worker.job:
                    worker.job.last = message
            case Done():
                self._finish(message.last, message.ending)
                self._crew.rest(worker)
                self._work_waits = True

    def _lost(self, worker: Handle) -> None:
        """A worker's pipe has ended, and so has the worker."""
        how, job = self._crew.lose(worker), worker.job
        self._work_waits = True
        if job is None:
            return
        task = job.task
        last = replace(job.last or Report(task.id, task.attempt, Progress()), notes=())
        with _unshaken():
            result = Result(self._folders.attempt(task.id, task.attempt))
            last = replace(last, rows=result.rows, result_bytes=result.bytes)
        self._folders.clear(task.id, task.attempt)
        match job.doom:
            case Doom.MEMORY:
                allowed = job.begin.memory_bytes >> 20
                reason = f"the search needed more memory than a worker may use ({allowed:,} MiB)"
                self._fail(task, last, TrawlError(Code.MEMORY_LIMIT_EXCEEDED, reason, hint=FEWER))
            case Doom.STOP:
                note = Note(Level.WARN, Phase.SEARCH, "stopped: the worker did not answer in time and was killed")
                self._finish(replace(last, notes=(note,)), Ending(Status.STOPPED, is_partial=True))
            case Doom.LATE:
                warning = late(task.wanted.max_run_seconds or 0)
                note = Note(Level.WARN, Phase.SEARCH, warning.message)
                last = replace(last, notes=(note,), warnings=(*last.warnings, warning))
                self._finish(last, Ending(Status.COMPLETED, is_partial=True))
            case Doom.RELEASE:
                self._give_back(last, "the server ends; the task is queued again", counts=False)
            case None:
                self._give_back(last, f"the worker vanished ({how})", counts=True)

    def _give_back(self, last: Report, why: str, *, counts: bool) -> None:
        self._unwritten.end(last, GivenBack(Note(Level.WARN, Phase.SEARCH, why), counts))

    def _fail(self, task: Task, last: Report, error: TrawlError) -> None:
        note = Note(Level.ERROR, Phase.SEARCH, f"failed: {error.reason}")
        failure = Failure.of(error, task.wanted.query)
        self._finish(replace(last, notes=(note,)), Ending(Status.FAILED, is_partial=True, error=failure))

    def _finish(self, last: Report, ending: Ending) -> None:
        self._given.discard(last.task)
        self._unwritten.end(last, ending)


@contextlib.contextmanager
def _unshaken() -> Iterator[None]:
    """Logs what goes wrong within, and has what follows go on."""
    try:
        yield
    except Exception:
        log.exception("the supervisor stumbled")
