"""Who is alive among the supervisors of a data folder: each holds a lock on a file that its death lets go."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from trawl.tasks.ids import new_id


class Presence:
    """A supervisor's sign of life."""

    def __init__(self, folder: Path, moment: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = new_id(moment)
        self._file = folder / self.name
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o640)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def is_alive(self, name: str) -> bool:
        """Whether the supervisor of this name lives; forgets one that does not."""
        file = self._file.with_name(name)
        try:
            descriptor = os.open(file, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        file.unlink(missing_ok=True)
        return False

    def end(self) -> None:
        """Says that this one is gone."""
        self._file.unlink(missing_ok=True)
        os.close(self._descriptor)
