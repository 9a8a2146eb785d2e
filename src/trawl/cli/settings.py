"""`trawl settings`: the settings of the cluster."""

from __future__ import annotations

from typing import Annotated

import typer

from trawl.cli.terminal.options import Data, Json, Url
from trawl.cli.terminal.session import session


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(settings)


def settings(
    key: Annotated[str | None, typer.Argument(help="The setting to change.", show_default=False)] = None,
    value: Annotated[str | None, typer.Argument(help="Its new value.", show_default=False)] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Give it its default again.")] = False,
    json: Json = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Show the settings, or change one."""
    if (key is None) != (value is None and not reset) or (value is not None and reset):
        raise typer.BadParameter("KEY VALUE, KEY --reset, or nothing is expected")
    with session(data, url) as client:
        if key is not None:
            client.change_settings({key: None if reset else value})
        found = client.settings()
    if json:
        typer.echo(found.json_bytes())
        return
    for name, shown in sorted({**(found.defaults or {}), **found.persistent, **found.transient}.items()):
        changed = "" if name in (found.defaults or {}) else "  (changed)"
        typer.echo(f"{name:<45} {shown}{changed}")
