"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from trawl.errors import Code, TrawlError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def put(path: Path, content: Any) -> None:
    """Writes a file so that it has its content or its former one, whatever happens meanwhile.

    Args:
        path: where; its folder exists.
        content: anything with the buffer protocol.

    Raises:
        TrawlError: `NO_ROOM` if the disk is full, `INTERNAL_ERROR` if it failed otherwise.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            remaining = memoryview(content).cast("B")
            while remaining:
                remaining = remaining[os.write(descriptor, remaining) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise fault(error) from error


def settle(folder: Path) -> None:
    """Makes the names in a folder last: what `put` renamed is there after a power cut too.

    Raises:
        TrawlError: as `put`.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise fault(error) from error


def fault(error: OSError) -> TrawlError:
    """What a failed write means to the one who searches; the disk's paths stay out of the words."""
    reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
    if error.errno in _FULL:
        return TrawlError(
            Code.NO_ROOM, f"the result could not be written: {reason}", hint="delete tasks that are not needed"
        )
    return TrawlError(Code.INTERNAL_ERROR, f"the result could not be written: {reason}")
