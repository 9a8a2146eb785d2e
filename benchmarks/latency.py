"""How long a caller waits: for an answer, an empty end, a page, the first rows, quiet after a stop."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import httpx
import psutil

from benchmarks.ground import RUNNING, Ground
from benchmarks.measuring import Finding, cpu_seconds, percentile, seconds, tree
from benchmarks.serving import Server, free_port
from trawl.client import TASKS
from trawl.tasks.task import Status

HEAVY: Final = 'source shuffled | eval a=replace(Message, "([0-9a-f])([0-9])", "\\2\\1") | stats dc(a), dc(Message)'
"""A search that keeps a worker's processor busy for seconds."""
PAGE: Final = 100
MOST: Final = "trawl.tasks.max_running"


def accepted(ground: Ground, server: Server) -> Iterator[Finding]:
    """Create → accepted, the server idle and with 8 searches running, beside a route of FastAPI that does nothing."""
    body = {"query": "source sorted | search EventID=1 | aggs count by Hostname", "dtStart": "now-1h"}

    made: list[str] = []

    def create() -> None:
        made.append(server.http.post(f"{TASKS}/request", json=body).raise_for_status().json()["id"])

    with _bare_route() as bare:
        floor = _each(ground, lambda: bare.post("/request", json=body).raise_for_status())
    idle = []
    for _ in range(ground.tier.requests):
        idle.append(seconds(create))
        server.wait(made[-1])  # so that the next one finds the server idle again
    with busy(server, 8):
        under_load = _each(ground, create)
    bare_taken = percentile(floor, 50)
    for state, times, target in (("idle", idle, 10), ("with 8 searches running", under_load, 30)):
        taken = percentile(times, 50)
        yield Finding(
            f"create → accepted, p50, server {state}",
            f"≤ {target} ms",
            f"{taken * 1000:.1f} ms (p95 {percentile(times, 95) * 1000:.1f} ms; bare route {bare_taken * 1000:.1f} ms)",
            taken * 1000 <= target,
        )


def nothing(ground: Ground, server: Server) -> Iterator[Finding]:
    """Create → COMPLETED of a search that reads nothing."""
    times = _each(ground, lambda: server.run("source sorted", dtStart="2000-01-01", dtEnd="2000-01-02"))
    taken = percentile(times, 50)
    yield Finding(
        "create → COMPLETED, nothing to read, p50",
        "≤ 100 ms",
        f"{taken * 1000:.0f} ms (p95 {percentile(times, 95) * 1000:.0f} ms)",
        taken <= 0.1,
    )


def first_rows_and_pages(ground: Ground, server: Server) -> Iterator[Finding]:
    """A newest-first search over everything: its first rows, then its pages, while it runs and when it is done."""
    for order in ground.orders:
        began = time.perf_counter()
        task = server.create(f"source {order.name}")
        while not server.page(task, 0, PAGE) and not server.client.get(task).status.is_end:
            time.sleep(0.01)
        first = time.perf_counter() - began
        yield Finding(f"create → first rows of everything, loaded {order.name}", "≤ 2 s", f"{first:.2f} s", first <= 2)
        running: list[tuple[float, float]] = []
        while (now := server.client.get(task)).status is Status.RUNNING and len(running) < ground.tier.requests:
            if now.rows > PAGE:
                running.append(_top_and_deep(server, task, now.rows))
                time.sleep(0.05)
        total = server.wait(task).rows
        finished = [_top_and_deep(server, task, total) for _ in range(ground.tier.requests)]
        for state, times in (("finished", finished), ("running", running)):
            yield _paged(f"page of 100 of {total:,} rows, loaded {order.name}, {state}, p95", times)
        server.client.delete(task)


def quiet_after_stop(ground: Ground, server: Server) -> Iterator[Finding]:
    """Stop → the worker's processor idle."""
    taken = []
    for _ in range(ground.tier.repeats):
        task = server.create(HEAVY)
        server.wait(task, running=True)
        time.sleep(0.7)
        workers = tree(server.process)[1:]
        stopping = threading.Thread(target=server.client.stop, args=(task,))
        began = time.perf_counter()
        stopping.start()
        taken.append(_last_used(workers) - began)
        stopping.join()
        if (ended := server.client.get(task).status) is not Status.STOPPED:
            raise RuntimeError(f"the search to be stopped ended before: {ended}")
    worst = max(taken)
    yield Finding("break → worker's CPU idle, worst", "≤ 1 s", f"{worst:.2f} s", worst <= 1)


@contextmanager
def busy(server: Server, running: int) -> Iterator[None]:
    """A server with so many heavy searches running, and as many waiting to take their places.

    Raises:
        RuntimeError: one of them failed, so that less was running than wanted.
    """
    server.client.change_settings({MOST: running})
    tasks = [server.create(HEAVY) for _ in range(2 * running)]
    for task in tasks[:running]:
        server.wait(task, running=True)
    try:
        yield
        if failed := [error for task in tasks if (error := server.client.get(task).error)]:
            raise RuntimeError(f"a search that was to keep the server busy failed: {failed[0].reason}")
    finally:
        server.client.stop_all()
        server.client.change_settings({MOST: RUNNING})


@contextmanager
def _bare_route() -> Iterator[httpx.Client]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(port), "--log-level", "critical"]
    process = subprocess.Popen(command)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            for _ in range(200):
                try:
                    client.get("/")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield client
    finally:
        process.terminate()
        process.wait()


def _each(ground: Ground, action: Callable[[], object]) -> list[float]:
    action()
    return [seconds(action) for _ in range(ground.tier.requests)]


def _top_and_deep(server: Server, task: str, rows: int) -> tuple[float, float]:
    """Seconds of the first page of a result and of one anywhere in it, one after the other."""
    return _page_seconds(server, task, PAGE), _page_seconds(server, task, rows)


def _page_seconds(server: Server, task: str, rows: int) -> float:
    start = random.randrange(max(1, rows - PAGE))
    return seconds(lambda: server.page(task, start, start + PAGE))


def _paged(what: str, times: list[tuple[float, float]]) -> Finding:
    target = "≤ 50 ms, ≤ 1.5 × depth 0"
    if not times:
        return Finding(what, target, "the search ended before a page could be asked for", None)
    floor, taken = (percentile(each, 95) for each in zip(*times, strict=True))
    measured = f"{taken * 1000:.0f} ms ({taken / floor:.2f} × {floor * 1000:.0f} ms at depth 0)"
    return Finding(what, target, measured, taken <= 0.05 and taken <= 1.5 * floor)


def _last_used(workers: list[psutil.Process]) -> float:
    """When the processors of the workers were used for the last time, seen in steps of 20 ms, until half a second idle.

    A worker that is gone takes its seconds with it: the sum falls, which counts as idle.
    """
    used, last = cpu_seconds(workers), time.perf_counter()
    while time.perf_counter() - last < 0.5:
        time.sleep(0.02)
        now = cpu_seconds(workers)
        if now > used:
            last = time.perf_counter()
        used = now
    return last
