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
