"""The database that tasks, settings and the catalog share: how it is opened, locked and brought up to date.

Each room declares its own tables on `metadata`; the migrations in `trawl/migrations` make them.
SQLite (WAL) by default; PostgreSQL where several hosts share work. On both, transactions that write go one after
the other: what was read in one of them holds until it ends, and the journal's numbers appear in their order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy import event

metadata: Final = sql.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BUSY_SECONDS: Final = 20
"""How long a writer waits for another process before it gives up."""

_WRITE_LOCK: Final = f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'; SELECT pg_advisory_xact_lock(0, 7717)"
"""PostgreSQL's equal of SQLite's write lock: held to the end of the transaction; the number is no other lock's."""


class Text(sql.types.TypeDecorator[str]):
    """Text of any signs. PostgreSQL takes no NUL, so that two others stand for it there."""

    impl = sql.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sql.Dialect) -> str | None:
        """The text as the database has it."""
        if value is None or dialect.name != "postgresql":
            return value
        return value.replace("\x1a", "\x1a1").replace("\0", "\x1a0")

    def process_result_value(self, value: str | None, dialect: sql.Dialect) -> str | None:
        """The text that it was."""
        if value is None or dialect.name != "postgresql":
            return value
        return value.replace("\x1a0", "\0").replace("\x1a1", "\x1a")


def url_of(data: Path) -> str:
    """The address of the SQLite database in a data folder."""
    return f"sqlite:///{data / 'trawl.db'}"


def connect(url: str) -> sql.Engine:
    """An engine on the database at `url`. SQLite: WAL, foreign keys on, every transaction synced to disk."""
    return _sqlite(url) if url.startswith("sqlite") else _engine(url, pool_pre_ping=True)


def _engine(url: str, **more: Any) -> sql.Engine:
    return sql.create_engine(url, execution_options={"turn": threading.Lock()}, **more)


def _sqlite(url: str) -> sql.Engine:
    engine = _engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: object) -> None:
        connection.isolation_level = None  # transactions are ours to begin, see below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sql.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


@contextmanager
def writing(engine: sql.Engine) -> Iterator[sql.Connection]:
    """A transaction that will write: it takes the database's write lock at once, so that it cannot fail half way.

    Threads of one process take turns here: SQLite has a writer sleep, for longer each time, until it finds the
    lock free, and PostgreSQL would need a connection for each that waits.
    """
    with (
        engine.get_execution_options()["turn"],
        engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_WRITE_LOCK)
        yield connection


def upgrade(engine: sql.Engine) -> None:
    """Brings the tables to the newest form. Cheap where they are there already."""
    from trawl.migrations import is_current, run  # Alembic takes 0.2 s to import; only processes that upgrade pay

    if not is_current(engine):
        run(engine)
