"""One background search from loading to export, through the HTTP API of a real server: `make demo`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from benchmarks.events import Recipe, write_ndjson
from benchmarks.serving import Server, serving, trawl
from trawl.api.pages import ExecutionCost, Sidebar, Timeline
from trawl.errors import TrawlError

EVENTS: Final = 200_000
INDEX: Final = "windows-demo"
QUERY: Final = f'source {INDEX} | search Image="*powershell.exe" OR Message="*-encodedcommand*"'
ASIDE: Final = f"source {INDEX} | sort 0 Message"
COLUMNS: Final = ("@timestamp", "Hostname", "EventID", "Image", "CommandLine")
TOLD: Final = ("Hostname", "EventID", "Category", "Image", "User")
console = Console(width=110, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="keep the server up at the end")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="trawl-demo-"))
    try:
        _show(folder, options.serve)
    except KeyboardInterrupt:
        console.print("\n[dim]interrupted[/]")
    except (RuntimeError, TrawlError) as error:
        log = folder / "data" / "server.log"
        console.print(log.read_text(errors="replace")[-3000:] if log.is_file() else "", style="dim", markup=False)
        raise SystemExit(f"the demo failed: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show(folder: Path, stay: bool) -> None:
    data = folder / "data"
    with _step(f"generate {EVENTS:,} events of 60 fields"):
        size = write_ndjson(folder / "events.ndjson", Recipe(EVENTS, end=datetime.now(UTC)))
        console.print(f"  {size / 1e6:,.0f} MB of JSON lines")
    with _step(f"trawl load {INDEX} events.ndjson"):
        console.print(_indented(trawl(data, "load", INDEX, str(folder / "events.ndjson"))))
    with serving(data) as server:
        console.print(f"\n[bold]the server answers at {server.address}[/], /docs describes its API")
        task = _search(server)
        _result(server, task)
        _exports(server, task, folder)
        _stop_another(server)
        _command_line(server)
        with _step("DELETE …/delete/{id}"):
            freed = server.client.delete(task).freed_bytes
            console.print(f"  {freed:,} bytes are free again; from now on the task is [bold]410 Gone[/]")
        if stay:
            console.print(f"\n[bold green]the server stays up at {server.address}[/] until Ctrl-C")
            threading.Event().wait()
    console.print("\n[bold green]done[/]")


def _search(server: Server) -> str:
    with _step("POST /_sme/async_requests/request"):
        console.print(f"  [cyan]{QUERY}[/]")
        task = server.create(QUERY, dtStart="now-30d", dtEnd="now", calculateStats=True, calculateExecutionCost="INFO")
        console.print(f"  202: task {task}")
    columns = (TextColumn("  {task.fields[status]:<10}"), BarColumn(40), TextColumn("{task.fields[rows]:>8,} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        shown = bar.add_task("", total=100, status="QUEUED", rows=0)
        while True:
            now = server.client.get(task)
            bar.update(shown, completed=now.progress.percent, status=now.status, rows=now.rows)
            if now.status.is_end:
                break
            time.sleep(0.05)
    if now.error is not None:
        raise RuntimeError(f"the search failed: {now.error.reason}")
    return task


def _result(server: Server, task: str) -> None:
    page = server.client.answer(task, 0, 5)
    with _step("GET …/response/{id}?from=0&to=5"):
        rows = Table(title=f"newest 5 of {page.total:,} rows, {len(page.fields)} fields each", title_justify="left")
        for name in COLUMNS:
            rows.add_column(name, overflow="ellipsis", no_wrap=True)
        for row in page.rows or ():
            rows.add_row(*(str(row.get(name, ""))[:30] for name in COLUMNS))
        console.print(rows)
    if page.timeline is not None:
        _timeline(page.timeline)
    if page.sidebar is not None:
        _sidebar(page.sidebar)
    if page.execution_cost is not None:
        _cost(page.execution_cost)
    with _step("GET …/logs/{id}"):
        for line in server.client.logs(task).logs:
            told = f"  [dim]{line.time[11:23]}[/] {line.level:<5} {line.phase:<6} {escape(line.message)}"
            console.print(told, no_wrap=True, overflow="ellipsis")


def _timeline(timeline: Timeline) -> None:
    tallest = max(bucket.count for bucket in timeline.fields) or 1
    console.print(f"  [bold]timeline[/], a bar for {timeline.span}")
    for bucket in timeline.fields[-14:]:
        bar = "█" * round(50 * bucket.count / tallest)
        edge = str((bucket.model_extra or {})[timeline.field])
        console.print(f"  {edge[:16]} {bar} {bucket.count:,}")


def _sidebar(sidebar: Sidebar) -> None:
    table = Table(title=f"sidebar of {sidebar.events:,} events", title_justify="left")
    for name in ("field", "type", "events", "distinct", "most frequent"):
        table.add_column(name, justify="right" if name in ("events", "distinct") else "left", no_wrap=True)
    for field in (field for field in sidebar.fields if field.name in TOLD):
        top = ", ".join(f"{value.value} {value.percent:.0f} %" for value in field.top[:2])
        table.add_row(field.name, field.type, f"{field.count:,}", f"{field.distinct:,}", top[:60])
    console.print(table)


def _cost(cost: ExecutionCost) -> None:
    told = [f"{phase.phase} {phase.wall_seconds:.2f} s" for phase in cost.phases]
    told += [f"{name} {value:,}" for name, value in cost.model_dump(by_alias=True, exclude={"phases"}).items() if value]
    console.print(Text("  cost: ").append(", ".join(told), "dim"))


def _exports(server: Server, task: str, folder: Path) -> None:
    with _step("POST …/file_download/{id}"):
        for kind in ("csv", "xlsx"):
            began = time.perf_counter()
            size = server.export(task, folder / f"powershell.{kind}")
            console.print(f"  powershell.{kind}: {size:,} bytes in {time.perf_counter() - began:.1f} s")


def _stop_another(server: Server) -> None:
    with _step("POST …/break/{id}"):
        other = server.create(ASIDE, dtStart="now-30d")
        server.wait(other, running=True)
        began = time.perf_counter()
        status = server.client.stop(other).status
        console.print(f"  a sort of everything: {status} after {(time.perf_counter() - began) * 1000:.0f} ms")
        server.client.delete(other)


def _command_line(server: Server) -> None:
    query = f"source {INDEX} | aggs count, dc(Image) by Hostname | sort -count | head 5"
    with _step(f"trawl search '{query}' --from now-7d"):
        console.print(_indented(trawl(None, "search", query, "--from", "now-7d", "--url", server.address)))


@contextmanager
def _step(what: str) -> Iterator[None]:
    console.print(f"\n[bold]▸ {what}[/]")
    yield


def _indented(text: str) -> Text:
    return Text("\n".join("  " + line for line in text.rstrip().splitlines()))


if __name__ == "__main__":
    main()
