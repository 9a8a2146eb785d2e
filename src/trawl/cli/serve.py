"""`trawl serve`: the HTTP API over a data folder."""

from __future__ import annotations

import logging
from typing import Annotated, Any

import typer

from trawl.cli.terminal.logging import log_to_stderr
from trawl.cli.terminal.options import Data


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; one of this host's own.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535)] = None,
) -> None:
    """Serve the HTTP API and run searches, until Ctrl-C; searches that run then go on at the next start."""
    from trawl.server.serving import serve as run  # the web framework takes half a second to import
    from trawl.settings.process import Settings

    log_to_stderr(logging.INFO)
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run(Settings.load(data, **given), lambda url: typer.echo(f"trawl serves {url} (reference: {url}/docs)"))
