"""What is known of mounted files, on disk for all processes: segments in place, or what they were converted into."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

from trawl.catalog.base import Segment, Snapshot
from trawl.catalog.encoding import decode_snapshot, encode_snapshot
from trawl.errors import TrawlError, printable
from trawl.store.cutting import Cutter
from trawl.store.inputs import Format, read_chunks
from trawl.store.inputs.opening import opened
from trawl.store.parquet_files import describe
from trawl.store.segments import Written
from trawl.store.staging import sync_folder
from trawl.store.timing import TimeRule
from trawl.values import Instant

_CATALOG: Final = "segments.json"
_PATIENCE: Final = 0.1
"""Seconds between two looks whether another process is done with a file."""
_OUTLIVES: Final = 86_400
"""Seconds that a conversion stays after that of a later state was made, for searches that read it."""


@dataclass(frozen=True)
class MountedFile:
    """A file of a mounted source as it is at one moment."""

    path: str
    size: int
    modified: int
    time_field: str | None
    format: Format

    @property
    def name(self) -> str:
        """The name of its conversion: of the file and how it is read, and of its state."""
        mounted = (self.path, self.time_field, self.format.value)
        return "-".join(sha256(repr(facts).encode()).hexdigest()[:24] for facts in (mounted, self))


Convert: TypeAlias = Callable[[MountedFile, Path, Callable[[int], None]], Sequence[Written]]
"""Writes what a file holds as segments into a folder; tells bytes read, and raises what is raised then."""


class Conversions:
    """The conversions in a folder, a folder each that is named after the file and its state.

    Args:
        folder: theirs; made if need be.
        convert: makes one.
        in_place: whether a Parquet file that can be read as it is stays where it is.
    """

    def __init__(self, folder: Path, convert: Convert, *, in_place: bool) -> None:
        self._folder = folder
        self._convert = convert
        self._in_place = in_place

    def of(self, file: MountedFile) -> tuple[Segment, ...] | None:
        """The segments of a file that was read, by whomever."""
        try:
            written = (self._folder / file.name / _CATALOG).read_text(encoding="utf-8")
            return decode_snapshot(written).segments[printable(file.path)]
        except (FileNotFoundError, ValueError):  # it may have been cut short by what the disk went through
            return None

    def read(self, file: MountedFile, reading: Callable[[int], None]) -> tuple[Segment, ...]:
        """Describes or converts a file, or waits until another process has; `reading` is told bytes, and may raise.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`.
        """
        half = self._folder / f"half-{file.name}"
        while (segments := self.of(file)) is None:
            half.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError), _alone(half) as is_ours:
                if not is_ours:
                    reading(0)
                    time.sleep(_PATIENCE)
                elif self.of(file) is None:
                    with _told_by_name(file):
                        self._fill(half, file, reading)
                else:  # another process was done just now
                    shutil.rmtree(half)
        return segments

    def _fill(self, half: Path, file: MountedFile, reading: Callable[[int], None]) -> None:
        """Puts what is known of a file, and its conversion if it needs one, where it is looked for."""
        place = self._folder / file.name
        try:
            is_described = self._in_place and file.format is Format.PARQUET
            described = describe(file.path, file.time_field, file.modified) if is_described else None
            segments = (described,) if described else self._converted(half, place, file, reading)
            with (half / _CATALOG).open("w", encoding="utf-8") as catalog:
                catalog.write(encode_snapshot(Snapshot({printable(file.path): segments})))
                catalog.flush()
                os.fsync(catalog.fileno())
            sync_folder(half)
            shutil.rmtree(place, ignore_errors=True)  # what lies there cannot be decoded
            half.rename(place)
            sync_folder(self._folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        self._sweep(file)

    def _converted(
        self, half: Path, place: Path, file: MountedFile, reading: Callable[[int], None]
    ) -> tuple[Segment, ...]:
        """Converts a file in one folder; its segments, as they will lie in another."""
        for left in half.iterdir():  # by one that was killed
            left.unlink()
        return tuple(
            Segment(
                path=str(place / written.path.name),
                rows=written.rows,
                bytes=written.bytes,
                first=written.first,
                last=written.last,
                fields=written.fields,
                order_column=None,
                ordinal=ordinal,
            )
            for ordinal, written in enumerate(self._convert(file, half, reading))
        )

    def _sweep(self, file: MountedFile) -> None:
        """Removes conversions of earlier states of the file that have long been followed by another one."""
        of_file = file.name.split("-")[0]
        made = sorted((place.stat().st_mtime, place) for place in self._folder.glob(f"{of_file}-*"))
        for (_, place), (followed, _) in pairwise(made):
            if place.name != file.name and followed < time.time() - _OUTLIVES:
                shutil.rmtree(place, ignore_errors=True)


def as_events(file: MountedFile, folder: Path, reading: Callable[[int], None]) -> Sequence[Written]:
    """Converts a file of events."""
    cutter = Cutter(folder, lambda _: 0)
    rule = TimeRule(file.time_field, None, Instant(file.modified))
    with opened(file.path) as source:
        for chunk in read_chunks(source, file.format, rule):
            reading(source.bytes_read)
            cutter.take(chunk, file.path)
    cutter.finish()
    return cutter.written


@contextmanager
def _told_by_name(file: MountedFile) -> Iterator[None]:
    """Tells of a file by its name: where it lies is no affair of those who search (api.md 1)."""
    try:
        yield
    except TrawlError as error:
        error.reason = error.reason.replace(printable(file.path), printable(Path(file.path).name))
        raise


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
