"""Exports: memory of all processes, how the server answers meanwhile, and the rate beside a bare writer."""

from __future__ import annotations

import csv
import itertools
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow.parquet as pq
import xlsxwriter

from benchmarks.ground import Ground
from benchmarks.measuring import MEBIBYTE, Finding, PeakMemory, memory, percentile, seconds
from benchmarks.serving import Server
from trawl.client import TASKS

FIELDS: Final = """
    @timestamp EventTime UtcTime Hostname Channel SourceName EventID Task Version Keywords Severity Category EventType
    RecordNumber ThreadID ExecutionProcessID Domain UserID ProcessId Image
"""
ROWS: Final = 1_000_000


def exports(ground: Ground, server: Server) -> Iterator[Finding]:
    """1 million rows × 20 columns (in the fast tier a tenth) in each format."""
    rows = min(ROWS, ground.tier.events // 10)
    names = ", ".join(f"'{name}'" if name.startswith("@") else name for name in FIELDS.split())
    task = server.run(f"source sorted | head {rows} | table {names}").id
    idle = memory(server.process)
    for kind, bare in _BARE.items():
        target = ground.scratch / f"export.{kind}"
        waits: list[float] = []
        with PeakMemory(server.process) as watched:
            taken = seconds(partial(_export_while_asking, server, task, target, waits))
        held = (watched.peak - idle) / MEBIBYTE
        alone = seconds(partial(bare, ground, rows))
        rate, wait = alone / taken, percentile(waits, 50) * 1000
        yield Finding(
            f"export of {rows:,} rows as {kind}, memory over idle", "≤ 250 MiB", f"{held:.0f} MiB", held <= 250
        )
        yield Finding(f"create → accepted during it ({kind}), p50", "≤ 30 ms", f"{wait:.1f} ms", wait <= 30)
        yield Finding(
            f"rate of it ({kind})",
            "≥ 0.8 of the bare writer",
            f"{rate:.2f} ({rows / taken:,.0f} rows/s against {rows / alone:,.0f})",
            rate >= 0.8,
        )
    server.client.delete(task)


def _export_while_asking(server: Server, task: str, target: Path, waits: list[float]) -> None:
    done = threading.Event()

    def ask() -> None:
        body = {"query": "source sorted | head 1", "dtStart": "now-1h"}
        while not done.wait(0.5):  # seldom enough that the tasks made do not take the processor from the export
            waits.append(seconds(lambda: server.http.post(f"{TASKS}/request", json=body).raise_for_status()))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        server.export(task, target)
    finally:
        done.set()
        asking.join()
    waits.extend([float("inf")] if not waits else [])


def _events(ground: Ground, rows: int) -> Iterator[list[dict[str, Any]]]:
    """The rows that the export holds, as Python values, a batch at a time."""
    left = rows
    for path in ground.orders[0].files:
        for batch in pq.ParquetFile(path).iter_batches(8192, columns=FIELDS.split()):
            found = batch.slice(0, left)
            left -= found.num_rows
            yield found.to_pylist()
            if not left:
                return


def _bare_json(ground: Ground, rows: int) -> None:
    with (ground.scratch / "bare.json").open("wb") as file:
        for events in _events(ground, rows):
            file.write(b"".join(orjson.dumps(event) + b"," for event in events))


def _bare_csv(ground: Ground, rows: int) -> None:
    with (ground.scratch / "bare.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for events in _events(ground, rows):
            writer.writerows(event.values() for event in events)


def _bare_xlsx(ground: Ground, rows: int) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(str(ground.scratch / "bare.xlsx"), options) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        sheet = book.add_worksheet()
        for number, event in enumerate(itertools.chain.from_iterable(_events(ground, rows))):
            for place, value in enumerate(event.values()):
                if place == 0:
                    sheet.write_datetime(number, place, value, moment)
                elif isinstance(value, str) or abs(value or 0) > 10**15:
                    sheet.write_string(number, place, str(value))
                elif value is not None:
                    sheet.write_number(number, place, value)


_BARE: Final[dict[str, Callable[[Ground, int], None]]] = {"json": _bare_json, "csv": _bare_csv, "xlsx": _bare_xlsx}
