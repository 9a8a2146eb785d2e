"""`trawl tasks`: what runs and what ran."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from trawl.cli.terminal.faults import USAGE, complain
from trawl.cli.terminal.options import Data, Format, Json, Rows, TaskId, Url
from trawl.cli.terminal.session import session

group = typer.Typer(help="List, show, read, stop, keep, delete and export tasks.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    app.add_typer(group, name="tasks")


@group.command("list")
def listing(
    status: Annotated[str | None, typer.Option(help="Only these states, such as `QUEUED,RUNNING`.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """List tasks, newest first."""
    with session(data, url) as client:
        found = client.list({"limit": str(limit)} | ({} if status is None else {"status": status}))
    if json:
        typer.echo(found.json_bytes())
        return
    width = Console().width if sys.stdout.isatty() else None
    typer.echo(f"{'id':<36}  {'status':<9}  {'%':>3}  {'rows':>11}  {'created':<19}  query"[:width])
    for task in found.tasks:
        label = task.name or " ".join(task.query.split())
        done = f"{task.progress.percent:.0f}"
        facts = f"{task.id}  {task.status:<9}  {done:>3}  {task.rows:>11,}  {task.created[:19]}  {label}"
        typer.echo(facts[:width])


@group.command()
def show(id: TaskId, json: Json = False, url: Url = None, data: Data = None) -> None:
    """Show one task: its state, range, progress, warnings and error."""
    with session(data, url) as client:
        task = client.get(id)
    if json:
        typer.echo(task.json_bytes())
        return
    from trawl.cli.terminal.results import warned

    told = task.model_dump(by_alias=True, exclude={"warnings", "error", "progress"}, exclude_none=True)
    told |= {"percent": task.progress.percent, "scannedRows": task.progress.scanned_rows}
    for name, value in told.items():
        typer.echo(f"{name:<14} {value}")
    for warning in task.warnings:
        typer.echo(warned(warning))
    if task.error is not None:
        complain(task.error.error())


@group.command()
def logs(
    id: TaskId,
    level: Annotated[
        Literal["DEBUG", "INFO", "WARN", "ERROR"], typer.Option(case_sensitive=False, help="Least level.")
    ] = "INFO",
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Print a task's log, all of it."""
    with session(data, url) as client:
        found = client.logs(id, level=level)
    if json:
        typer.echo(found.json_bytes())
        return
    for line in found.logs:
        about = f" {line.command}:" if line.command else ""
        typer.echo(f"{line.time[:23]}Z {line.level:<5} {line.phase:<6}{about} {line.message}")


@group.command()
def result(
    id: TaskId,
    format: Format = "table",
    rows: Rows = None,
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Print the rows that a task found, with its statistics."""
    from trawl.cli.terminal.results import Form, print_answer, print_facts, print_result

    with session(data, url) as client:
        if json:
            print_answer(client, id)
        else:
            print_result(client, id, Form(format), rows)
            print_facts(client, client.get(id))


@group.command()
def stop(
    id: Annotated[str | None, typer.Argument(metavar="ID", help="The id of the task.", show_default=False)] = None,
    all: Annotated[bool, typer.Option("--all", help="Stop every unfinished task.")] = False,
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Stop a task, or all of them. What they found so far is kept."""
    if (id is None) != all:
        raise typer.BadParameter("an ID or `--all` is expected")
    with session(data, url) as client:
        if id is None:
            every = client.stop_all()
            if json:
                typer.echo(every.json_bytes())
            elif every.stopped or not every.failed:
                typer.echo("\n".join(every.stopped) or "nothing to stop")
            for failed in every.failed:
                typer.echo(f"{failed} has not ended yet", err=True)
        else:
            task = client.stop(id)
            typer.echo(task.json_bytes() if json else f"{task.id} is {task.status}, {task.rows:,} rows")


@group.command()
def keep(
    id: TaskId,
    ttl: Annotated[str, typer.Argument(metavar="TTL", help="From its end, such as `30d`; `0`: until deleted.")],
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Set how long a task's result is kept."""
    with session(data, url) as client:
        task = client.keep(id, ttl)
    typer.echo(task.json_bytes() if json else f"{task.id} is kept until {task.expires or 'it is deleted'}")


@group.command()
def delete(id: TaskId, json: Json = False, url: Url = None, data: Data = None) -> None:
    """Delete a finished task's result from disk."""
    with session(data, url) as client:
        gone = client.delete(id)
    typer.echo(gone.json_bytes() if json else f"{gone.id} is deleted, {gone.freed_bytes:,} bytes are free again")


@group.command()
def export(
    id: TaskId,
    file: Annotated[
        Path, typer.Argument(help="Where to; its ending says the format: json, ndjson, csv, xlsx, parquet.")
    ],
    rows: Annotated[int, typer.Option(min=0, help="Rows to export; 0 for all.")] = 0,
    zip: Annotated[bool, typer.Option("--zip", help="Write a .zip that holds the file.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Take what an unfinished task has so far.")] = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Write a task's result to a file. The file appears once it is whole."""
    from trawl.api.requests import ExportFile

    ending = Path(file.stem if zip and file.suffix == ".zip" else file.name).suffix.removeprefix(".")
    if ending not in ("json", "ndjson", "csv", "xlsx", "parquet"):
        typer.echo(f"error: the ending of {file.name} names no format: json, ndjson, csv, xlsx, parquet", err=True)
        raise typer.Exit(USAGE)
    wanted = ExportFile.model_validate(
        {
            "file_name": file.name.removesuffix(".zip") if zip else file.name,
            "file_type": ending,
            "compress_results": zip,
            "partial": partial,
            **({"download_results_size": rows} if rows else {"download_all_results": True}),
        }
    )
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with session(data, url) as client, unfinished.open("wb") as written:
            for piece in client.export(id, wanted):
                written.write(piece)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes", err=True)
