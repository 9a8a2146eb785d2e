"""What a task found: pages of its result, and files made of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from trawl import formats
from trawl.api.pages import Page as PageShape
from trawl.api.requests import ExportFile, Form, ResultParameters
from trawl.errors import Code
from trawl.formats import archive
from trawl.formats.names import content_disposition
from trawl.server.answers import streamed
from trawl.server.caller import CallerOf
from trawl.server.documented import TASK_CODES, answers, errors
from trawl.server.pages import Page
from trawl.server.services import TaskId, TasksOf
from trawl.server.strict import StrictRoute

router = APIRouter(tags=["results"], route_class=StrictRoute)

NDJSON: Final = "application/x-ndjson"

MEDIA_TYPES: Final = (*(format_.media_type for format_ in formats.every().values()), archive.MEDIA_TYPE)
"""What a file may be."""

FILE: Final[dict[int | str, Any]] = {
    200: {
        "description": "The file.",
        "content": {name.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in MEDIA_TYPES},
        "headers": {
            "Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}},
            "X-Trawl-Rows": {"description": "How many rows the file holds.", "schema": {"type": "integer"}},
            "X-Trawl-Partial": {
                "description": "Whether it was made of a result that is not whole.",
                "schema": {"type": "string", "enum": ["true", "false"]},
            },
        },
    }
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
        Code.NO_ROOM,
    ),
)
def export(id: TaskId, body: ExportFile, tasks: TasksOf, caller: CallerOf) -> Response:
    """A file with rows of the stored result; the search is not run again."""
    file = tasks.export(id, caller.sees, body.wanted())
    headers = {
        "Content-Disposition": content_disposition(file.name),
        "X-Trawl-Rows": str(file.rows),
        "X-Trawl-Partial": "true" if file.is_partial else "false",
    }
    return StreamingResponse(file.chunks, 200, headers, file.media_type)
