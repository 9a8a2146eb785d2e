"""What all tests share: where the real events are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
