"""A server in a process of its own and its HTTP API, as a measurement or a demonstration uses them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

TRAWL: Final = Path(sys.executable).with_name("trawl")
TASKS: Final = "/_sme/async_requests"
ENDED: Final = frozenset({"COMPLETED", "STOPPED", "FAILED"})


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
    """A server that runs, and the calls of its API.

    Attributes:
        address: such as `http://127.0.0.1:7717`.
        http: a client that keeps its connection.
        process: the server's; workers are its children.
    """

    address: str
    http: httpx.Client
    process: psutil.Process

    def create(self, query: str, **body: Any) -> str:
        """Makes a task and answers its id."""
        wanted = {"query": query, "dtStart": "2000-01-01", "dtEnd": "2100-01-01"} | body
        return str(self._json("POST", f"{TASKS}/request", json=wanted)["id"])

    def status(self, task: str) -> dict[str, Any]:
        """The task as it is now."""
        return self._json("GET", f"{TASKS}/status/{task}")

    def wait(self, task: str, pause: float = 0.004, until: frozenset[str] = ENDED) -> dict[str, Any]:
        """Asks for the status until it is one of those named; raises RuntimeError for a task that failed."""
        while (now := self.status(task))["status"] not in until | ENDED:
            time.sleep(pause)
        if now["status"] == "FAILED":
            raise RuntimeError(f"{now['query'][:300]}: {now['error']}")
        return now

    def run(self, query: str, **body: Any) -> dict[str, Any]:
        """A whole task: from the request until its end is known."""
        return self.wait(self.create(query, **body))

    def page(self, task: str, start: int, stop: int) -> dict[str, Any]:
        """Rows of a result."""
        return self._json("GET", f"{TASKS}/response/{task}", params={"from": start, "to": stop})

    def logs(self, task: str) -> list[dict[str, Any]]:
        """The lines of a task's log."""
        lines: list[dict[str, Any]] = self._json("GET", f"{TASKS}/logs/{task}")["logs"]
        return lines

    def stop(self, task: str) -> dict[str, Any]:
        """Stops a task and waits until it is stopped."""
        return self._json("POST", f"{TASKS}/break/{task}")

    def stop_all(self) -> None:
        """Stops every task that has not ended."""
        self._json("POST", f"{TASKS}/break/")

    def delete(self, task: str) -> dict[str, Any]:
        """Takes a task's result from the disk."""
        return self._json("DELETE", f"{TASKS}/delete/{task}")

    def export(self, task: str, file: Path, kind: str, **body: Any) -> int:
        """Downloads a result into a file and answers its bytes."""
        wanted = {"file_name": file.stem, "file_type": kind} | body
        with (
            self.http.stream("POST", f"{TASKS}/file_download/{task}", json=wanted) as answer,
            file.open("wb") as target,
        ):
            if answer.is_error:
                raise RuntimeError(answer.read().decode())
            for chunk in answer.iter_bytes():
                target.write(chunk)
        return file.stat().st_size

    def put_settings(self, **changes: Any) -> None:
        """Changes settings of the cluster; two underscores stand for a dot."""
        named = {key.replace("__", "."): value for key, value in changes.items()}
        self._json("PUT", "/_cluster/settings", json={"persistent": named})

    def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = self.http.request(method, path, **request)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def serving(data: Path, environment: Mapping[str, str] | None = None, port: int | None = None) -> Iterator[Server]:
    """A server on a data folder, ready when the block begins and gone after it."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(TRAWL), "serve", "--data", str(data), "--port", str(port)]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ) | dict(environment or {}))
    try:
        with httpx.Client(base_url=address, timeout=httpx.Timeout(600)) as client:
            _until_ready(client, process, data / "server.log")
            running = psutil.Process(process.pid)  # type: ignore[no-untyped-call]  # psutil has no types
            yield Server(address, client, running)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            if client.get("/health/ready").is_success:
                return
        except httpx.TransportError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise RuntimeError(f"the server did not become ready: {log.read_text(errors='replace')[-2000:]}")
