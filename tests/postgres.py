"""A PostgreSQL of the tests' own: made in a temporary folder, on a socket there, gone when they end."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sql

from trawl import database

NO_POSTGRES = "needs PostgreSQL's own programs: no `initdb` on the PATH or in /usr/lib/postgresql/*/bin"
USER = "postgres"
EMPTY = "empty"
"""The database that others are copied from: its tables are up to date."""


@dataclass(frozen=True)
class Postgres:
    """A running server. `folder` holds its socket."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def fresh(self) -> str:
        """The address of a new database with tables and nothing in them."""
        name = f"t{next(self.numbers)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
        return self.url(name)

    def administer(self, statement: str) -> None:
        """Runs a statement that is about databases."""
        engine = sql.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sql.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def running() -> Iterator[Postgres]:
    """A server while the block lasts; skips the test that asks where PostgreSQL is not installed."""
    initdb = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if initdb is None:
        pytest.skip(NO_POSTGRES)
    programs = Path(initdb).resolve().parent
    as_user = {"user": USER, "group": USER, "extra_groups": []} if os.getuid() == 0 else {}  # it refuses to be root
    with TemporaryDirectory(prefix="trawl-pg-") as made:
        folder = Path(made)
        if as_user:
            shutil.chown(folder, USER)
        data = str(folder / "data")
        make = [
            str(programs / "initdb"),
            "-D",
            data,
            "-U",
            USER,
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, **as_user)
        serve = [
            str(programs / "postgres"),
            "-D",
            data,
            "-c",
            "listen_addresses=",
            "-k",
            str(folder),
            "-c",
            "fsync=off",
        ]
        server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user)
        try:
            postgres = Postgres(folder)
            ask = [str(programs / "pg_isready"), "-q", "-h", str(folder)]
            while subprocess.run(ask, check=False).returncode:
                assert server.poll() is None, "it ended by itself"
            postgres.administer(f"CREATE DATABASE {EMPTY}")
            engine = database.connect(postgres.url(EMPTY))
            database.upgrade(engine)
            engine.dispose()
            yield postgres
        finally:
            server.send_signal(2)  # whoever is connected is cut off
            server.wait()
