"""`trawl lookups`: the tables that `lookup` and `inputlookup` read."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import orjson
import typer
from rich.console import Console
from rich.filesize import decimal

from trawl.cli.terminal.options import Data, Json

if TYPE_CHECKING:
    from trawl.catalog.base import Source
    from trawl.store import Store

group = typer.Typer(help="List, show, put and delete lookups of the data folder.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The lookup, as queries name it.", show_default=False)]
_COLUMNS: Final = ("lookup", "rows", "size", "fields")


def register(app: typer.Typer) -> None:
    """Adds the group."""
    app.add_typer(group, name="lookups")


@group.command("list")
def listing(json: Json = False, data: Data = None) -> None:
    """List the lookups: rows, bytes and fields. A file that cannot be read is told of."""
    from trawl.assembly import open_sources
    from trawl.errors import TrawlError
    from trawl.settings.process import Settings

    found: list[tuple[str, Source | TrawlError]] = []
    with open_sources(Settings.load(data)) as store:
        for name in store.lookups():
            try:
                found.append((name, store.lookup(name)))
            except TrawlError as error:
                found.append((name, error))
    if json:
        typer.echo(orjson.dumps([_to_json(*item) for item in found]).decode())
        return
    from trawl.cli.terminal import table

    rows = [dict(zip(_COLUMNS, _facts(*item), strict=True)) for item in found]
    for line in table.written(_COLUMNS, rows, Console().width if sys.stdout.isatty() else None) if rows else ():
        typer.echo(line)


@group.command()
def show(
    name: Name,
    rows: Annotated[int, typer.Option(min=0, help="Rows to print; 0 for all.")] = 10,
    json: Json = False,
    data: Data = None,
) -> None:
    """Show the first rows of a lookup."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings

    with open_sources(Settings.load(data)) as store:
        source = store.lookup(name)
        found = _first(store, source, rows)
    if json:
        typer.echo(orjson.dumps(found).decode())
        return
    from trawl.cli.terminal import table

    for line in table.written(source.schema.names, found, Console().width if sys.stdout.isatty() else None):
        typer.echo(line)
    if len(found) < source.rows:
        typer.echo(f"{len(found):,} of {source.rows:,} rows; `--rows 0` prints all", err=True)


@group.command()
def put(
    name: Name,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, Parquet or JSON, by its ending.", show_default=False)
    ],
    json: Json = False,
    data: Data = None,
) -> None:
    """Make a copy of a file a lookup, in place of what the lookup was."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings

    with open_sources(Settings.load(data)) as store:
        placed = store.put_lookup(name, file)
        source = store.lookup(placed.name)
    if json:
        typer.echo(orjson.dumps(_to_json(name, source)).decode())
    else:
        typer.echo(f"{source.rows:,} rows of {len(source.schema):,} fields in {placed}")


@group.command()
def delete(name: Name, data: Data = None) -> None:
    """Delete the file of a lookup."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings

    with open_sources(Settings.load(data)) as store:
        typer.echo(f"{store.delete_lookup(name)} is deleted")


def _first(store: Store, source: Source, most: int) -> list[dict[str, object]]:
    """The first rows as JSON has them, a null left out; all for 0."""
    from trawl.algebra import Given, Slice
    from trawl.arrow import rows_of
    from trawl.assembly import embedded_engine
    from trawl.engines.base import Work
    from trawl.wire import json_value

    relation = Slice(Given(source.name, schema=source.schema), most or None, schema=source.schema)
    engine = embedded_engine()
    with tempfile.TemporaryDirectory(prefix="trawl-") as scratch:
        execution = engine.start(Work(relation, store.snapshot((source.name,)), Path(scratch)))
        rows = [row for batch in execution.batches() for row in rows_of(batch)]
    engine.close()
    return [{name: json_value(value) for name, value in row.items()} for row in rows]


def _facts(name: str, found: Source | Exception) -> tuple[object, ...]:
    if isinstance(found, Exception):
        return name, None, None, str(found)
    return name, found.rows, decimal(found.bytes), ", ".join(found.schema.names)


def _to_json(name: str, found: Source | Exception) -> dict[str, object]:
    if isinstance(found, Exception):
        return {"name": name, "error": str(found)}
    return {
        "name": name,
        "rows": found.rows,
        "bytes": found.bytes,
        "fields": [{"name": column.name, "type": column.type.name} for column in found.schema],
    }
