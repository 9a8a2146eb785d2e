"""Runs the tasks that wait: keeps workers warm, hands tasks out, stops, kills, and gives back what was lost.

All of it happens in one thread, so that nothing here needs a lock; other threads only ring its bell.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
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
from trawl.tasks.folders import Folders
from trawl.tasks.handle import Doom, Handle, Job
from trawl.tasks.journal import Level, Note, Phase
from trawl.tasks.messages import Begin, Done, Ready
from trawl.tasks.orphans import Orphans
from trawl.tasks.presence import Presence
from trawl.tasks.store import Ending, Report, Store
from trawl.tasks.task import Failure, Progress, Status, Task

log = structlog.get_logger(__name__)

STOP_GRACE: Final = 0.8
"""Seconds that a worker has to answer a stop; killing it then leaves the processor free within the second."""
LATE_GRACE: Final = 2.0
"""Seconds that a worker has to end a task whose time is used up."""
REPORT_EVERY: Final = 0.25
"""Seconds between two transactions that note progress, of all tasks together."""
LOOK_EVERY: Final = 1.0
"""Seconds between two looks for what other processes changed: tasks, stops, settings."""
MEMORY_EVERY: Final = 0.1
"""Seconds between two looks at the memory of busy workers."""
WARM: Final = 2
"""Workers kept though nothing is to do, unless fewer may run."""
IDLE_SECONDS: Final = 60.0
"""Workers beyond those end after so long without a task."""
OVERHEAD: Final = 384 << 20
"""What a worker may hold beside its engine's share: the interpreter, batches on their way, parts being encoded."""
MOST_STILLBORN: Final = 3
"""After so many workers in a row that ended before they were ready, waiting tasks fail rather than wait for ever."""
GROWN: Final = 256 << 20
"""A worker that rests with so much more than at first is replaced."""


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


