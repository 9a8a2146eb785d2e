"""Who is alive among the supervisors: each holds a lock that its death lets go of, and all can see who does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Final, Protocol

import sqlalchemy as sql

from trawl.tasks.ids import new_id


class Presence(Protocol):
    """A supervisor's sign of life. `name` is its own, and nobody else's."""

    name: str

    def is_alive(self, name: str) -> bool:
        """Whether the supervisor of this name lives."""

    def renew(self) -> None:
        """Takes the lock again if it was lost. To be called now and then."""

    def end(self) -> None:
        """Says that this one is gone."""


def begin(engine: sql.Engine, folder: Path) -> Presence:
    """A sign of life that lasts until its `end`, or that of the process.

    Args:
        engine: the database. folder: for lock files, where the database has no locks that outlast a transaction.
    """
    return SessionLock(engine) if engine.dialect.name == "postgresql" else FileLock(folder)


class FileLock:
    """A lock on a file: for supervisors of one host."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        for file in folder.iterdir():
            self.is_alive(file.name)
        self.name, self._descriptor = self._take()

    def is_alive(self, name: str) -> bool:
        """Whether the supervisor of this name lives; forgets one that does not."""
        file = self._folder / name
        try:
            descriptor = os.open(file, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)  # while it is locked: whoever is about to take it sees that it is gone
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def renew(self) -> None:
        """A lock on a file is never lost."""

    def end(self) -> None:
        """Says that this one is gone."""
        (self._folder / self.name).unlink(missing_ok=True)
        os.close(self._descriptor)

    def _take(self) -> tuple[str, int]:
        while True:
            name = new_id(time.time_ns())
            descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o640)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return name, descriptor
            os.close(descriptor)  # taken for a dead one's before it was locked


class SessionLock:
    """A lock of a session of PostgreSQL: for supervisors on any host."""

    _IMPATIENT: Final = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 5"
    """Has the server notice within 15 seconds that the host of a session is gone."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine
        self.name = new_id(time.time_ns())
        self._connection = self._take()

    def is_alive(self, name: str) -> bool:
        """Whether the supervisor of this name lives."""
        free = sql.select(sql.func.pg_try_advisory_xact_lock_shared(_key(name)))
        with self._engine.connect() as connection:
            return not connection.execute(free).scalar()

    def renew(self) -> None:
        """Takes the lock again if its session was lost; while the database is away it raises, each time anew."""
        if not self._is_held():
            _discard(self._connection)
            self._connection = self._take()

    def end(self) -> None:
        """Says that this one is gone."""
        if not self._connection.closed:
            with contextlib.suppress(sql.exc.DBAPIError):  # it is lost, and the lock with it
                self._connection.execute(sql.select(sql.func.pg_advisory_unlock(_key(self.name))))
        _discard(self._connection)

    def _is_held(self) -> bool:
        if self._connection.closed:
            return False
        try:
            self._connection.execute(sql.select(1))
        except sql.exc.DBAPIError:
            return False
        return True

    def _take(self) -> sql.Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.exec_driver_sql(self._IMPATIENT)
            connection.execute(sql.select(sql.func.pg_advisory_lock(_key(self.name))))
        except BaseException:
            _discard(connection)
            raise
        return connection


def _discard(connection: sql.Connection) -> None:
    """Ends a session, and the lock that it may hold; a connection that is closed has none."""
    if not connection.closed:
        connection.invalidate()
        connection.close()


def _key(name: str) -> sql.ColumnElement[int]:
    return sql.func.hashtextextended(name, 0)
