"""What the tests of the API share: the app over a stand-in for tasks, and a caller of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.standin import StandIn
from trawl import database
from trawl.server.app import create_app
from trawl.settings.cluster import ClusterSettings, settings

HERE = "http://127.0.0.1:7717"


@dataclass(frozen=True)
class Behind:
    """What the app under test is about."""

    tasks: Any
    cluster: ClusterSettings


@pytest.fixture
def tasks() -> StandIn:
    return StandIn()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[ClusterSettings]:
    engine = database.connect(database.url_of(tmp_path))
    settings.create(engine)
    yield ClusterSettings(engine)
    engine.dispose()


@pytest.fixture
def app(tasks: StandIn, cluster: ClusterSettings) -> Any:
    return create_app(Behind(tasks, cluster), base_path="/trawl")


@pytest.fixture
def http(app: Any) -> TestClient:
    """Calls the app as a program on this host does."""
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)
