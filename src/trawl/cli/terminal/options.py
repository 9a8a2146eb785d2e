"""The options that many commands have, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

Data: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data", envvar="TRAWL_DATA", help="The data folder; by default one of the user's own."),
]
Url: TypeAlias = Annotated[
    str | None,
    typer.Option("--url", envvar="TRAWL_URL", help="Address of a running server; without it: the data folder itself."),
]
Query: TypeAlias = Annotated[str, typer.Argument(metavar="QUERY", show_default=False, help="The search query.")]
Start: TypeAlias = Annotated[str | None, typer.Option("--from", help="Start of the range, such as `now-7d`.")]
End: TypeAlias = Annotated[str | None, typer.Option("--to", help="End of the range, exclusive.")]
Format: TypeAlias = Annotated[Literal["table", "json", "csv"], typer.Option(help="What the rows are printed as.")]
Rows: TypeAlias = Annotated[
    int | None, typer.Option(min=0, help="Rows to print; 0 for all.", show_default="100 in a terminal, else all")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP API answers it.")]
TaskId: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The id of the task.", show_default=False)]
