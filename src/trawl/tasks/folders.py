"""Where tasks lie on disk: `results/ID/ATTEMPT/`, and the snapshot that all attempts of a task share."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trawl.tasks.ids import is_id


@dataclass(frozen=True)
class Folders:
    """The folder of all results."""

    root: Path

    def task(self, id: str) -> Path:
        """All that a task has on disk."""
        return self.root / id

    def attempt(self, id: str, attempt: int) -> Path:
        """What one attempt writes; no other attempt writes there."""
        return self.root / id / str(attempt)

    def scratch(self, id: str, attempt: int) -> Path:
        """What an attempt spills; of no use once it is over."""
        return self.attempt(id, attempt) / "scratch"

    def snapshot(self, id: str) -> Path:
        """The frozen snapshot of a task."""
        return self.root / id / "snapshot.ndjson"

    def output(self, id: str, number: int) -> Path:
        """The mark of an output of a task that was written."""
        return self.root / id / "outputs" / str(number)

    def cost(self, id: str, attempt: int) -> Path:
        """What an attempt cost, as JSON."""
        return self.attempt(id, attempt) / "cost.json"

    def stats(self, id: str, attempt: int) -> Path:
        """The sidebar and the timeline of an attempt, as JSON."""
        return self.attempt(id, attempt) / "stats.json"

    def size(self, id: str) -> int:
        """Bytes of all files of a task."""
        return size_of(self.task(id))

    def free(self) -> int:
        """Bytes left on the disk."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def remove(self, id: str) -> None:
        """Removes all that a task has; what vanishes meanwhile is no error."""
        shutil.rmtree(self.task(id), ignore_errors=True)

    def clear(self, id: str, attempt: int) -> None:
        """Removes the attempts of a task before this one, and what this one has spilled.

        Later ones stay: a worker that was thought to be lost may come here after its successor has begun.
        """
        for path in self.task(id).glob("*"):
            if path.name.isdecimal() and int(path.name) < attempt:
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.scratch(id, attempt), ignore_errors=True)

    def ids(self) -> Iterator[str]:
        """The tasks that have something on disk."""
        return (path.name for path in self.root.glob("*") if is_id(path.name))


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder and those beneath it; what vanishes meanwhile counts nothing."""
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                size += os.lstat(f"{parent}/{name}").st_size
    return size
