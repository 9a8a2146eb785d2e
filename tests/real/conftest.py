"""A store of all real events and what plain Python reads in their files, once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaded import open_store
from real_events import FILES, TIMES, Event, read_events, read_lines
from trawl.settings.process import Lookup
from trawl.store import Store

LOOKUPS = {
    "zones": (
        "network,zone\n172.18.38.0/24,servers\n172.18.39.0/24,workstations\n::1/128,itself\n0.0.0.0/0,outside\n",
        Lookup(match={"network": "cidr"}, max_matches=1),
    ),
    "tools": (
        "image,risk\n*\\powershell.exe,script\n*\\wmic.exe,script\n*\\net*.exe,discovery\n*\\whoami.exe,discovery\n",
        Lookup(match={"image": "wildcard"}, case=False, max_matches=1),
    ),
}
"""Lookups by name: the lines of each, and how they are matched."""


@pytest.fixture(scope="session")
def store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("real")
    (folder / "lookups").mkdir()
    for name, (lines, _) in LOOKUPS.items():
        (folder / "lookups" / f"{name}.csv").write_text(lines, encoding="utf-8")
    with open_store(folder, lookups={name: rules for name, (_, rules) in LOOKUPS.items()}) as opened:
        for index, file in FILES.items():
            opened.load(index, [real_data / file])
        yield opened


@pytest.fixture(scope="session")
def events(real_data: Path) -> dict[str, list[Event]]:
    """The events of each index of JSON, newest first."""
    return {index: read_events(real_data / FILES[index], time) for index, time in TIMES.items()}


@pytest.fixture(scope="session")
def lines(real_data: Path) -> dict[str, list[str]]:
    """The lines of the smaller files."""
    return {index: read_lines(real_data / FILES[index]) for index in ("access", "auth", "zeek")}
