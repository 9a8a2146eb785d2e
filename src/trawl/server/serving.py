"""Serving: the app behind uvicorn, on a port for everybody of this host or on a socket for one command alone."""

from __future__ import annotations

import ipaddress
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn

from trawl.assembly import open_service
from trawl.errors import Code, TrawlError
from trawl.server.app import create_app
from trawl.settings.process import Settings

GRACE_SECONDS: Final = 2
"""How long answers that are under way may take once the server is told to end."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serves a data folder until the process is told to end; searches that run then go back to the queue.

    Args:
        announce: gets the server's address once it takes requests.

    Raises:
        TrawlError: `INVALID_SETTING` for an address that others could reach, or that is taken.
    """
    listening = _bind(settings.host, settings.port)
    with listening, open_service(settings, adopts=True) as service:
        service.cluster.forget_transient()
        service.tasks.start()
        server = _server(create_app(service, settings.base_path))
        for wanted in (signal.SIGINT, signal.SIGTERM):  # uvicorn sends itself the signal again after it ended
            signal.signal(wanted, lambda *_: setattr(server, "should_exit", True))
        announce(_address(listening) + settings.base_path)
        server.run(sockets=[listening])


@contextmanager
def private_socket(settings: Settings, runs: bool) -> Iterator[Path]:
    """Serves a data folder on a socket that only this user can reach, while the block lasts.

    Args:
        runs: whether tasks made through it are run here.
    """
    with (
        tempfile.TemporaryDirectory(prefix="trawl-") as folder,  # made for this user alone
        socket.socket(socket.AF_UNIX) as listening,
        open_service(settings) as service,
    ):
        path = Path(folder) / "api"
        listening.bind(str(path))
        listening.listen(64)
        if runs:
            service.tasks.start()
        server = _server(create_app(service))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="trawl-api")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.002)
            yield path
        finally:
            server.should_exit = True
            thread.join()


def _server(app: Callable[..., object]) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def _bind(host: str, port: int) -> socket.socket:
    if not _is_loopback(host):
        raise TrawlError(
            Code.INVALID_SETTING,
            f"`{host}` can be reached from elsewhere, and the server has no authentication",
            hint="bind to 127.0.0.1, the default",
        )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
        # asyncio does it only for sockets that name their protocol; without it answers wait 40 ms for an ACK
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        reason = f"the server cannot listen on {host} port {port}: {error.strerror or error}"
        raise TrawlError(Code.INVALID_SETTING, reason.lower(), hint="`--port 0` picks a free port") from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
