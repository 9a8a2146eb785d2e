"""Exports: memory of all processes, how the server answers meanwhile, and the rate beside a bare writer."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from benchmarks.ground import Ground
from benchmarks.measuring import MEBIBYTE, Finding, PeakMemory, memory_at_rest, percentile, seconds
from benchmarks.serving import Server
from benchmarks.writers import FIELDS, WRITERS
from trawl.client import TASKS

ROWS: Final = 1_000_000
TURNS: Final = 5
LONG_ENOUGH: Final = 10.0
"""Seconds of a format's exports after which its rate rests on those that there are."""


def exports(ground: Ground, server: Server) -> Iterator[Finding]:
    """1 million rows × 20 columns (in the fast tier a tenth) in each format."""
    rows = min(ROWS, ground.tier.events // 10)
    names = ", ".join(f"'{name}'" if name.startswith("@") else name for name in FIELDS)
    task = server.run(f"source sorted | head {rows} | table {names}").id
    for kind in WRITERS:
        idle = memory_at_rest(server.process)
        taken: list[float] = []
        alone: list[float] = []
        waits: list[float] = []
        with PeakMemory(server.process) as watched:
            while len(taken) < TURNS and sum(taken) < LONG_ENOUGH:  # in turn: a slow moment of the host hits both
                with _asking(server, waits):
                    taken.append(seconds(partial(server.export, task, ground.scratch / f"export.{kind}")))
                alone.append(_bare(kind, ground, rows))
        held = (watched.peak - idle) / MEBIBYTE
        ours, bare = rows / statistics.median(taken), rows / statistics.median(alone)
        wait = percentile(waits, 50) * 1000
        yield Finding(
            f"export of {rows:,} rows as {kind}, memory over idle", "≤ 250 MiB", f"{held:.0f} MiB", held <= 250
        )
        yield Finding(f"create → accepted during it ({kind}), p50", "≤ 30 ms", f"{wait:.1f} ms", wait <= 30)
        yield Finding(
            f"rate of it ({kind})",
            "≥ 0.8 of the bare writer",
            f"{ours / bare:.2f} ({ours:,.0f} rows/s against {bare:,.0f})",
            ours / bare >= 0.8,
        )
    server.client.delete(task)


@contextmanager
def _asking(server: Server, waits: list[float]) -> Iterator[None]:
    """Makes tasks while a `with` block runs, and notes how long each took to be accepted, in seconds."""
    done = threading.Event()

    def ask() -> None:
        body = {"query": "source sorted | head 1", "dtStart": "now-1h"}
        while not waits or not done.is_set():  # once at least, however short the block
            waits.append(seconds(lambda: server.http.post(f"{TASKS}/request", json=body).raise_for_status()))
            done.wait(0.5)  # seldom enough that the tasks made do not take the processor from the export

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def _bare(kind: str, ground: Ground, rows: int) -> float:
    """The seconds that the writer's library takes on its own, in a process of its own, to start it left out."""
    target = ground.scratch / f"bare.{kind}"
    command = [
        sys.executable,
        "-m",
        "benchmarks.writers",
        kind,
        str(rows),
        str(target),
        *map(str, ground.orders[0].files),
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
