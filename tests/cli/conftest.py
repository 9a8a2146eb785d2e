"""What the tests of the command line share: a data folder, a server over it, and a way to run commands."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from events import write
from trawl.assembly import open_sources
from trawl.cli import build
from trawl.cli.terminal.faults import exit_status
from trawl.settings.process import Settings

TRAWL = [sys.executable, "-c", "from trawl.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index `web`."""
    folder = tmp_path_factory.mktemp("cli")
    with open_sources(Settings.load(folder / "data")) as store:
        store.load("web", [str(write(folder / "web.ndjson"))])
    return folder / "data"


@pytest.fixture(scope="session")
def url(data: Path) -> Iterator[str]:
    """The address of `trawl serve` over that folder."""
    command = [*TRAWL, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://[\d.]+:\d+", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0, "a server that is told to end ends well"


@pytest.fixture
def trawl(data: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Runs a command of `trawl` in this process."""

    def run(*arguments: str) -> Ended:
        monkeypatch.setenv("TRAWL_DATA", str(data))
        monkeypatch.setattr(sys, "argv", ["trawl", *arguments])
        status = exit_status(build())
        printed = capfd.readouterr()
        return Ended(status, printed.out, printed.err)

    return run
