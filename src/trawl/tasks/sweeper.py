"""Removes what nobody needs any more: expired results, the rest of interrupted deletions, attempts of the dead."""

from __future__ import annotations

import time
from typing import Final

from trawl.tasks.folders import Folders
from trawl.tasks.journal import now
from trawl.tasks.store import Store
from trawl.tasks.workbench import Workbench

EVERY: Final = 5.0
"""Seconds between two looks for expired tasks."""


class Sweeper:
    """Sweeps when it is told to."""

    def __init__(self, store: Store, folders: Folders) -> None:
        self._store = store
        self._folders = folders
        self._swept: float | None = None

    def sweep(self) -> None:
        """Deletes what has expired, if it was not looked for just now; the first time, what a crash left too."""
        moment = time.monotonic()
        if self._swept is None:
            self.clear()
        if self._swept is None or moment - self._swept >= EVERY:
            self._swept = moment
            for task in self._store.expired(now()):
                self.delete(task, by=None)

    def delete(self, id: str, by: str | None) -> int | None:
        """Buries a finished task, then removes what it has on disk; if that is cut short, `clear` ends it.

        Returns:
            The bytes freed; None where there is no such task, or it is not finished.
        """
        size = self._folders.size(id)
        if not self._store.bury(id, by):
            return None
        self._folders.remove(id)
        return size

    def clear(self) -> None:
        """Removes folders of tasks that are no more, attempts before a task's last, and what dead exports left."""
        on_disk = list(self._folders.ids())
        known = self._store.statuses(on_disk)
        for id in on_disk:
            if id not in known:
                self._folders.remove(id)
            elif (task := self._store.get(id)) is not None and task.status.is_end:
                self._folders.clear(id, task.attempt)
                Workbench.sweep(self._folders.attempt(id, task.attempt))
