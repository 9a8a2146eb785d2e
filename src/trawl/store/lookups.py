"""Lookups: files of a folder as tables, each converted once for all who read it (ADR 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from trawl.algebra import How
from trawl.catalog.base import LOOKUP, Reading, Rules, Segment, Source
from trawl.errors import Code, TrawlError, clip, printable
from trawl.schema import NULL, Column, Schema, Type
from trawl.settings.process import Lookup
from trawl.store.conversions import Conversions, MountedFile
from trawl.store.index import union
from trawl.store.inputs import Format
from trawl.store.rows import as_rows

CONVERTED: Final = "lookups"
"""The folder of converted files in that of the store."""

FORMATS: Final = {
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
    ".json": Format.JSON,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
}
"""What a file of the folder holds, by the ending of its name; others are no lookups."""


class Lookups:
    """The lookups of a folder. A lookup is called as its file is, with its ending or without.

    Args:
        store: the store's folder, for converted files.
        folder: of the lookups; it need not be there.
        rules: how rows are found, by the name of the lookup.
    """

    def __init__(self, store: Path, folder: Path, rules: Mapping[str, Lookup]) -> None:
        self._conversions = Conversions(store / CONVERTED, as_rows, in_place=False)
        self._folder = folder
        self._rules = rules
        self._last: dict[Path, tuple[MountedFile, tuple[Segment, ...]]] = {}

    def names(self) -> list[str]:
        """The names, sorted: without ending, where that is enough to tell which file is meant."""
        files = self._files()
        stems = [path.stem for path in files]
        return sorted(path.stem if stems.count(path.stem) == 1 else path.name for path in files)

    def file(self, name: str) -> Path | None:
        """The file of a lookup.

        Raises:
            TrawlError: `INVALID_ARGUMENT` where the name may mean several.
        """
        files = self._files()
        found = [path for path in files if path.name == name] or [path for path in files if path.stem == name]
        if len(found) > 1:
            names = " or ".join(f"`{path.name}`" for path in found)
            raise TrawlError(Code.INVALID_ARGUMENT, f"the lookup `{clip(name)}` may be {names}", hint="name the file")
        return found[0] if found else None

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    def source(self, name: str) -> Source | None:
        """The lookup as its file is now, which is read if nobody has read it before.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`, and what `file` raises.
        """
        found = self.take([name], _ignored).get(name)
        return None if found is None else found[0]

    def segments(self, name: str) -> tuple[Segment, ...]:
        """The segments of the lookup's file; none of one that is not there. Raises as `source` does."""
        found = self.take([name], _ignored).get(name)
        return () if found is None else found[1]

    def take(self, names: Iterable[str], reading: Reading) -> dict[str, tuple[Source, tuple[Segment, ...]]]:
        """Lookups and their segments, each of one moment; those that are not there are left out.

        Raises:
            TrawlError: as `source` does, and what `reading` raises.
        """
        taken: dict[str, tuple[Source, tuple[Segment, ...]]] = {}
        for name in names:
            file = self.file(name)
            if file is not None:
                segments = self._segments(file, reading)
                taken[name] = lookup_of(name, segments, self._rules_of(file)), segments
        return taken

    def _files(self) -> list[Path]:
        try:
            found = sorted(self._folder.iterdir())
        except FileNotFoundError:
            return []
        return [path for path in found if path.suffix in FORMATS and not path.name.startswith(".") and path.is_file()]

    def _segments(self, path: Path, reading: Reading) -> tuple[Segment, ...]:
        try:
            found = path.stat()
        except OSError as error:
            reason = f"`{printable(path.name)}` cannot be read: {(error.strerror or str(error)).lower()}"
            raise TrawlError(Code.UNREADABLE_FILE, reason) from error
        assert S_ISREG(found.st_mode)
        file = MountedFile(str(path), found.st_size, found.st_mtime_ns, None, FORMATS[path.suffix])
        last = self._last.get(path)
        if last is not None and last[0] == file:
            return last[1]
        segments = self._conversions.read(file, lambda read: reading(read, file.size))
        self._last[path] = file, segments
        return segments

    def _rules_of(self, file: Path) -> Rules:
        written = self._rules.get(file.name) or self._rules.get(file.stem) or Lookup()
        how = {field: How(how) for field, how in written.match.items()}
        return Rules(how, not written.case, written.max_matches)


def _ignored(read: int, total: int) -> None:
    """Nobody waits to be told."""


def lookup_of(name: str, segments: tuple[Segment, ...], rules: Rules) -> Source:
    """The lookup that some segments are."""
    types: dict[str, Type] = {}
    for segment in segments:
        for field, parts in segment.fields.items():
            known = types.setdefault(field, NULL)
            types[field] = union(parts, known) if parts else known
    return Source(
        name=LOOKUP + name,
        schema=Schema(tuple(Column(*item) for item in types.items())),
        time_field="",
        rows=sum(segment.rows for segment in segments),
        bytes=sum(segment.bytes for segment in segments),
        first=None,
        last=None,
        rules=rules,
    )
