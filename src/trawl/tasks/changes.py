"""Tells those who wait that a task changed, so that nobody has to look again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Changes:
    """Who wants to be told. A waker is called from any thread, must not block, and may be called too often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wakers: dict[object, tuple[str | None, Callable[[], None]]] = {}

    def publish(self, task: str) -> None:
        """Wakes those who wait for this task, or for any."""
        with self._lock:
            wakers = [waker for wanted, waker in self._wakers.values() if wanted is None or wanted == task]
        for waker in wakers:
            waker()

    @contextmanager
    def waking(self, task: str | None, waker: Callable[[], None]) -> Iterator[None]:
        """Has `waker` called whenever the task (None: any) changes, until the block ends."""
        key = object()
        with self._lock:
            self._wakers[key] = (task, waker)
        try:
            yield
        finally:
            with self._lock:
                del self._wakers[key]


class Bell(threading.Event):
    """Rings when a task (None: any) changes, while the block lasts. Hearing it silences it."""

    def __init__(self, changes: Changes, task: str | None) -> None:
        super().__init__()
        self._listening = changes.waking(task, self.set)

    def __enter__(self) -> Bell:
        self._listening.__enter__()
        return self

    def __exit__(self, *fault: object) -> None:
        self._listening.__exit__(None, None, None)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it rings, or for so many seconds; whether it rang."""
        rang = super().wait(timeout)
        self.clear()
        return rang
