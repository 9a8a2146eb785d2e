"""A server in a process of its own, as a measurement or a demonstration uses it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from trawl.api.answers import TaskAnswer
from trawl.api.requests import CreateTask, ExportFile
from trawl.client import TASKS, Client
from trawl.tasks.task import Status

TRAWL: Final = Path(sys.executable).with_name("trawl")


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def trawl(data: Path | None, *arguments: str) -> str:
    """Runs a command of `trawl`, on a data folder if one is given, and answers what it prints.

    Raises:
        RuntimeError: with what it said where it failed.
    """
    command = [str(TRAWL), *arguments, *(["--data", str(data)] if data else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])[:300]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        address: such as `http://127.0.0.1:7717`.
        client: calls its API.
        http: the bare connection, for calls that are timed.
        process: the server's; workers are its children.
    """

    address: str
    client: Client
    http: httpx.Client
    process: psutil.Process

    def create(self, query: str, **body: Any) -> str:
        """Makes a task over all times, unless the body says otherwise, and answers its id."""
        wanted = {"query": query, "dtStart": "2000-01-01", "dtEnd": "2100-01-01"} | body
        return self.client.submit(CreateTask.model_validate(wanted)).id

    def wait(self, id: str, running: bool = False) -> TaskAnswer:
        """The task once it has ended, or once it runs.

        The server tells of its changes: asking for it every few milliseconds would take a processor from the search.

        Raises:
            RuntimeError: it failed.
        """
        for now in self.client.watch(id):
            if now.status.is_end or (running and now.status is Status.RUNNING):
                break
        if now.error is not None:
            raise RuntimeError(f"{now.query[:300]}: {now.error.reason}")
        return now

    def run(self, query: str, **body: Any) -> TaskAnswer:
        """A whole task: from the request until its end is known."""
        return self.wait(self.create(query, **body))

    def page(self, id: str, start: int, stop: int) -> list[Any]:
        """Rows of a result, by the bare connection."""
        answer = self.http.get(f"{TASKS}/response/{id}", params={"from": start, "to": stop}).raise_for_status()
        rows: list[Any] = answer.json()["rows"]
        return rows

    def export(self, id: str, file: Path) -> int:
        """Downloads all of a result into a file of the format that its name ends in, and answers the bytes."""
        body = {"file_name": file.stem, "file_type": file.suffix[1:], "download_all_results": True}
        with file.open("wb") as target:
            for piece in self.client.export(id, ExportFile.model_validate(body)):
                target.write(piece)
        return file.stat().st_size


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """A server on a data folder, ready when the block begins and gone after it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    with log.open("ab") as told:
        command = [str(TRAWL), "serve", "--data", str(data), "--port", str(port)]
        process = subprocess.Popen(command, stdout=told, stderr=told)
    try:
        with Client(address) as client, httpx.Client(base_url=address, timeout=httpx.Timeout(600)) as http:
            _until_ready(http, process, log)
            running = psutil.Process(process.pid)
            yield Server(address, client, http, running)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_ready(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            if http.get("/health/ready").is_success:
                return
        except httpx.TransportError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise RuntimeError(f"the server did not become ready: {log.read_text(errors='replace')[-2000:]}")
