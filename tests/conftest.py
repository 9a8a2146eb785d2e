"""What all tests share: where the real events are, and databases of each kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import Postgres, running
from trawl import database

REAL_DATA = "TRAWL_TEST_DATA"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = os.environ.get(REAL_DATA)
    if folder and Path(folder).is_dir():
        return
    reason = f"needs the real events: ${REAL_DATA} names no folder"
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real events; for tests marked `real`, which are skipped where there is none."""
    return Path(os.environ[REAL_DATA])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL; the test is skipped where there is none."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of the test's own, on each kind that there is."""
    if request.param == "sqlite":
        return database.url_of(tmp_path)
    return request.getfixturevalue("postgres").fresh()
