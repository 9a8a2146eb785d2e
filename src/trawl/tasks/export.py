"""A result as a file: checked here, formatted by a process of its own, so that the server goes on answering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trawl.tasks.folders import Folders
from trawl.tasks.task import Task


@dataclass(frozen=True)
class Export:
    """A file wanted of a result (api.md 8).

    Attributes:
        file_name, file_type: as asked for; the extension is appended where it lacks.
        compress: as a `.zip` that holds the file. rows: how many at most, None for all.
        fields: which columns, None for all. partial: whether an unfinished task will do.
        bom, escape_formulas: options of csv.
    """

    file_name: str
    file_type: str
    compress: bool = False
    rows: int | None = 10_000
    fields: tuple[str, ...] | None = None
    partial: bool = False
    bom: bool = False
    escape_formulas: bool = False


@dataclass(frozen=True)
class ExportStream:
    """A file on its way. Closing `chunks` before its end stops the process that makes it.

    Attributes:
        name: with extension. rows: how many it holds. is_partial: made of a result that is not whole.
    """

    name: str
    media_type: str
    rows: int
    is_partial: bool
    chunks: Iterator[bytes]


def start_export(task: Task, folders: Folders, wanted: Export) -> ExportStream:
    """Starts the process that formats a task's result."""
    raise NotImplementedError
