"""Puts the rooms together: the only one that knows concrete engines and stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import sqlalchemy as sql

from trawl import database
from trawl.engines.base import Engine
from trawl.settings.cluster import ClusterSettings
from trawl.settings.process import Settings
from trawl.store import Store
from trawl.tasks.folders import Folders
from trawl.tasks.tools import Tools

if TYPE_CHECKING:
    from trawl.tasks.service import Tasks

AT_ONCE: Final = 1 << 20
"""Bytes of unread mounted files that are read while a caller waits; what is larger is read by workers."""
WORKER_TOOLS: Final = "trawl.assembly:worker_tools"
"""The name under which a worker process finds `worker_tools`."""


@dataclass(frozen=True)
class Service:
    """A data folder that is open. As a context manager it closes at the end.

    Attributes:
        settings: of this process. cluster: those that change while it runs.
        store: the sources. tasks: the background searches.
    """

    settings: Settings
    cluster: ClusterSettings
    store: Store
    tasks: Tasks
    _database: sql.Engine

    def close(self) -> None:
        """Lets go of the folder; tasks that run here go back to the queue."""
        self.tasks.close()
        self._database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_service(settings: Settings, *, adopts: bool = False) -> Service:
    """Opens a data folder, which is made if need be. `service.tasks.start()` begins to run tasks.

    Args:
        settings: of this process.
        adopts: whether to run all that waits in the folder, and to sweep it, as a server does; else only
            what is submitted here.
    """
    from trawl.tasks.service import Tasks  # workers import this module too, and start sooner without

    settings.data.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings)
    database.upgrade(engine)
    store = _store(settings, engine, AT_ONCE)
    tasks = Tasks(settings, engine, store, WORKER_TOOLS, adopts=adopts)
    return Service(settings, ClusterSettings(engine), store, tasks, engine)


@contextmanager
def open_sources(settings: Settings) -> Iterator[Store]:
    """The sources of a data folder, which is made if need be; no tasks."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings)
    try:
        database.upgrade(engine)
        yield _store(settings, engine)
    finally:
        engine.dispose()


def open_database(settings: Settings) -> sql.Engine:
    """The database of a data folder, as it is."""
    return database.connect(settings.database or database.url_of(settings.data))


def indices(settings: Settings) -> Path:
    """Where the event store keeps its files."""
    return settings.data / "indices"


def _store(settings: Settings, engine: sql.Engine, at_once: int | None = None) -> Store:
    places = None if settings.geoip is None else settings.data / settings.geoip
    return Store(engine, indices(settings), settings.mounts, at_once, settings.lookups, places)


def embedded_engine() -> Engine:
    """The engine that runs in this program."""
    from trawl.engines.duckdb import DuckDBEngine  # takes 0.1 s; the server itself never needs it

    return DuckDBEngine()


def worker_tools(settings: Settings) -> Tools:
    """What a worker process works with."""
    engine = embedded_engine()
    store = _store(settings, open_database(settings), AT_ONCE)
    return Tools(store, engine, engine, Folders(settings.data / "results"), settings.threads, store)
