"""Tasks whose supervisor is gone: killed, or cut off together with its host."""

from __future__ import annotations

from collections.abc import Set

from trawl.tasks.changes import Changes
from trawl.tasks.journal import Level, Note, Phase
from trawl.tasks.presence import Presence
from trawl.tasks.store import Store


class Orphans:
    """Finds them, and gives them back to the queue; those that were asked to stop end as stopped."""

    def __init__(self, store: Store, presence: Presence, changes: Changes) -> None:
        self._store = store
        self._presence = presence
        self._changes = changes

    def give_back(self, ours: Set[str] | None = None) -> None:
        """Looks at every running task once. It is no fault of a task if the server ends, so it does not count.

        Args:
            ours: the tasks that this process runs, if it knows: any other that bears its name is an orphan.
        """
        for task, attempt, supervisor in self._store.running():
            if supervisor == self._presence.name:
                is_orphan = ours is not None and task not in ours
            else:
                is_orphan = not self._presence.is_alive(supervisor)
            if is_orphan:
                note = Note(Level.WARN, Phase.QUEUE, "the server that ran the task is gone; it is queued again")
                self._store.give_back(task, attempt, note, counts=False)
                self._changes.publish(task)
