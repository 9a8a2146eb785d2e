"""Where a load writes before anyone may see it, and how what an interrupted one left is cleared away.

    FOLDER/staging/LOAD.lock      locked while the load's process lives
    FOLDER/staging/LOAD/          segments that are being written
    FOLDER/segments/LOAD-N.parquet, …/LOAD-N.terms, FOLDER/rejected/LOAD.jsonl

A load writes and syncs its files in its staging folder, renames them to where they stay, and then adds them to
the catalog in one transaction. The files of a load whose lock is free and that was not committed are orphans.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from trawl.catalog.terms import SUFFIX

STAGING: Final = "staging"
SEGMENTS: Final = "segments"
REJECTED: Final = "rejected"


@contextmanager
def staged(folder: Path, is_committed: Callable[[str], bool]) -> Iterator[Staging]:
    """A staging folder of a new load, after orphans were cleared away; it is gone at the end.

    Args:
        folder: the store's.
        is_committed: whether the load of a name was.
    """
    for name in (STAGING, SEGMENTS, REJECTED):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with _locked(folder / STAGING / "all.lock"):
        for lock in sorted((folder / STAGING).glob("load-*.lock")):
            _clear_if_dead(folder, lock, is_committed)
        name = f"load-{uuid4().hex}"
        lock = folder / STAGING / f"{name}.lock"
        held = os.open(lock, os.O_CREAT | os.O_RDWR, 0o644)
        fcntl.flock(held, fcntl.LOCK_EX)
    staging = Staging(folder, name)
    staging.own.mkdir()
    try:
        yield staging
    finally:
        staging.clear(is_committed)
        lock.unlink()
        os.close(held)


class Staging:
    """The files of one load.

    Attributes:
        name: the load's, unique.
        own: the folder to write in.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.name = name
        self.own = folder / STAGING / name

    def publish(self, files: Iterable[Path]) -> list[Path]:
        """Moves synced files to where they stay; answers their paths from the store's folder."""
        moved = []
        for file in files:
            kind = SEGMENTS if file.suffix in (".parquet", SUFFIX) else REJECTED
            place = Path(kind) / f"{self.name}-{file.name}"
            file.rename(self._folder / place)
            moved.append(place)
        for kind in (SEGMENTS, REJECTED):
            sync_folder(self._folder / kind)
        return moved

    def clear(self, is_committed: Callable[[str], bool]) -> None:
        """Removes the folder, and what was published if the load was not committed."""
        if not self.own.exists():
            return
        if not is_committed(self.name):
            for kind in (SEGMENTS, REJECTED):
                for file in (self._folder / kind).glob(f"{self.name}-*"):
                    file.unlink()
        shutil.rmtree(self.own)


def _clear_if_dead(folder: Path, lock: Path, is_committed: Callable[[str], bool]) -> None:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        Staging(folder, lock.stem).clear(is_committed)
        lock.unlink()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
