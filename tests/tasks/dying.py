"""Tools whose process is killed just after it has written an output, the first time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from trawl.assembly import worker_tools
from trawl.catalog.base import Reading, Snapshot, Source
from trawl.settings.process import Settings
from trawl.store import Store
from trawl.tasks.tools import Tools
from trawl.values import Instant


class Dying:
    """A store that takes the process along once it has written."""

    def __init__(self, store: Store, marker: Path) -> None:
        self._store = store
        self._marker = marker

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        return self._store.take(names, reading)

    def file_of(self, lookup: str) -> str:
        return self._store.file_of(lookup)

    def collect(self, index: str, origin: str, batches: Iterable[pa.RecordBatch], now: Instant) -> int | None:
        count = self._store.collect(index, origin, batches, now)
        self._die()
        return count

    @contextmanager
    def replacing(self, lookup: str, mark: Path) -> Iterator[Path | None]:
        with self._store.replacing(lookup, mark) as path:
            yield path
        self._die()

    def _die(self) -> None:
        if not self._marker.exists():
            self._marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def tools(settings: Settings) -> Tools:
    """Those of a worker, with such a store."""
    found = worker_tools(settings)
    assert isinstance(found.catalog, Store)
    return replace(found, sinks=Dying(found.catalog, settings.data / "died"))
