"""`trawl search`: one search from its query to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from trawl.cli.terminal.faults import FAILED, INTERRUPTED, about, complain
from trawl.cli.terminal.options import Data, End, Format, Json, Query, Rows, Start, Url
from trawl.cli.terminal.session import session

if TYPE_CHECKING:
    from trawl.api.answers import TaskAnswer
    from trawl.client import Client


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(search)


def search(
    query: Query,
    start: Start = None,
    end: End = None,
    stats: Annotated[bool, typer.Option("--stats", help="Show a timeline and the fields of the events.")] = False,
    cost: Annotated[
        Literal["OFF", "INFO", "DEBUG"], typer.Option(case_sensitive=False, help="Show what it cost.")
    ] = "OFF",
    format: Format = "table",
    rows: Rows = None,
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Search events and print what is found. Ctrl-C stops the search; what it found so far is kept.

    Rows go to stdout, everything about them to stderr. Into a pipe all rows are printed.
    """
    from trawl.api.requests import CreateTask
    from trawl.cli.terminal.results import Form, note, print_answer, print_facts, print_result

    body = {"query": query, "dtStart": start, "dtEnd": end, "calculateStats": stats, "calculateExecutionCost": cost}
    with about(query), session(data, url, runs=True) as client:
        id = client.submit(CreateTask.model_validate(body)).id
        task = _followed(client, id)
        if json:
            print_answer(client, id)
        else:
            print_result(client, id, Form(format), rows)
            print_facts(client, task)
        part = ", not all that the query asks for" if task.is_partial else ""
        note(f"{task.rows:,} rows{part}; task {id} is {task.status}")
    if task.error is not None:
        complain(task.error.error())
    if task.status != "COMPLETED":
        raise typer.Exit(FAILED)


def _followed(client: Client, id: str) -> TaskAnswer:
    """The task once it has ended. Ctrl-C stops it and ends the command."""
    from trawl.cli.terminal.results import note

    try:
        with _bar() as bar:
            shown = bar.add_task("waiting", total=100)
            for task in client.watch(id):
                what = f"{task.status.lower()}  {task.rows:,} rows"
                bar.update(shown, completed=task.progress.percent, description=what)
            return task
    except KeyboardInterrupt:
        stopped = client.stop(id)
        note(f"stopped; `trawl tasks result {id}` prints the {stopped.rows:,} rows found until then")
        raise typer.Exit(INTERRUPTED) from None


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
