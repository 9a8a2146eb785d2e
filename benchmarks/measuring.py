"""What a measurement finds, and the few figures that all of them need: medians, percentiles, memory of processes."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Finding:
    """A row of the table.

    Attributes:
        what: what was measured, and over what.
        target: what is to be reached, in words.
        measured: what came out, in words, with the figures that it rests on.
        ok: whether the target is reached; None where there is none, or where it could not be measured.
    """

    what: str
    target: str
    measured: str
    ok: bool | None


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes, in seconds of the wall's clock."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def medians(repeats: int, *actions: Callable[[], object]) -> list[float]:
    """The median seconds of each of several actions, done in turn, so that a slow moment of the host hits all."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(repeats):
        for action, times in zip(actions, taken, strict=True):
            times.append(seconds(action))
    return [statistics.median(times) for times in taken]


def percentile(values: Sequence[float], hundredths: int) -> float:
    """The value that so many hundredths of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * hundredths // 100) - 1)]


def tree(process: psutil.Process) -> list[psutil.Process]:
    """A process and all below it that are alive."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory(process: psutil.Process) -> int:
    """Bytes that a tree of processes holds; pages that several share count once (PSS), where the host can tell."""
    return sum(_held(part) for part in tree(process))


def memory_at_rest(process: psutil.Process, processes: int = 3, still: float = 3.0, most: float = 90.0) -> int:
    """Bytes that a tree of processes holds once it has come to rest: workers that were replaced have started, and
    those that were many are gone.

    Args:
        processes: so many there are at rest. still: seconds for which they have to hold the same, but for a mebibyte.
        most: seconds to wait for that.
    """
    end = time.monotonic() + most
    held, since = memory(process), time.monotonic()
    while (moment := time.monotonic()) < min(end, since + still):
        time.sleep(0.1)
        now = memory(process)
        if abs(now - held) > MEBIBYTE or len(tree(process)) > processes:
            held, since = now, moment
    return held


def _held(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.rss)
    except psutil.Error:
        return 0


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Processor time that processes have used so far; those that are gone count nothing."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
            total += times.user + times.system
        except psutil.Error:
            continue
    return total


class PeakMemory:
    """Watches a tree of processes while a `with` block runs; `peak` is the most that it held, in bytes."""

    def __init__(self, process: psutil.Process, interval: float = 0.05) -> None:
        self._process = process
        self._interval = interval
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0

    def _watch(self) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak, memory(self._process))
            self._done.wait(self._interval)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
