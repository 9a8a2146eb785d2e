"""A result as a file: checked here, formatted by a process of its own, so that the server goes on answering."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from trawl.errors import Code, Notice, TrawlError
from trawl.formats import archive, find
from trawl.formats.names import file_name
from trawl.results.reader import Result
from trawl.tasks.folders import Folders
from trawl.tasks.order import Finished, FromExport, Order
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


class Chunks:
    """The pieces of a file as its process makes them. Closing it ends the process, at whatever it is."""

    def __init__(self, order: Order, tell: Callable[[Iterable[Notice]], None]) -> None:
        self._scratch = order.scratch
        self._tell = tell
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "trawl.tasks.exporting", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._pipe: Connection[Order, FromExport] = Connection(ours.detach())
        self._pipe.send(order)
        self._ahead: list[bytes] = []
        self._closed = False

    def begin(self) -> Self:
        """Waits for the first piece, so that what goes wrong at once is known before anything is sent."""
        self._ahead.extend(piece for piece in [next(self, None)] if piece is not None)
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """The next piece. Raises `TrawlError` where the file cannot be finished."""
        if self._ahead:
            return self._ahead.pop()
        if self._closed:
            raise StopIteration
        try:
            message = self._pipe.recv()
        except (EOFError, OSError):
            message = TrawlError(Code.INTERNAL_ERROR, "the process that makes the file ended before the file did")
        if isinstance(message, bytes):
            return message
        self.close()
        if isinstance(message, TrawlError):
            raise message
        assert isinstance(message, Finished)
        self._tell(message.notices)
        raise StopIteration

    def close(self) -> None:
        """Ends the process and removes its temporary files. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._process.kill()
            self._process.wait()
            self._pipe.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def __del__(self) -> None:
        if hasattr(self, "_closed"):
            self.close()


@dataclass(frozen=True)
class ExportStream:
    """A file on its way. Whoever does not read `chunks` to the end closes it.

    Attributes:
        name: with extension. rows: how many it holds. is_partial: made of a result that is not whole.
    """

    name: str
    media_type: str
    rows: int
    is_partial: bool
    chunks: Chunks


def start_export(
    task: Task, folders: Folders, wanted: Export, tell: Callable[[Iterable[Notice]], None]
) -> ExportStream:
    """Starts the process that formats what can be read of a task; answers once the file has begun to come.

    Args:
        tell: takes what is worth knowing about the file, at its end.

    Raises:
        TrawlError: `MALFORMED_REQUEST` for a name or a type that is none, or columns that do not fit; `NO_ROOM`.
    """
    format_ = find(wanted.file_type)
    is_partial = task.is_partial or not task.status.is_end
    name = file_name(wanted.file_name, format_.extension, is_partial=is_partial)
    folder = folders.attempt(task.id, task.attempt)
    available = Result(folder).rows
    rows = available if wanted.rows is None else min(available, wanted.rows)
    folder.mkdir(parents=True, exist_ok=True)
    order = Order(
        folder=folder,
        scratch=Path(tempfile.mkdtemp(prefix="export-", dir=folder)),
        file_type=format_.name,
        pack_as=name if wanted.compress else None,
        rows=rows,
        fields=wanted.fields,
        bom=wanted.bom,
        escape_formulas=wanted.escape_formulas,
    )
    return ExportStream(
        name=name + archive.EXTENSION if wanted.compress else name,
        media_type=archive.MEDIA_TYPE if wanted.compress else format_.media_type,
        rows=rows,
        is_partial=is_partial,
        chunks=Chunks(order, tell).begin(),
    )
