"""How attempts ended, held until the store has taken it: a full disk or a locked database may be better soon."""

from __future__ import annotations

from collections import deque

from trawl.tasks.changes import Changes
from trawl.tasks.store import Ending, Report, Store


class Endings:
    """What is not written yet, in the order in which it came. Used by one thread."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes
        self._held: deque[tuple[Report, Ending]] = deque()

    @property
    def tasks(self) -> set[str]:
        """The tasks whose end is not written yet."""
        return {last.task for last, _ in self._held}

    def add(self, last: Report, ending: Ending) -> None:
        """Notes how an attempt ended; `write` makes it last."""
        self._held.append((last, ending))

    def write(self) -> None:
        """Writes what is held. What a database raises leaves the rest to be written by the next call."""
        while self._held:
            last, ending = self._held[0]
            self._store.finish(last, ending)
            self._held.popleft()
            self._changes.publish(last.task)