class Supervisor:
    """The thread that sees to the workers.

    Args:
        sweep: called about once a second when there is time, to delete what has expired.
    """

    def __init__(
        self,
        plant: Plant,
        store: Store,
        cluster: ClusterSettings,
        folders: Folders,
        presence: Presence,
        orphans: Orphans,
        changes: Changes,
        sweep: Callable[[], None],
    ) -> None:
        self._plant = plant
        self._store = store
        self._cluster = cluster
        self._folders = folders
        self._presence = presence
        self._orphans = orphans
        self._changes = changes
        self._sweep = sweep
        self._workers: list[Handle] = []
        self._pending: dict[str, Report] = {}
        self._given: set[str] = set()
        self._to_stop: set[str] = set()
        self._stillborn = 0
        self._max_running = 1
        self._max_bytes = 0
        self._bell, self._bell_rope = os.pipe()
        os.set_blocking(self._bell_rope, False)
        os.set_blocking(self._bell, False)
        self._closing = False
        self._work_waits = True
        self._looked = self._reported = self._weighed = 0.0
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
        for worker in self._workers:
            worker.kill(Doom.RELEASE)
        for worker in list(self._workers):
            self._lost(worker)

    def _turn(self) -> None:
        moment = time.monotonic()
        if moment - self._looked >= LOOK_EVERY:
            self._look_around(moment)
        self._pass_stops_on()
        self._hand_out()
        ready = wait([self._bell, *(worker.pipe for worker in self._workers)], self._patience())
        if self._bell in ready:
            os.read(self._bell, 1 << 12)
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            self._hear(worker)
        moment = time.monotonic()
        if self._pending and moment - self._reported >= REPORT_EVERY:
            self._note_progress(moment)
        if moment - self._weighed >= MEMORY_EVERY:
            self._police(moment)

    def _patience(self) -> float:
        busy = any(worker.job for worker in self._workers)
        return MEMORY_EVERY if busy else max(0.0, self._looked + LOOK_EVERY - time.monotonic())

    def _look_around(self, moment: float) -> None:
        self._looked = moment
        in_force = self._cluster.all()
        self._max_running = in_force["trawl.tasks.max_running"]
        self._max_bytes = in_force["trawl.results.max_bytes"]
        self._to_stop.update(self._store.to_stop(self._presence.name))
        self._work_waits = True
        if self._plant.adopts:
            ours = {worker.job.task.id for worker in self._workers if worker.job}
            self._orphans.give_back(ours)
            self._sweep()
        while len(self._workers) < min(WARM, self._max_running):
            self._workers.append(Handle.spawn(self._plant.factory, self._plant.settings))
        spare = [worker for worker in self._workers if worker.is_idle and moment - worker.idle_since > IDLE_SECONDS]
        for worker in spare[: max(0, len(self._workers) - min(WARM, self._max_running))]:
            self._dismiss(worker)

    # --- handing out -----------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Gives waiting tasks to idle workers, and starts workers where there are too few."""
        while self._work_waits:
            busy = sum(worker.job is not None for worker in self._workers)
            if busy >= self._max_running:
                return
            idle = next((worker for worker in self._workers if worker.is_idle), None)
            if idle is None and self._stillborn >= MOST_STILLBORN:
                self._fail_next()
            elif idle is None:
                starting = sum(not worker.ready for worker in self._workers)
                if not starting and len(self._workers) < self._max_running:
                    self._workers.append(Handle.spawn(self._plant.factory, self._plant.settings))
                return
            else:
                self._begin_next(idle)

    def _claim(self) -> Task | None:
        task = self._store.claim(self._presence.name, None if self._plant.adopts else self._given)
        self._work_waits = task is not None
        return task

    def _begin_next(self, idle: Handle) -> None:
        if (task := self._claim()) is not None:
            quota = max(0, self._max_bytes - self._store.result_bytes()) if self._max_bytes else None
            share = self._plant.settings.memory_bytes // self._max_running
            idle.begin(Begin(task, share, self._folders.free() * 8 // 10, quota))
            self._changes.publish(task.id)

    def _fail_next(self) -> None:
        if (task := self._claim()) is not None:
            error = Failure(
                Code.INTERNAL_ERROR, "no worker process could be started; the server's own log has the details"
            )
            note = Note(Level.ERROR, Phase.QUEUE, f"failed: {error.reason}")
            last = Report(task.id, task.attempt, Progress(), notes=(note,))
            self._finish(last, Ending(Status.FAILED, is_partial=True, error=error))

    def _pass_stops_on(self) -> None:
        while self._to_stop:
            id = self._to_stop.pop()
            for worker in self._workers:
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
                self._stillborn = 0
                worker.ready, worker.resting, worker.idle_since = True, worker.memory(), time.monotonic()
                self._work_waits = True
            case Report():
                self._keep(message)
                if worker.job:
                    worker.job.last = message
            case Done():
                self._finish(message.last, message.ending)
                worker.job, worker.idle_since = None, time.monotonic()
                self._work_waits = True
                if worker.memory() > worker.resting + GROWN:
                    self._dismiss(worker)

    def _lost(self, worker: Handle) -> None:
        """A worker's pipe has ended, and so has the worker."""
        self._workers.remove(worker)
        status, job = worker.bury(), worker.job
        self._work_waits = True
        if job is None:
            if not self._closing:
                self._stillborn += not worker.ready and status > 0  # one that was killed may start the next time
                log.warning("a worker ended", how=_words(status), was_ready=worker.ready)
            return
        task = job.task
        result = Result(self._folders.attempt(task.id, task.attempt))
        last = job.last or Report(task.id, task.attempt, Progress())
        last = replace(last, rows=result.rows, result_bytes=result.bytes, notes=())
        self._folders.clear(task.id, task.attempt)
        if job.doom is Doom.MEMORY:
            self._fail_for_memory(job, last)
        elif job.doom is Doom.STOP:
            note = Note(Level.WARN, Phase.SEARCH, "stopped: the worker did not answer in time and was killed")
            self._finish(replace(last, notes=(note,)), Ending(Status.STOPPED, is_partial=True))
        elif job.doom is Doom.LATE:
            warning = late(task.wanted.max_run_seconds or 0)
            note = Note(Level.WARN, Phase.SEARCH, warning.message)
            last = replace(last, notes=(note,), warnings=(*last.warnings, warning))
            self._finish(last, Ending(Status.COMPLETED, is_partial=True))
        else:
            counts = job.doom is not Doom.RELEASE
            how = f"the worker vanished ({_words(status)})" if counts else "the server ends; the task is queued again"
            self._keep(last)
            self._note_progress(time.monotonic())
            self._store.give_back(task.id, task.attempt, Note(Level.WARN, Phase.SEARCH, how), counts=counts)
            self._changes.publish(task.id)

    def _fail_for_memory(self, job: Job, last: Report) -> None:
        reason = f"the search needed more memory than a worker may use ({job.begin.memory_bytes >> 20:,} MiB)"
        error = TrawlError(Code.MEMORY_LIMIT_EXCEEDED, reason, hint="fewer groups, fields or rows may fit")
        note = Note(Level.ERROR, Phase.SEARCH, f"failed: {reason}")
        failure = Failure.of(error, job.task.wanted.query)
        self._finish(replace(last, notes=(note,)), Ending(Status.FAILED, is_partial=True, error=failure))

    def _finish(self, last: Report, ending: Ending) -> None:
        waiting = self._pending.pop(last.task, None)
        if waiting is not None:
            last = replace(last, notes=waiting.notes + last.notes)
        self._store.finish(last, ending)
        self._given.discard(last.task)
        self._changes.publish(last.task)

    def _keep(self, report: Report) -> None:
        """Holds a report until the next transaction; the newest figures, all notes."""
        earlier = self._pending.get(report.task)
        self._pending[report.task] = replace(report, notes=earlier.notes + report.notes) if earlier else report

    def _note_progress(self, moment: float) -> None:
        self._reported = moment
        reports, self._pending = list(self._pending.values()), {}
        self._store.report(reports)
        for report in reports:
            self._changes.publish(report.task)

    # --- policing --------------------------------------------------------------------------------------

    def _police(self, moment: float) -> None:
        """Kills what does not stop, holds too much, or takes too long."""
        self._weighed = moment
        for worker in self._workers:
            job = worker.job
            if job is None or job.doom is not None:
                continue
            seconds = job.task.wanted.max_run_seconds
            if job.stop_sent is not None and moment - job.stop_sent > STOP_GRACE:
                worker.kill(Doom.STOP)
            elif worker.memory() > job.begin.memory_bytes + OVERHEAD:
                worker.kill(Doom.MEMORY)
            elif seconds is not None and moment - job.since > seconds + LATE_GRACE:
                worker.kill(Doom.LATE)

    def _dismiss(self, worker: Handle) -> None:
        self._workers.remove(worker)
        worker.kill()
        worker.bury()


def _words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
