"""The store as the rest of the program sees it: a catalog, and a way to load events."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlalchemy as sql

from trawl.catalog.base import Reading, Segment, Snapshot, Source
from trawl.errors import Code, TrawlError
from trawl.settings.process import Mount
from trawl.store.dumping import dump
from trawl.store.index import Indices
from trawl.store.inputs import Format
from trawl.store.loading import Loaded, Loading, Report
from trawl.store.mounts import Mounts
from trawl.store.timing import TimeRule
from trawl.values import Instant


class Store:
    """Loaded indices and mounted files, as one catalog (`catalog.base.Catalog`).

    Args:
        engine: the database, its tables up to date.
        folder: where the files lie, in the data folder; made when something is loaded.
        mounts: mounted sources by name.
        at_once: bytes of unread mounted files that are read while somebody waits for an answer, None for any.
    """

    def __init__(
        self, engine: sql.Engine, folder: Path, mounts: Mapping[str, Mount], at_once: int | None = None
    ) -> None:
        self._indices = Indices(engine, folder)
        self._loading = Loading(self._indices, folder)
        self._mounts = Mounts(folder, folder.parent, mounts, at_once)

    def names(self) -> list[str]:
        """The names of all sources, sorted."""
        return sorted({*self._indices.names(), *self._mounts.names()})

    def source(self, name: str) -> Source | None:
        """The source of exactly this name. A mounted source hides an index of the same name.

        Raises:
            TrawlError: `UNREADABLE_FILE` where a mounted file cannot be read.
        """
        return self._mounts.source(name) if name in self._mounts else self._indices.source(name)

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources now, in load order. A source that is gone has none.

        Raises:
            TrawlError: `UNREADABLE_FILE` where a mounted file cannot be read.
        """
        return Snapshot({name: self._segments(name) for name in names})

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        """The sources and their segments at one moment, after what is unread of mounted ones was read.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`, and what `reading` raises.
        """
        wanted = list(names)
        mounted = self._mounts.take([name for name in wanted if name in self._mounts], reading)
        # segments first: a schema read after them has all of their fields
        segments = {name: mounted[name][1] if name in mounted else self._indices.segments(name) for name in wanted}
        sources = [mounted[name][0] if name in mounted else self._indices.source(name) for name in wanted]
        return [source for source in sources if source is not None], Snapshot(segments)

    def _segments(self, name: str) -> tuple[Segment, ...]:
        return self._mounts.segments(name) if name in self._mounts else self._indices.segments(name)

    def load(
        self,
        index: str,
        files: Sequence[str | Path],
        *,
        format: Format = Format.AUTO,
        time_field: str | None = None,
        keep_without_time: bool = False,
        report: Report | None = None,
    ) -> Loaded:
        """Loads files into an index, all of them or nothing; on disk when this returns.

        Args:
            index: its name; made if it does not exist.
            files: paths, `-` for standard input; plain, gzip or zstd.
            format: what they hold.
            time_field: where an event's time is; None: the first of the usual fields that it has.
            keep_without_time: whether events without a readable time get the present one instead of
                being put aside.
            report: told how far it is, some times a second.

        Raises:
            TrawlError: `INVALID_INDEX_NAME`, `UNREADABLE_FILE`, `NO_ROOM`.
        """
        if index in self._mounts:
            raise TrawlError(
                Code.INVALID_INDEX_NAME, f"`{index}` is a mounted source, which nothing can be loaded into"
            )
        now = Instant(time.time_ns())
        rule = TimeRule(time_field, now if keep_without_time else None, now)
        return self._loading.run(index, [str(file) for file in files], format, rule, report)

    def dump(self, name: str, target: Path) -> int:
        """Writes the events of an index into one Parquet file, columns named as the fields; answers how many.

        Raises:
            TrawlError: `UNKNOWN_SOURCE`.
        """
        source = None if name in self._mounts else self._indices.source(name)
        if source is None:
            raise TrawlError(Code.UNKNOWN_SOURCE, f"there is no index `{name}`")
        return dump(source, self._indices.segments(name), target)
