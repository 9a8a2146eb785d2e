"""Loading: real events where they are at hand; the rate, and the bytes on disk beside gzip of the JSON."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ground import Ground
from benchmarks.measuring import Finding, seconds
from benchmarks.serving import Server, trawl

REAL = Path("windows-events-2020") / "events.jsonl.gz"


def real_events(ground: Ground, server: Server) -> Iterator[Finding]:
    """126,579 real events: load rate; bytes on disk against the gzip that they came in."""
    what, target = "126,579 real events: bytes on disk against gzip of the JSON", "≤ 0.8 ×"
    folder = os.environ.get("TRAWL_TEST_DATA")
    if not folder or not (Path(folder) / REAL).is_file():
        yield Finding(what, target, "TRAWL_TEST_DATA names no folder with them", None)
        return
    packed = Path(folder) / REAL
    data = ground.scratch / "real"
    shutil.rmtree(data, ignore_errors=True)
    taken = seconds(lambda: trawl(data, "load", "real", str(packed)))
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    ratio = size / packed.stat().st_size
    shutil.rmtree(data)
    yield Finding("126,579 real events: load rate", "stated", f"{126_579 / taken:,.0f} events/s ({taken:.1f} s)", None)
    yield Finding(what, target, f"{ratio:.2f} × ({size:,} bytes, database included)", ratio <= 0.8)
