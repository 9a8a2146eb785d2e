"""`trawl format`: a query laid out for reading."""

from __future__ import annotations

import sys
from typing import Annotated

import orjson
import typer

from trawl.cli.terminal.faults import about
from trawl.cli.terminal.options import Data, Json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(name="format")(format_query)


def format_query(
    query: Annotated[str, typer.Argument(help="The query; `-` reads it from the standard input.")],
    json: Json = False,
    data: Data = None,
) -> None:
    """Lay a query out for reading: a command a line, subqueries set in, comments kept."""
    from trawl import commands
    from trawl.settings.process import Settings

    text = sys.stdin.read() if query == "-" else query
    with about(text):
        read = commands.read(text, Settings.load(data).macros)
        laid_out = commands.laid_out(read)
    typer.echo(orjson.dumps({"query": commands.write(read), "formatted": laid_out}) if json else laid_out)
