"""The options that many commands have, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Data: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data", envvar="TRAWL_DATA", help="The data folder; by default one of the user's own."),
]
Url: TypeAlias = Annotated[
    str | None,
    typer.Option("--url", envvar="TRAWL_URL", help="Address of a running server; without it: the data folder itself."),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP API answers it.")]
TaskId: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The id of the task.", show_default=False)]
