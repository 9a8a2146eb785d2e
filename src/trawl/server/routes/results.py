"""What a task found: pages of its result, and files made of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from trawl import formats
from trawl.api.pages import Page as PageShape
from trawl.api.requests import ExportFile, Form, ResultParameters
from trawl.errors import Code
from trawl.formats import archive
from trawl.formats.names import content_disposition
from trawl.server.answers import streamed
from trawl.server.audit import AuditOf
from trawl.server.caller import CallerOf
from trawl.server.documented import TASK_CODES, answers, errors
from trawl.server.pages import Page
from trawl.server.ranges import file_headers, part_wanted, tag_wanted
from trawl.server.services import ExportsOf, TaskId, TasksOf
from trawl.server.strict import StrictRoute

router = APIRouter(tags=["results"], route_class=StrictRoute)

NDJSON: Final = "application/x-ndjson"

_CONTENT: Final = {
    name.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
    for name in (*(format_.media_type for format_ in formats.every().values()), archive.MEDIA_TYPE)
}
_HEADERS: Final[dict[str, Any]] = {
    name: {"description": description, "schema": schema}
    for name, description, schema in (
        ("Content-Disposition", "The file's name.", {"type": "string"}),
        ("X-Trawl-Rows", "How many rows the file holds.", {"type": "integer"}),
        (
            "X-Trawl-Partial",
            "Whether it was made of a result that is not whole.",
            {"type": "string", "enum": ["true", "false"]},
        ),
        ("ETag", "Names the file's bytes: the same for the same rows in the same form.", {"type": "string"}),
        ("Accept-Ranges", "That a part of the file can be asked for.", {"type": "string", "enum": ["bytes"]}),
        (
            "Digest",
            "SHA-256 of the whole file, where it is known before the file comes: once it was made to its end.",
            {"type": "string", "examples": ["sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]},
        ),
    )
}
FILE: Final[dict[int | str, Any]] = {
    200: {"description": "The file.", "content": _CONTENT, "headers": _HEADERS},
    206: {
        "description": "The bytes of the file that `Range` asks for.",
        "content": _CONTENT,
        "headers": {
            **_HEADERS,
            "Content-Range": {"description": "Which bytes, and of how many.", "schema": {"type": "string"}},
        },
    },
}


@router.get(
    "/response/{id}",
    responses=answers(
        PageShape,
        "The rows asked for.",
        *TASK_CODES,
        Code.MALFORMED_REQUEST,
        content={NDJSON: {"schema": {"type": "string"}}},
    ),
)
def result(
    id: TaskId,
    parameters: Annotated[ResultParameters, Query()],
    request: Request,
    tasks: TasksOf,
    caller: CallerOf,
) -> Response:
    """The rows of a result from `from` up to `to`; all of them if neither is given."""
    page = Page(tasks.answer(id, caller.sees), parameters.checked())
    match parameters.format or (Form.NDJSON if NDJSON in request.headers.get("accept", "") else Form.ROWS):
        case Form.ROWS:
            return streamed(page.as_rows())
        case Form.COLUMNS:
            return streamed(page.as_columns())
        case Form.NDJSON:
            return streamed(page.as_lines(), NDJSON, page.headers)


@router.post(
    "/file_download/{id}",
    response_class=Response,
    responses=FILE
    | errors(
        *TASK_CODES,
        Code.MALFORMED_REQUEST,
        Code.UNSUPPORTED_MEDIA_TYPE,
        Code.BODY_TOO_LARGE,
        Code.WRONG_STATE,
        Code.RANGE_NOT_SATISFIABLE,
        Code.TOO_MANY_TASKS,
        Code.NO_ROOM,
        Code.UNAVAILABLE,
    ),
)
async def export(
    id: TaskId,
    body: ExportFile,
    tasks: TasksOf,
    caller: CallerOf,
    exports: ExportsOf,
    audit: AuditOf,
    request: Request,
    range: Annotated[
        str | None, Header(description="Which bytes of the file: one range such as `bytes=1000-`; others are ignored.")
    ] = None,
    if_range: Annotated[
        str | None,
        Header(description="`ETag` of the file that `range` is about; if it is another one, all of it comes."),
    ] = None,
) -> Response:
    """A file with rows of the stored result; the search is not run again.

    A download that was cut off goes on with `Range`, and with the file's `ETag` in `If-Range`: the same body makes
    the same bytes for as long as the task is there.
    """
    wanted = replace(body.wanted(), part=part_wanted(range), part_of=tag_wanted(if_range))
    leaving = asyncio.create_task(_disconnected(request))
    try:
        file = await to_thread.run_sync(tasks.export, id, caller.sees, wanted, leaving.done, limiter=exports)
    finally:
        leaving.cancel()
    audit.done("download", task=id, file=file.name)
    headers = {
        "Content-Disposition": content_disposition(file.name),
        "X-Trawl-Rows": str(file.rows),
        "X-Trawl-Partial": "true" if file.is_partial else "false",
        **file_headers(file.tag, file.whole, file.part),
    }
    return StreamingResponse(file.chunks, 200 if file.part is None else 206, headers, file.media_type)


async def _disconnected(request: Request) -> None:
    """Returns when the caller has gone. For requests whose body was read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
