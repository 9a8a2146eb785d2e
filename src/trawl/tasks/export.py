"""A result as a file: checked here, formatted by a process of its own, so that the server goes on answering."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trawl.formats import archive, find
from trawl.formats.names import file_name
from trawl.results.reader import Result
from trawl.tasks.chunks import Chunks
from trawl.tasks.exported import Exported
from trawl.tasks.folders import Folders
from trawl.tasks.journal import Level, Note, Phase
from trawl.tasks.order import Known, Order, Part, Whole
from trawl.tasks.places import Places
from trawl.tasks.task import Status, Task
from trawl.tasks.warned import words


@dataclass(frozen=True)
class Export:
    """A file wanted of a result (api.md 8).

    Attributes:
        file_name, file_type: as asked for; the extension is appended where it lacks.
        compress: as a `.zip` that holds the file. rows: how many at most, None for all.
        fields: which columns, None for all. partial: whether an unfinished task will do.
        bom, escape_formulas: options of csv.
        part: which bytes of the file, None for all.
        part_of: the tag of the file that a part is wanted of; if it has another one, all of it is made.
    """

    file_name: str
    file_type: str
    compress: bool = False
    rows: int | None = 10_000
    fields: tuple[str, ...] | None = None
    partial: bool = False
    bom: bool = False
    escape_formulas: bool = False
    part: Part | None = None
    part_of: str | None = None


@dataclass(frozen=True)
class ExportStream:
    """A file on its way. Whoever does not read `chunks` to the end closes it.

    Attributes:
        name: with extension. rows: how many it holds. is_partial: made of a result that is not whole.
        tag: names the bytes of the file. whole: what is known of it, None if it was never made to its end.
        part: the bytes of it that come, None for all.
    """

    name: str
    media_type: str
    rows: int
    is_partial: bool
    chunks: Chunks
    tag: str
    whole: Whole | None
    part: range | None


def start_export(
    task: Task,
    folders: Folders,
    wanted: Export,
    tell: Callable[[Sequence[Note]], None],
    room: int | None,
    is_unwanted: Callable[[], bool],
    places: Places,
) -> ExportStream:
    """Starts the process that formats what can be read of a task; answers once the file has begun to come.

    Args:
        tell: takes lines for the task's log, once the file was made to its end.
        room: bytes that temporary files may take, None for as many as the disk has.
        is_unwanted: whether nobody waits any more for the file to come; asked from time to time.
        places: for as many as may be made at once.

    Raises:
        TrawlError: `MALFORMED_REQUEST` for a name or a type that is none, or columns that do not fit or are not
            there; `RANGE_NOT_SATISFIABLE`; `TOO_MANY_TASKS`; `NO_ROOM`; `STOPPED` where it became unwanted.
    """
    format_ = find(wanted.file_type)
    is_partial = task.is_partial or not task.status.is_end
    asked = wanted.file_name
    if wanted.compress and asked.lower().endswith(archive.EXTENSION):
        asked = asked[: -len(archive.EXTENSION)]
    name = file_name(asked, format_.extension, is_partial=is_partial)
    # One that is queued again has nothing to show, as on its pages: its next attempt starts anew.
    folder = folders.attempt(task.id, 0 if task.status is Status.QUEUED else task.attempt)
    result = Result(folder)
    rows = result.rows if wanted.rows is None else min(result.rows, wanted.rows)
    exported = Exported(folder)
    order = Order(
        folder=folder,
        scratch=folder,
        file_type=format_.name,
        pack_as=name if wanted.compress else None,
        made=task.finished or task.created,
        rows=rows,
        fields=None if wanted.fields is None else result.chosen(wanted.fields).names,
        bom=wanted.bom,
        escape_formulas=wanted.escape_formulas,
        room=room,
        part=None,
        whole=None,
    )
    tag = exported.tag(order)
    known = exported.recall(tag)
    part = wanted.part if wanted.part_of in (None, tag) else None
    if part is not None and known is not None:
        part.within(known)
    sent_name = name + archive.EXTENSION if wanted.compress else name

    def keep(made: Known) -> None:
        exported.keep(tag, made.whole)
        if notes := [Note(Level.WARN, Phase.WRITE, f"{sent_name}: {words(notice)}") for notice in made.notices]:
            tell(notes)

    chunks = Chunks(dataclasses.replace(order, part=part, whole=known), keep, places).begin(is_unwanted)
    whole = chunks.whole
    return ExportStream(
        name=sent_name,
        media_type=archive.MEDIA_TYPE if wanted.compress else format_.media_type,
        rows=rows,
        is_partial=is_partial,
        chunks=chunks,
        tag=tag,
        whole=whole,
        part=None if part is None or whole is None else part.within(whole),
    )
