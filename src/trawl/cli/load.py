"""`trawl load`: files into an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import orjson
import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from trawl.cli.terminal.options import Data, Json

if TYPE_CHECKING:
    from trawl.store.loading import Loaded, Report
    from trawl.store.loading import Progress as Reached

Format: TypeAlias = Literal["auto", "ndjson", "json", "csv", "parquet", "access", "syslog"]
"""The names of the formats that the store reads."""


class Missing(StrEnum):
    """What becomes of an event without a readable time."""

    ASIDE = "aside"
    NOW = "now"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(load)


def load(
    index: Annotated[str, typer.Argument(help="The index; made if it does not exist.", show_default=False)],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Plain, gzip or zstd; `-` is stdin.", show_default=False)
    ],
    time_field: Annotated[
        str | None, typer.Option(help="Where an event's time is; by default the first of the usual fields it has.")
    ] = None,
    time_missing: Annotated[
        Missing, typer.Option(help="Events without a readable time are put aside, or get the present one.")
    ] = Missing.ASIDE,
    format: Annotated[Format, typer.Option(help="What the files hold.")] = "auto",
    data: Data = None,
    json: Json = False,
) -> None:
    """Load files into an index: all of them, or nothing if one cannot be read."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings
    from trawl.store import inputs

    with open_sources(Settings.load(data)) as store, _bar() as report:
        loaded = store.load(
            index,
            files,
            format=inputs.Format(format),
            time_field=time_field,
            keep_without_time=time_missing is Missing.NOW,
            report=report,
        )
    if json:
        typer.echo(orjson.dumps(_to_json(loaded)).decode())
    else:
        _print(loaded)


@contextmanager
def _bar() -> Iterator[Report]:
    """A progress bar on stderr where that is a terminal."""
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[events]:,} events"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("load", total=None, events=0)

        def report(reached: Reached) -> None:
            bar.update(task, completed=reached.bytes_read, total=reached.bytes_total, events=reached.events)

        yield report


def _to_json(loaded: Loaded) -> dict[str, object]:
    return {
        "index": loaded.index,
        "events": loaded.events,
        "fields": loaded.fields,
        "segments": loaded.segments,
        "seconds": loaded.seconds,
        "bytesRead": loaded.bytes_read,
        "bytesWritten": loaded.bytes_written,
        "rejected": loaded.rejected,
        "rejects": [{"file": each.file, "line": each.line, "reason": each.reason} for each in loaded.rejects],
        "rejectedFile": loaded.rejected_file and str(loaded.rejected_file),
        "merged": loaded.merged,
        "longIntegers": loaded.long_integers,
    }


def _print(loaded: Loaded) -> None:
    """The figures, then what is worth knowing."""
    rate = loaded.events / loaded.seconds if loaded.seconds else 0
    typer.echo(
        f"{loaded.events:,} events into {loaded.index}, {loaded.fields:,} fields, {loaded.seconds:.1f} s "
        f"({rate:,.0f} events/s), {decimal(loaded.bytes_read)} read, {decimal(loaded.bytes_written)} written"
    )
    if loaded.rejected:
        typer.echo(f"{loaded.rejected:,} put aside, kept in {loaded.rejected_file}:", err=True)
        for aside in loaded.rejects:
            typer.echo(f"  {aside.file}:{aside.line}: {aside.reason}", err=True)
        if loaded.rejected > len(loaded.rejects):
            typer.echo(f"  and {loaded.rejected - len(loaded.rejects):,} more", err=True)
    for name, count in loaded.merged.items():
        typer.echo(f"`{name}` came dotted and nested in {count:,} events: it is a multivalue there", err=True)
    if loaded.long_integers:
        typer.echo(f"{loaded.long_integers:,} integers of more than 38 digits are kept as text", err=True)
