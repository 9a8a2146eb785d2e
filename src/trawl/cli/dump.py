"""`trawl dump`: an index as one Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.filesize import decimal

from trawl.cli.terminal.options import Data, Json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(dump)


def dump(
    index: Annotated[str, typer.Argument(help="The index.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The Parquet file to write.", show_default=False)],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write all events of an index into one Parquet file, its columns named as the fields are."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings

    with open_sources(Settings.load(data)) as store:
        rows = store.dump(index, output)
    size = output.stat().st_size
    if json:
        typer.echo(orjson.dumps({"index": index, "events": rows, "file": str(output), "bytes": size}).decode())
    else:
        typer.echo(f"{rows:,} events of {index} in {output}, {decimal(size)}")
