"""What a worker works with. Assembly makes them, so that this room knows no concrete engine."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import pyarrow as pa

from trawl.catalog.base import LiveCatalog, Reading, Snapshot, Source
from trawl.engines.base import Engine
from trawl.settings.process import Settings
from trawl.tasks.folders import Folders
from trawl.values import Instant


class Sinks(Protocol):
    """Where searches write what outlasts them."""

    def take(self, names: Iterable[str], reading: Reading) -> tuple[list[Source], Snapshot]:
        """Sources and lookups as they are now."""

    def collect(self, index: str, origin: str, batches: Iterable[pa.RecordBatch], now: Instant) -> int | None:
        """Loads rows into an index, once an origin; how many, None where they were loaded before."""

    def replacing(self, lookup: str, mark: Path) -> AbstractContextManager[Path | None]:
        """A path for the new file of a lookup, once a mark; None where it was replaced before."""

    def file_of(self, lookup: str) -> str:
        """The name of the file that a lookup is, or becomes."""


@dataclass(frozen=True)
class Tools:
    """The tools of one worker.

    Attributes:
        catalog: what sources there are. engine: runs what it can where the data is.
        finisher: the embedded engine, for what the other cannot; it may be the same one.
        folders: where results go. sinks: where else searches write. threads: how many a search may use.
    """

    catalog: LiveCatalog
    engine: Engine
    finisher: Engine
    folders: Folders
    threads: int
    sinks: Sinks | None = None


Factory: TypeAlias = Callable[[Settings], Tools]
"""Makes a worker's tools. A worker is told its name, `module:function`, because it runs in another process."""


def factory_of(name: str) -> Factory:
    """The factory of this name."""
    module, _, function = name.partition(":")
    found: Factory = getattr(importlib.import_module(module), function)
    return found
