"""How many exports are made at once: each takes a place, and gives it back when it ends."""

from __future__ import annotations

import threading

from trawl.errors import Code, TrawlError


class Places:
    """So many places. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> None:
        """Takes one. Raises `TOO_MANY_TASKS` where none is free."""
        if not self._free.acquire(blocking=False):
            reason = f"{self._most} exports are being made already, as many as may"
            raise TrawlError(Code.TOO_MANY_TASKS, reason, hint="wait until one of them has come to its end")

    def give_back(self) -> None:
        """Frees one that was taken."""
        self._free.release()
