"""The workers of a supervisor: some kept warm, more when they are needed, none too fat, none that does not answer."""

from __future__ import annotations

import signal
import time
from typing import Final

import structlog

from trawl.settings.process import Settings
from trawl.tasks.handle import Doom, Handle
from trawl.tasks.process import OTHER_VERSION

log = structlog.get_logger(__name__)

STOP_GRACE: Final = 0.8
"""Seconds that a worker has to answer a stop; killing it then leaves the processor free within the second."""
LATE_GRACE: Final = 2.0
"""Seconds that a worker has to end a task whose time is used up."""
WARM: Final = 2
"""Workers kept though nothing is to do, unless fewer may run."""
IDLE_SECONDS: Final = 60.0
"""Workers beyond those end after so long without a task."""
OVERHEAD: Final = 384 << 20
"""What a worker may hold beside its engine's share: the interpreter, batches on their way, parts being encoded."""
GROWN: Final = 256 << 20
"""A worker that rests with so much more than at first is replaced."""
MOST_STILLBORN: Final = 3
"""So many workers in a row that ended by themselves before they were ready show that none will start."""


class Crew:
    """The worker processes. Used by one thread; they die with it."""

    def __init__(self, factory: str, settings: Settings) -> None:
        self._factory = factory
        self._settings = settings
        self._stillborn = 0
        self.workers: list[Handle] = []
        """All of them, whatever they do."""
        self.is_outdated = False
        """Whether Trawl was upgraded beneath this process: new workers are of another version, and refused."""

    @property
    def busy(self) -> list[Handle]:
        """Those that are at a task."""
        return [worker for worker in self.workers if worker.job is not None]

    @property
    def idle(self) -> Handle | None:
        """One that can take a task now."""
        return next((worker for worker in self.workers if worker.is_idle), None)

    @property
    def cannot_start(self) -> bool:
        """Whether workers end before they are ready, again and again."""
        return self._stillborn >= MOST_STILLBORN

    def keep_warm(self, most: int) -> None:
        """Has as many workers as are kept without need, `most` at most, and lets others go after a while.

        They start one after the other: the first is ready sooner so.
        """
        kept = min(WARM, most)
        self.grow(kept)
        long_ago = time.monotonic() - IDLE_SECONDS
        spare = [worker for worker in self.workers if worker.is_idle and worker.idle_since < long_ago]
        for worker in spare[: max(0, len(self.workers) - kept)]:
            self._dismiss(worker)

    def grow(self, most: int) -> None:
        """Starts one more worker, unless one is starting or there are `most`."""
        if not self.is_outdated and len(self.workers) < most and all(worker.ready for worker in self.workers):
            self._hire()

    def welcome(self, worker: Handle) -> None:
        """A worker is ready for its first task."""
        self._stillborn = 0
        worker.ready, worker.resting, worker.idle_since = True, worker.memory(), time.monotonic()

    def rest(self, worker: Handle) -> None:
        """A worker is done with its task; one that has grown over it is let go."""
        worker.job, worker.idle_since = None, time.monotonic()
        if worker.memory() > worker.resting + GROWN:
            self._dismiss(worker)

    def lose(self, worker: Handle) -> str:
        """Strikes out a worker that is gone; how it ended, in words."""
        self.workers.remove(worker)
        status = worker.bury()
        if worker.job is None:
            log.warning("a worker ended", worker=worker.process.pid, status=status, was_ready=worker.ready)
            if not worker.ready and status == OTHER_VERSION:
                self.is_outdated = True
                log.error(
                    "another version of Trawl was installed beneath this server; tasks wait until it is restarted"
                )
            elif not worker.ready and status > 0:  # one that was killed may start the next time
                self._stillborn += 1
        return _how(status)

    def police(self, moment: float) -> None:
        """Kills those that do not stop, hold too much, or take too long; their pipes end soon after."""
        for worker in self.busy:
            job = worker.job
            assert job is not None, "it is busy"
            seconds = job.task.wanted.max_run_seconds
            if job.doom is not None:
                continue
            if job.stop_sent is not None and moment - job.stop_sent > STOP_GRACE:
                worker.kill(Doom.STOP)
            elif worker.memory() > job.begin.memory_bytes + OVERHEAD:
                worker.kill(Doom.MEMORY)
            elif seconds is not None and moment - job.since > seconds + LATE_GRACE:
                worker.kill(Doom.LATE)

    def disband(self) -> None:
        """Lets all go; those that were at a task are left to be struck out."""
        for worker in self.workers:
            worker.kill(Doom.RELEASE)
        for worker in [worker for worker in self.workers if worker.job is None]:
            self._dismiss(worker)

    def _hire(self) -> None:
        self.workers.append(Handle.spawn(self._factory, self._settings))

    def _dismiss(self, worker: Handle) -> None:
        self.workers.remove(worker)
        worker.kill()
        worker.bury()


def _how(status: int) -> str:
    names = {known.value: known.name for known in signal.Signals}
    return f"exit status {status}" if status >= 0 else f"killed by {names.get(-status, f'signal {-status}')}"
