"""The bars of progress, in a terminal of their own: they are drawn there, and nowhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from cli.conftest import TRAWL, Ended
from events import events, write

DAY = ("--from", "2026-01-01", "--to", "2026-01-02")


def drawn(*arguments: str) -> str:
    """What a command wrote to a terminal of 120 columns as its stderr, colours taken out."""
    terminal, stderr = pty.openpty()
    pieces: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(terminal, 65_536):
                pieces.append(piece)
        except OSError:
            pass  # what Linux answers once the last writer has closed

    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    reader = threading.Thread(target=read)
    with subprocess.Popen([*TRAWL, *arguments], stdout=subprocess.DEVNULL, stderr=stderr, env=environment) as command:
        os.close(stderr)
        reader.start()
        assert command.wait(timeout=60) == 0
    reader.join()
    os.close(terminal)
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", b"".join(pieces).decode())


def test_search_shows_how_far_it_is(url: str) -> None:
    shown = drawn("search", "source web | search status=500", *DAY, "--url", url)
    assert re.search(r"completed  30 rows ━+ 100%", shown)


def test_load_shows_bytes_and_events(tmp_path: Path) -> None:
    file = write(tmp_path / "web.ndjson")
    shown = drawn("load", "web", str(file), "--data", str(tmp_path / "data"))
    size = file.stat().st_size / 1000
    assert re.search(rf"━+ {size:.1f}/{size:.1f} kB {len(events())} events", shown)


def test_no_bar_is_drawn_into_a_pipe(trawl: Callable[..., Ended], url: str) -> None:
    assert "━" not in trawl("search", "source web", *DAY, "--url", url).err
