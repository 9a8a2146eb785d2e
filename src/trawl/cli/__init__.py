"""The command line: each module of this folder is a command or a group of them, and the folder is the registry.

Exit status: 0 done · 1 the search failed or was stopped, or a fault of the program · 2 wrong usage, or a
query that cannot be planned · 3 no such task · 4 the task is in the wrong state · 5 no server answers ·
130 interrupted.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated

import typer

import trawl

HELP = "Background searches over log and event data."


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trawl {trawl.__version__}")
        raise typer.Exit


def build() -> typer.Typer:
    """The command line with every command of this folder, by name of module."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback(help=HELP)
    def options(
        version: Annotated[
            bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
        ] = False,
    ) -> None:
        """Options before the command."""

    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg:  # packages hold what the commands share
            importlib.import_module(f"{__name__}.{module.name}").register(app)
    return app


def main() -> None:
    """The program `trawl`: runs one command and ends the process with its exit status."""
    from trawl.cli.terminal.faults import exit_status

    raise SystemExit(exit_status(build()))
