"""Mounted sources: files that are searched without being loaded (ADR 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG
from typing import Final, TypeAlias

from trawl.catalog.base import Reading, Segment, Source
from trawl.errors import Code, TrawlError, printable
from trawl.schema import TIME, Column, Schema, Type
from trawl.settings.process import Mount
from trawl.store.conversions import Conversions, MountedFile, as_events
from trawl.store.index import schema_of, union
from trawl.store.inputs import Format
from trawl.store.times import TIME_FIELD

CONVERTED: Final = "mounted"
"""The folder of converted files in that of the store."""

UNKNOWN: Final = Schema((Column(TIME_FIELD, TIME),), open=True)
"""The schema of what nobody has read yet."""

_Known: TypeAlias = dict[MountedFile, tuple[Segment, ...] | None]
"""The files of a source in the order of their paths, with their segments; None for those that are unread."""


class Mounts:
    """The mounted sources.

    Args:
        folder: the store's, for converted files.
        base: where relative globs start.
        mounts: by name.
        at_once: bytes of unread files that `source` and `segments` read while their caller waits, None for any.
    """

    def __init__(self, folder: Path, base: Path, mounts: Mapping[str, Mount], at_once: int | None = None) -> None:
        self._conversions = Conversions(folder / CONVERTED, as_events, in_place=True)
        self._base = base
        self._mounts = mounts
        self._at_once = at_once
        self._last: dict[str, _Known] = {}

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
        return _source(name, self._look(name))

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of the source's files in the order of their paths; unread files have none.

        Raises:
            TrawlError: `UNREADABLE_FILE`.
        """
        return _segments(self._look(name))

    def take(self, names: Iterable[str], reading: Reading) -> dict[str, tuple[Source, tuple[Segment, ...]]]:
        """The sources and their segments at one moment, after what is unread of them was read.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`, and what `reading` raises.
        """
        known = {name: self._known(name) for name in names}
        unread = [(files, file) for files in known.values() for file in _unread(files)]
        total = sum(file.size for _, file in unread)
        before = 0

        def told(read: int) -> None:
            reading(before + read, total)

        for files, file in unread:
            told(0)
            files[file] = self._conversions.read(file, told)
            before += file.size
        return {name: (_source(name, files), _segments(files)) for name, files in known.items()}

    def _look(self, name: str) -> _Known:
        """What is known of the files of a source, which are read if they are small."""
        files = self._known(name)
        unread = _unread(files)
        if self._at_once is None or sum(file.size for file in unread) <= self._at_once:
            for file in unread:
                files[file] = self._conversions.read(file, lambda _: None)
        return files

    def _known(self, name: str) -> _Known:
        """What is known of the files of a source as they are now; of their former states nothing is kept."""
        last = self._last.get(name, {})
        self._last[name] = files = {
            file: self._conversions.of(file) if (known := last.get(file)) is None else known
            for file in _files(self._mounts[name], self._base)
        }
        return files


def _unread(files: _Known) -> list[MountedFile]:
    return [file for file, segments in files.items() if segments is None]


def _source(name: str, files: _Known) -> Source:
    segments, unread = _segments(files), _unread(files)
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
        is_mounted=True,
    )


def _segments(files: _Known) -> tuple[Segment, ...]:
    found = (segment for segments in files.values() for segment in segments or ())
    return tuple(replace(segment, ordinal=ordinal) for ordinal, segment in enumerate(found))


def _files(mount: Mount, base: Path) -> Iterator[MountedFile]:
    pattern = base / mount.files
    for path in sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))):
        try:
            found = path.stat()
        except FileNotFoundError:  # it went just now, or is a link to nothing
            continue
        except OSError as error:
            reason = f"`{printable(path.name)}` cannot be read: {(error.strerror or str(error)).lower()}"
            raise TrawlError(Code.UNREADABLE_FILE, reason) from error
        if S_ISREG(found.st_mode):
            yield MountedFile(str(path), found.st_size, found.st_mtime_ns, mount.time_field, _format(mount, path))


def _format(mount: Mount, path: Path) -> Format:
    if mount.format == "auto" and path.suffix == ".parquet":
        return Format.PARQUET
    return Format(mount.format)
