"""A supervisor is alive as long as it holds its lock, and its death is seen whatever way it comes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from postgres import Postgres
from trawl import database
from trawl.tasks.presence import FileLock, SessionLock, begin
from waiting import until


@pytest.fixture
def another(database_url: str) -> Iterator[sql.Engine]:
    """The same database as another process has it."""
    engine = database.connect(database_url)
    yield engine
    engine.dispose()


def test_others_see_who_is_alive_and_who_has_ended(engine: sql.Engine, another: sql.Engine, tmp_path: Path) -> None:
    one, two = begin(engine, tmp_path), begin(another, tmp_path)
    assert one.name != two.name
    assert one.is_alive(two.name)
    assert two.is_alive(one.name)
    assert not one.is_alive("nobody")
    two.renew()
    two.end()
    assert not one.is_alive(two.name)
    one.end()


def test_a_kill_is_seen(database_url: str, engine: sql.Engine, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, begin(database.connect(database_url), tmp_path).name.encode())
        signal.pause()
    name = os.read(reader, 100).decode()
    here = begin(engine, tmp_path)
    assert here.is_alive(name)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until(lambda: not here.is_alive(name), "PostgreSQL has noticed")
    here.end()
    os.close(reader)
    os.close(writer)


def test_a_lost_session_is_taken_up_again(postgres: Postgres) -> None:
    engine = database.connect(postgres.fresh())
    one, two = SessionLock(engine), SessionLock(engine)
    with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.exec_driver_sql(f"{others} AND datname = current_database()")
    two.renew()
    assert two.is_alive(two.name)
    assert not two.is_alive(one.name)
    one.renew()
    assert two.is_alive(one.name)
    engine.dispose()


def test_an_outage_that_outlasts_a_look_is_survived(postgres: Postgres) -> None:
    engine = database.connect(postgres.fresh())
    one, two = SessionLock(engine), SessionLock(engine)
    name = engine.url.database
    postgres.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for _ in range(2):
        with pytest.raises(sql.exc.OperationalError):
            one.renew()
    with pytest.raises(sql.exc.OperationalError):
        two.renew()
    two.end()
    postgres.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    one.renew()
    assert one.is_alive(one.name)
    assert not one.is_alive(two.name)
    one.end()
    engine.dispose()


def test_files_of_the_dead_do_not_stay(tmp_path: Path) -> None:
    (tmp_path / "of-the-dead").touch()
    alive = FileLock(tmp_path)
    begun = FileLock(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {alive.name, begun.name}
    alive.end()
    begun.end()
    assert list(tmp_path.iterdir()) == []
