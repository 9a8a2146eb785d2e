"""Printing what a task found: the rows to stdout, all that is about them to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import orjson
import typer
from rich.console import Console

from trawl.api.answers import TaskAnswer
from trawl.api.faults import Warning
from trawl.api.requests import ExportFile
from trawl.cli.terminal import stats, table

if TYPE_CHECKING:
    from trawl.client import Client

SHOWN: Final = 100
"""Rows of a table in a terminal, where the command does not say how many."""


class Form(StrEnum):
    """What a result is printed as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def print_result(client: Client, id: str, form: Form, rows: int | None) -> None:
    """The rows of a result on stdout.

    Args:
        rows: how many at most, 0 for all; None: all, but a screenful or two of a table in a terminal.
    """
    if form is Form.TABLE:
        _print_table(client, id, SHOWN if rows is None and sys.stdout.isatty() else rows or None)
        return
    size = {"download_all_results": True} if not rows else {"download_results_size": rows}
    wanted = ExportFile.model_validate({"file_name": "result", "file_type": form.value, "partial": True, **size})
    _write(client.export(id, wanted))


def print_answer(client: Client, id: str, start: int = 0, stop: int | None = None) -> None:
    """The result as the HTTP API answers it."""
    _write(client.raw_answer(id, start, stop))
    typer.echo()


def _print_table(client: Client, id: str, most: int | None) -> None:
    head = client.answer(id, 0, 0)
    if not head.total:
        note("no rows")
        return
    rows = _parsed(client.rows(id, 0, most))
    width = Console().width if sys.stdout.isatty() else None
    for line in table.written([field.name for field in head.fields], rows, width):
        typer.echo(line)
    if most is not None and head.total > most:
        note(f"{most:,} of {head.total:,} rows; `--rows 0` prints all")


def _parsed(pieces: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from map(orjson.loads, lines)


def _write(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def print_facts(client: Client, task: TaskAnswer) -> None:
    """Warnings, statistics and cost of a task on stderr."""
    for warning in task.warnings:
        note(warned(warning))
    page = client.answer(task.id, 0, 0)
    for line in stats.written(page, Console(stderr=True).width):
        note(line)
    if page.execution_cost is not None:
        note(page.execution_cost.model_dump_json(by_alias=True, indent=2))


def warned(warning: Warning) -> str:
    """A warning in one line."""
    place = "" if warning.position is None else f" (line {warning.position.line}, column {warning.position.column})"
    often = "" if warning.count is None else f" ({warning.count:,} times)"
    return f"warning: {warning.message}{place}{often}"


def note(line: str) -> None:
    """A line that is about the result, on stderr."""
    typer.echo(line, err=True)
