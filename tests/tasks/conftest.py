"""Fixtures of tests about tasks: a database, a data folder with a source for every script, tasks that run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from tasks.opened import opened
from tasks.scripted import add_source
from trawl import database
from trawl.tasks.service import Tasks


@pytest.fixture
def engine(database_url: str) -> Iterator[sql.Engine]:
    """A database that is up to date, and empty."""
    engine = database.connect(database_url)
    database.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a source for every script."""
    folder = tmp_path_factory.mktemp("data")
    for name, rows in {
        "quick": 250,
        "quick-empty": 0,
        "slow": 5000,
        "unread": 10,
        "faulty": 10,
        "deaf": 200,
        "limit": 20,
        "bug": 5,
    }.items():
        add_source(folder, name, rows)
    return folder


@pytest.fixture(scope="module")
def tasks(data: Path) -> Iterator[Tasks]:
    """Tasks that run, as in a server."""
    with opened(data, max_exports=16) as tasks:  # however few processors there are
        yield tasks
