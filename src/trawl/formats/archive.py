"""A file packed into a zip archive while it is made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from trawl.values import NANOSECONDS, Instant

MEDIA_TYPE: Final = "application/zip"
EXTENSION: Final = ".zip"
LEVEL: Final = 3
"""Of deflate: nearly as small as the usual 6, in half the time."""

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that an archive can tell."""


def packed(name: str, pieces: Iterable[bytes], made: Instant) -> Iterator[bytes]:
    """A zip archive that holds one file.

    Args:
        name: of the file within. pieces: the file. made: when it was made, in UTC for archives know no zones.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive, archive.open(_entry(name, made), "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            if ready := sink.taken():
                yield ready
    yield sink.taken()


def _entry(name: str, made: Instant) -> zipfile.ZipInfo:
    date = datetime.fromtimestamp(made.nanoseconds // NANOSECONDS, UTC)
    entry = zipfile.ZipInfo(name, max(date.timetuple()[:6], EARLIEST))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # has no other name before Python 3.13
    entry.external_attr = 0o600 << 16
    return entry


class _Sink(io.RawIOBase):
    """Takes what the archive writes, and can't go back: so the archive puts sizes after the data."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile writes nothing but bytes
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last call."""
        written, self._written = b"".join(self._written), []
        return written
