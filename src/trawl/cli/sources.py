"""`trawl sources`: what can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import orjson
import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from trawl.cli.terminal.options import Data, Json

if TYPE_CHECKING:
    from trawl.catalog.base import Source

_COLUMNS: Final[tuple[tuple[str, Literal["left", "right"]], ...]] = (
    ("source", "left"),
    ("events", "right"),
    ("fields", "right"),
    ("size", "right"),
    ("first", "left"),
    ("last", "left"),
)

_LEAST_WIDTH: Final = 110
"""Characters; times are not to be cut where the output is no terminal."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(sources)


def sources(data: Data = None, json: Json = False) -> None:
    """List the indices and mounted sources: events, fields, bytes, first and last time."""
    from trawl.assembly import open_sources
    from trawl.settings.process import Settings

    with open_sources(Settings.load(data)) as store:
        found = [source for name in store.names() if (source := store.source(name)) is not None]
    if json:
        typer.echo(orjson.dumps([_to_json(source) for source in found]).decode())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, align in _COLUMNS:
        table.add_column(title, justify=align, no_wrap=True)
    for source in found:
        times = (str(time) if time else "" for time in (source.first, source.last))
        table.add_row(source.name, f"{source.rows:,}", f"{len(source.schema):,}", decimal(source.bytes), *times)
    Console(width=max(Console().width, _LEAST_WIDTH)).print(table)


def _to_json(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "rows": source.rows,
        "bytes": source.bytes,
        "first": source.first and str(source.first),
        "last": source.last and str(source.last),
        "timeField": source.time_field,
        "fields": [{"name": column.name, "type": column.type.name} for column in source.schema],
    }
