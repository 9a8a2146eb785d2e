"""A worker process as its supervisor sees it."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection

import psutil

from trawl.settings.process import Settings
from trawl.tasks.messages import Begin, FromWorker, Setup, Stop, ToWorker
from trawl.tasks.process import start
from trawl.tasks.store import Report
from trawl.tasks.task import Task


class Doom(Enum):
    """Why a supervisor killed a worker."""

    STOP = "stop"
    """it did not answer a stop in time"""
    MEMORY = "memory"
    """it held more memory than a worker may"""
    LATE = "late"
    """it went on after its task's time was used up"""
    RELEASE = "release"
    """the supervisor ends, and gives its tasks back"""


@dataclass
class Job:
    """The attempt that a worker is at."""

    begin: Begin
    since: float
    last: Report | None = None
    stop_sent: float | None = None
    doom: Doom | None = None

    @property
    def task(self) -> Task:
        """The task, as it was when it was claimed."""
        return self.begin.task


@dataclass
class Handle:
    """One worker process.

    Attributes:
        inside: the process's figures.
        ready: whether it has its tools. job: what it is at. idle_since: when it became idle.
        resting: memory that it held before its first task, in bytes; 0 until it is ready.
    """

    process: subprocess.Popen[bytes]
    pipe: Connection[ToWorker, FromWorker]
    inside: psutil.Process
    ready: bool = False
    job: Job | None = None
    idle_since: float = field(default_factory=time.monotonic)
    resting: int = 0

    @classmethod
    def spawn(cls, factory: str, settings: Settings) -> Handle:
        """Starts a process. It dies with the calling *thread*, so that must be one that lives as long as it should."""
        process, pipe = start("trawl.tasks.worker", str(os.getpid()), factory)
        handle = cls(process, pipe, psutil.Process(process.pid))
        handle._send(Setup(settings))
        return handle

    @property
    def is_idle(self) -> bool:
        """Whether it can take a task now."""
        return self.ready and self.job is None

    def memory(self) -> int:
        """Bytes that it holds; 0 if it is gone."""
        try:
            return int(self.inside.memory_info().rss)
        except psutil.Error:
            return 0

    def begin(self, begin: Begin) -> None:
        """Hands it a task. A worker that is gone meanwhile shows by its pipe's end."""
        self.job = Job(begin, time.monotonic())
        self._send(begin)

    def ask_to_stop(self) -> None:
        """Asks it, once, to end what it is at."""
        assert self.job is not None
        if self.job.stop_sent is None:
            self.job.stop_sent = time.monotonic()
            self._send(Stop(self.job.task.id, self.job.task.attempt))

    def kill(self, doom: Doom | None = None) -> None:
        """Ends it at once."""
        if self.job is not None and self.job.doom is None:
            self.job.doom = doom
        self.process.kill()

    def bury(self) -> int:
        """Lets go of a process that has ended or is about to; its exit status, below 0 for a signal."""
        self.pipe.close()
        try:
            return self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _send(self, message: ToWorker) -> None:
        try:
            self.pipe.send(message)
        except OSError:
            self.process.kill()
