"""Mounted sources: files that are searched without being loaded (ADR 5)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Final
from uuid import uuid4

from trawl.catalog.base import Segment, Snapshot, Source
from trawl.catalog.encoding import decode_snapshot, encode_snapshot
from trawl.schema import Type
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

_CATALOG: Final = "segments.json"
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
    """

    def __init__(self, folder: Path, base: Path, mounts: Mapping[str, Mount]) -> None:
        self._folder = folder / CONVERTED
        self._base = base
        self._mounts = mounts
        self._described: dict[_File, tuple[Segment, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._mounts

    def names(self) -> list[str]:
        """The names, sorted."""
        return sorted(self._mounts)

    def source(self, name: str) -> Source:
        """The source as its files are now. A file that was not seen before is described or converted first.

        Raises:
            TrawlError: `UNREADABLE_FILE`.
        """
        segments = self.segments(name)
        types: dict[str, Type] = {}
        for segment in segments:
            for field, parts in segment.fields.items():
                types[field] = union(parts, types.get(field))
        return Source(
            name=name,
            schema=schema_of(types),
            time_field=TIME_FIELD,
            rows=sum(segment.rows for segment in segments),
            bytes=sum(segment.bytes for segment in segments),
            first=min((segment.first for segment in segments), default=None),
            last=max((segment.last for segment in segments), default=None),
        )

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of the source's files in the order of their paths.

        Raises:
            TrawlError: `UNREADABLE_FILE`.
        """
        files = list(_files(self._mounts[name], self._base))
        found = (segment for file in files for segment in self._segments_of(file))
        return tuple(replace(segment, ordinal=ordinal) for ordinal, segment in enumerate(found))

    def _segments_of(self, file: _File) -> tuple[Segment, ...]:
        known = self._described.get(file)
        if known is None:
            known = self._described[file] = self._describe(file)
        return known

    def _describe(self, file: _File) -> tuple[Segment, ...]:
        if file.format is Format.PARQUET:
            segment = describe(file.path, file.time_field, file.modified)
            if segment is not None:
                return (segment,)
        place = self._folder / file.name
        if not (place / _CATALOG).exists():
            self._convert(file, place)
        return decode_snapshot((place / _CATALOG).read_text(encoding="utf-8")).segments[file.path]

    def _convert(self, file: _File, place: Path) -> None:
        """Converts a file in a folder of its own, which gets its name when it is whole."""
        half = self._folder / f"half-{uuid4().hex}"
        half.mkdir(parents=True)
        try:
            cutter = Cutter(half, lambda _: 0)
            rule = TimeRule(file.time_field, None, Instant(file.modified))
            with opened(file.path) as source:
                for chunk in read_chunks(source, file.format, rule):
                    cutter.take(chunk, file.path)
            cutter.finish()
            segments = tuple(
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
            (half / _CATALOG).write_text(encode_snapshot(Snapshot({file.path: segments})), encoding="utf-8")
            if not place.exists():  # another process may have been faster
                half.rename(place)
            self._sweep(file)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    def _sweep(self, file: _File) -> None:
        """Removes conversions of earlier states of the file, but for young ones."""
        of_file = file.name.split("-")[0]
        for place in self._folder.glob(f"{of_file}-*"):
            if place.name != file.name and place.stat().st_mtime < time.time() - _OUTLIVES:
                shutil.rmtree(place, ignore_errors=True)


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
