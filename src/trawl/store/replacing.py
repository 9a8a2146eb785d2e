"""How the file of a lookup is replaced by what a search found: whole, and once, however often the search is begun.

    lookups/.lock            held by the one who writes
    lookups/.TASK.part       being written
    lookups/.TASK.ready      written and synced
    MARK                     says that it is written; the file is then only to be put in its place

A mark whose file is no longer ready is that of a lookup that was replaced.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from trawl.store.loading import room
from trawl.store.lookups import FORMATS, Lookups
from trawl.store.staging import sync_folder

DEFAULT: Final = ".parquet"
"""The ending of a new lookup that is named without one."""
_FORGOTTEN: Final = 86_400
"""Seconds after which a file that nobody put in its place is removed."""


@contextmanager
def replaced(lookups: Lookups, name: str, mark: Path) -> Iterator[Path | None]:
    """A path to write the new file at, which takes the lookup's place at the end; None where it did so before.

    Where nothing was written at it, the lookup stays as it is.

    Args:
        mark: a file of the search's own, by which another attempt knows.

    Raises:
        TrawlError: `NO_ROOM`, and `INVALID_ARGUMENT` where the name may mean several files.
    """
    folder = lookups.folder
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / f".{sha256(str(mark).encode()).hexdigest()[:24]}"
    part, ready = own.with_suffix(".part"), own.with_suffix(".ready")
    with room(), locked(folder):
        _clear(folder)
        if mark.exists():
            yield None
        else:
            target = target_of(lookups, name)
            part.unlink(missing_ok=True)
            try:
                yield part
                if part.exists():
                    with part.open("rb+") as written:
                        os.fsync(written.fileno())
                    part.rename(ready)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            sync_folder(folder)
            _write(mark, target.name)
        if ready.exists():
            ready.rename(folder / mark.read_text(encoding="utf-8"))
            sync_folder(folder)


def target_of(lookups: Lookups, name: str) -> Path:
    """The file that a lookup is, or becomes."""
    if Path(name).suffix in FORMATS:
        return lookups.folder / name
    return lookups.file(name) or lookups.folder / f"{name}{DEFAULT}"


def _write(mark: Path, text: str) -> None:
    """Writes the mark in one step."""
    mark.parent.mkdir(parents=True, exist_ok=True)
    fresh = mark.with_name(f"{mark.name}.fresh")
    with fresh.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.rename(mark)
    sync_folder(mark.parent)


def _clear(folder: Path) -> None:
    """Removes what searches left that were given up."""
    for path in folder.glob(".*"):
        if path.suffix in (".part", ".ready") and path.stat().st_mtime < time.time() - _FORGOTTEN:
            path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps all others from writing in the folder of the lookups."""
    with (folder / ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
