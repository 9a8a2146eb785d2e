"""Mounted sources: files that are searched without being loaded (ADR 5)."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Final

from trawl.catalog.base import Reading, Segment, Snapshot, Source
from trawl.catalog.encoding import decode_snapshot, encode_snapshot
from trawl.schema import TIME, Column, Schema, Type
from trawl.settings.process import Mount
from trawl.store.cutting import Cutter
from trawl.store.index import schema_of, union
from trawl.store.inputs import Format, read_chunks
from trawl.store.inputs.opening import opened
from trawl.store.parquet_files import describe
from trawl.store.times import TIME_FIELD
from trawl.store.timing import TimeRule
from trawl.values import Instant

CONVERTED: Final = "mounted"
"""The folder of converted files in that of the store."""

UNKNOWN: Final = Schema((Column(TIME_FIELD, TIME),), open=True)
"""The schema of what nobody has read yet."""

_CATALOG: Final = "segments.json"
_PATIENCE: Final = 0.1
"""Seconds between two looks whether another process is done with a file."""
_OUTLIVES: Final = 86_400
"""Seconds that the conversion of a file that has changed stays, for searches that read it."""


@dataclass(frozen=True)
class _File:
    """A mounted file as it is at one moment."""

    path: str
    size: int
    modified: int
    time_field: str | None
    format: Format

    @property
    def name(self) -> str:
        """The name of its conversion: of the file, and of its state."""
        return "-".join(sha256(repr(facts).encode()).hexdigest()[:24] for facts in (self.path, self))


class Mounts:
    """The mounted sources.

    Args:
        folder: the store's, for converted files.
        base: where relative globs start.
        mounts: by name.
        at_once: bytes of unread files that `source` and `segments` read while their caller waits, None for any.
    """

    def __init__(self, folder: Path, base: Path, mounts: Mapping[str, Mount], at_once: int | None = None) -> None:
        self._folder = folder / CONVERTED
        self._base = base
        self._mounts = mounts
        self._at_once = at_once
        self._described: dict[_File, tuple[Segment, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._mounts

    def names(self) -> list[str]:
        """The names, sorted."""
        return sorted(self._mounts)

    def source(self, name: str) -> Source:
        """The source as its files are now. As long as some are unread, its schema is open and its times are unknown.

        Raises:
            TrawlError: `UNREADABLE_FILE`.
        """
        return self._source(name, self._look(name))

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of the source's files in the order of their paths; unread files have none.

        Raises:
            TrawlError: `UNREADABLE_FILE`.
        """
        return self._segments(self._look(name))

    def take(self, names: Iterable[str], reading: Reading) -> dict[str, tuple[Source, tuple[Segment, ...]]]:
        """The sources and their segments at one moment, after what is unread of them was read.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`, and what `reading` raises.
        """
        files = {name: self._files(name) for name in names}
        unread = [file for many in files.values() for file in many if self._known(file) is None]
        total = sum(file.size for file in unread)
        before = 0

        def told(read: int) -> None:
            reading(before + read, total)

        for file in unread:
            told(0)
            self._read(file, told)
            before += file.size
        return {name: (self._source(name, many), self._segments(many)) for name, many in files.items()}

    def _files(self, name: str) -> list[_File]:
        return list(_files(self._mounts[name], self._base))

    def _look(self, name: str) -> list[_File]:
        """The files of a source, read if they are small."""
        files = self._files(name)
        unread = [file for file in files if self._known(file) is None]
        if self._at_once is None or sum(file.size for file in unread) <= self._at_once:
            for file in unread:
                self._read(file, lambda _: None)
        return files

    def _source(self, name: str, files: Sequence[_File]) -> Source:
        segments = self._segments(files)
        unread = [file for file in files if self._known(file) is None]
        types: dict[str, Type] = {}
        for segment in segments:
            for field, parts in segment.fields.items():
                types[field] = union(parts, types.get(field))
        return Source(
            name=name,
            schema=UNKNOWN if unread else schema_of(types),
            time_field=TIME_FIELD,
            rows=sum(segment.rows for segment in segments),
            bytes=sum(segment.bytes for segment in segments) + sum(file.size for file in unread),
            first=None if unread else min((segment.first for segment in segments), default=None),
            last=None if unread else max((segment.last for segment in segments), default=None),
        )

    def _segments(self, files: Sequence[_File]) -> tuple[Segment, ...]:
        found = (segment for file in files for segment in self._known(file) or ())
        return tuple(replace(segment, ordinal=ordinal) for ordinal, segment in enumerate(found))

    def _known(self, file: _File) -> tuple[Segment, ...] | None:
        """The segments of a file that was read, by whomever."""
        known = self._described.get(file)
        if known is None:
            try:
                written = (self._folder / file.name / _CATALOG).read_text(encoding="utf-8")
            except FileNotFoundError:
                return None
            known = self._described[file] = decode_snapshot(written).segments[file.path]
        return known

    def _read(self, file: _File, reading: Callable[[int], None]) -> None:
        """Describes or converts a file, or waits until another process has; `reading` is told bytes, and may raise."""
        half = self._folder / f"half-{file.name}"
        while self._known(file) is None:
            half.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError), _alone(half) as is_ours:
                if is_ours:
                    self._fill(half, file, reading)
                else:
                    reading(0)
                    time.sleep(_PATIENCE)

    def _fill(self, half: Path, file: _File, reading: Callable[[int], None]) -> None:
        """Puts what is known of a file, and its conversion if it needs one, where it is looked for."""
        place = self._folder / file.name
        try:
            described = describe(file.path, file.time_field, file.modified) if file.format is Format.PARQUET else None
            segments = (described,) if described else self._converted(half, place, file, reading)
            (half / _CATALOG).write_text(encode_snapshot(Snapshot({file.path: segments})), encoding="utf-8")
            half.rename(place)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        self._sweep(file)

    def _converted(self, half: Path, place: Path, file: _File, reading: Callable[[int], None]) -> tuple[Segment, ...]:
        """Converts a file in one folder; its segments, as they will lie in another."""
        for left in half.iterdir():  # by one that was killed
            left.unlink()
        cutter = Cutter(half, lambda _: 0)
        rule = TimeRule(file.time_field, None, Instant(file.modified))
        with opened(file.path) as source:
            for chunk in read_chunks(source, file.format, rule):
                reading(source.bytes_read)
                cutter.take(chunk, file.path)
        cutter.finish()
        return tuple(
            Segment(
                path=str(place / written.path.name),
                rows=written.rows,
                bytes=written.bytes,
                first=written.first,
                last=written.last,
                fields=written.fields,
                order_column=None,
                ordinal=0,
            )
            for written in cutter.written
        )

    def _sweep(self, file: _File) -> None:
        """Removes conversions of earlier states of the file, but for young ones."""
        of_file = file.name.split("-")[0]
        for place in self._folder.glob(f"{of_file}-*"):
            if place.name != file.name and place.stat().st_mtime < time.time() - _OUTLIVES:
                shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else works in a folder; nobody begins to while the block lasts.

    Raises:
        FileNotFoundError: it is gone, or has got another name.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(descriptor), folder.stat()):
            raise FileNotFoundError(folder)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _files(mount: Mount, base: Path) -> Iterator[_File]:
    pattern = base / mount.files
    for path in sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))):
        with suppress(FileNotFoundError):
            found = path.stat()
            if S_ISREG(found.st_mode):
                yield _File(str(path), found.st_size, found.st_mtime_ns, mount.time_field, _format(mount, path))


def _format(mount: Mount, path: Path) -> Format:
    if mount.format == "auto" and path.suffix == ".parquet":
        return Format.PARQUET
    return Format(mount.format)
