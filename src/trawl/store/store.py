"""The store as the rest of the program sees it: a catalog, and a way to load events."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sql

from trawl.catalog.base import LOOKUP, PLACES, Reading, Segment, Snapshot, Source
from trawl.errors import Code, TrawlError
from trawl.settings.process import Lookup, Mount
from trawl.store.dumping import dump
from trawl.store.index import Indices
from trawl.store.inputs import Format
from trawl.store.loading import Loaded, Loading, Report
from trawl.store.lookups import Lookups
from trawl.store.mounts import Mounts
from trawl.store.places import read_places
from trawl.store.putting import put, remove, unknown
from trawl.store.replacing import replaced, target_of
from trawl.store.timing import TimeRule
from trawl.values import Instant


class Store:
    """Loaded indices and mounted files, as one catalog (`catalog.base.Catalog`).

    Args:
        engine: the database, its tables up to date.
        folder: where the files lie, in the data folder; made when something is loaded.
        mounts: mounted sources by name.
        lookups: how rows of lookups are found, by name.
        places: the database of places.
        at_once: bytes of unread mounted files that are read while somebody waits for an answer, None for any.
    """

    def __init__(
        self,
        engine: sql.Engine,
        folder: Path,
        mounts: Mapping[str, Mount],
        at_once: int | None = None,
        lookups: Mapping[str, Lookup] | None = None,
        places: Path | None = None,
    ) -> None:
        self._indices = Indices(engine, folder)
        self._loading = Loading(self._indices, folder)
        self._mounts = Mounts(folder, folder.parent, mounts, at_once)
        self._lookups = Lookups(folder, folder.parent / "lookups", lookups or {})
        self._places = places

    def names(self) -> list[str]:
        """The names of all sources of events, sorted."""
        return sorted({*self._indices.names(), *self._mounts.names()})

    def lookups(self) -> list[str]:
        """The names of all lookups, sorted."""
        return self._lookups.names()

    def source(self, name: str) -> Source | None:
        """The source of exactly this name. A mounted source hides an index of the same name.

        Raises:
            TrawlError: `UNREADABLE_FILE` where a mounted file or a lookup cannot be read, `INVALID_ARGUMENT` where the
                name may mean several lookups.
        """
        if name == PLACES:
            return None if self._places is None else read_places(self._places)[0]
        if name.startswith(LOOKUP):
            return self._lookups.source(name.removeprefix(LOOKUP))
        return self._mounts.source(name) if name in self._mounts else self._indices.source(name)

    def snapshot(self, names: tuple[str, ...]) -> Snapshot:
        """The segments of these sources now, in load order. A source that is gone has none.

        Raises:
            TrawlError: `UNREADABLE_FILE` where a mounted file or a lookup cannot be read.
        """
        return Snapshot({name: self._segments(name) for name in names})

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        """The sources and their segments at one moment, after what is unread of mounted ones and lookups was read.

        Raises:
            TrawlError: `UNREADABLE_FILE`, `NO_ROOM`, and what `reading` raises.
        """
        given = list(names)
        tables = self._lookups.take([name.removeprefix(LOOKUP) for name in given if name.startswith(LOOKUP)], reading)
        if PLACES in given and self._places is not None:
            tables[PLACES] = read_places(self._places)
        wanted = [name for name in given if name != PLACES and not name.startswith(LOOKUP)]
        mounted = self._mounts.take([name for name in wanted if name in self._mounts], reading)
        # segments first: a schema read after them has all of their fields
        segments = {name: mounted[name][1] if name in mounted else self._indices.segments(name) for name in wanted}
        sources = [mounted[name][0] if name in mounted else self._indices.source(name) for name in wanted]
        sources += [table for table, _ in tables.values()]
        segments |= {table.name: held for table, held in tables.values()}
        return [source for source in sources if source is not None], Snapshot(segments)

    def _segments(self, name: str) -> tuple[Segment, ...]:
        if name == PLACES:
            return () if self._places is None else read_places(self._places)[1]
        if name.startswith(LOOKUP):
            return self._lookups.segments(name.removeprefix(LOOKUP))
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
            raise _mounted(index)
        now = Instant(time.time_ns())
        rule = TimeRule(time_field, now if keep_without_time else None, now)
        return self._loading.run(index, [str(file) for file in files], format, rule, report)

    def collect(self, index: str, origin: str, batches: Iterable[pa.RecordBatch], now: Instant) -> int | None:
        """Loads the rows of a search into an index; see `Loading.collect`."""
        if index in self._mounts:
            raise _mounted(index)
        return self._loading.collect(index, origin, batches, now)

    def file_of(self, lookup: str) -> str:
        """The name of the file that a lookup is, or becomes when it is written."""
        return target_of(self._lookups, lookup).name

    def replacing(self, lookup: str, mark: Path) -> AbstractContextManager[Path | None]:
        """Replaces a lookup's file, once; see `replaced`."""
        return replaced(self._lookups, lookup, mark)

    def lookup(self, name: str) -> Source:
        """The lookup of a name.

        Raises:
            TrawlError: `UNKNOWN_SOURCE`, `UNREADABLE_FILE`, `NO_ROOM`, and `INVALID_ARGUMENT` where the name may mean
                several.
        """
        found = self._lookups.source(name)
        if found is None:
            raise unknown(self._lookups, name)
        return found

    def put_lookup(self, name: str, file: Path) -> Path:
        """Makes a copy of a file a lookup; see `put`."""
        return put(self._lookups, name, file)

    def delete_lookup(self, name: str) -> Path:
        """Deletes the file of a lookup; see `remove`."""
        return remove(self._lookups, name)

    def dump(self, name: str, target: Path) -> int:
        """Writes the events of an index into one Parquet file, columns named as the fields; answers how many.

        Raises:
            TrawlError: `UNKNOWN_SOURCE`.
        """
        source = None if name in self._mounts else self._indices.source(name)
        if source is None:
            raise TrawlError(Code.UNKNOWN_SOURCE, f"there is no index `{name}`")
        return dump(source, self._indices.segments(name), target)


def _mounted(index: str) -> TrawlError:
    return TrawlError(Code.INVALID_INDEX_NAME, f"`{index}` is a mounted source, which nothing can be loaded into")
