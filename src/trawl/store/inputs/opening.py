"""Opens what is to be loaded: plain, gzip or zstd, a file or standard input, read ahead by a thread."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import zstandard

from trawl.errors import Code, TrawlError, printable

STDIN: Final = "-"
"""The name that stands for standard input."""

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_SNIFFED: Final = 1 << 16


class _Counted(io.RawIOBase):
    """A stream that counts the bytes read from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub asks for a private buffer type
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Unzstd(io.RawIOBase):
    """Zstd frames unpacked. The library's own reader takes a frame cut short for the end of the file."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._frame: Any = None
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
        while not self._ready:
            data = self._packed.read(_SNIFFED) if self._frame is None or not self._frame.unused_data else b""
            if self._frame is None or self._frame.eof:
                data = (self._frame.unused_data if self._frame else b"") + data
                if not data:
                    return 0
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            elif not data:
                raise EOFError("the last frame does not end")
            self._ready = memoryview(self._frame.decompress(data))
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


@dataclass(frozen=True)
class Opened:
    """An input that is open.

    Attributes:
        path: as it was given.
        name: the same, as it can be told.
        content: what it holds, unpacked.
        raw: counts what was read of it as it lies on disk.
        size: bytes on disk; None for standard input.
        is_packed: whether it had to be unpacked.
    """

    path: str
    name: str
    content: io.BufferedReader
    raw: _Counted
    size: int | None
    is_packed: bool

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of `size`."""
        return self.raw.count

    def reached(self, fraction: float) -> None:
        """Says how much of the file was read by other ways than `content`."""
        self.raw.count = int(fraction * (self.size or 0))

    def start(self) -> bytes:
        """The first bytes of the content, which stay to be read."""
        return self.content.peek(_SNIFFED)


class _Guarded(io.RawIOBase):
    """A stream whose faults are told as those of a file."""

    def __init__(self, content: BinaryIO, name: str) -> None:
        self._content = content
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
        with _faults_of(self._name):
            data = self._content.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(path: str) -> Iterator[Opened]:
    """Opens a file, or standard input for `-`.

    Raises:
        TrawlError: `UNREADABLE_FILE` if it is not there, not whole, or not what its first bytes say; also
            when its content is read.
    """
    name = printable(path)
    if path == STDIN and sys.stdin is None:
        raise TrawlError(Code.UNREADABLE_FILE, "standard input is closed")
    with _faults_of(name):
        source = nullcontext(sys.stdin.buffer) if path == STDIN else Path(path).open("rb")  # noqa: SIM115  # entered below
        size = None if path == STDIN else Path(path).stat().st_size
    with source as raw:
        counted = _Counted(cast(BinaryIO, raw))
        packed = io.BufferedReader(cast(io.RawIOBase, counted), 1 << 20)
        with _faults_of(name):
            content = _unpacked(packed)
        guarded = cast(io.RawIOBase, _Guarded(content, name))
        yield Opened(path, name, io.BufferedReader(guarded, 1 << 20), counted, size, content is not packed)


@contextmanager
def _faults_of(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        reason = f"`{name}` cannot be unpacked: {str(error).lower()}"
        raise TrawlError(Code.UNREADABLE_FILE, reason, hint="the file may be cut short or damaged") from error
    except OSError as error:
        what = error.strerror or str(error)
        raise TrawlError(Code.UNREADABLE_FILE, f"`{name}` cannot be read: {what.lower()}") from error


def _unpacked(packed: io.BufferedReader[Any]) -> BinaryIO:
    magic = packed.peek(4)[:4]
    if magic.startswith(_GZIP):
        return cast(BinaryIO, gzip.GzipFile(fileobj=packed))
    if magic == _ZSTD:
        return cast(BinaryIO, io.BufferedReader(_Unzstd(packed), 1 << 20))
    return packed
