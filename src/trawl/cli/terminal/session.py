"""The one way to tasks: a client, of a running server or of one that serves the data folder for this command alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trawl.client import Client


@contextmanager
def session(data: Path | None, url: str | None, runs: bool = False) -> Iterator[Client]:
    """A client, while the block lasts.

    Args:
        data: the data folder. url: address of a running server, in place of the folder.
        runs: whether searches made through it must be run by this process, if there is no server.

    Raises:
        TrawlError: `UNAVAILABLE` where no server answers; `INVALID_SETTING`.
    """
    from trawl.client import Client  # commands that need no client start without it

    if url is not None:
        with Client(url) as client:
            yield client
        return
    from trawl.server.serving import private_socket
    from trawl.settings.process import Settings

    with private_socket(Settings.load(data), runs) as path, Client("http://localhost", path) as client:
        yield client
