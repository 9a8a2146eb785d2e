"""What a task found: pages of its result, and files made of it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from trawl.api.pages import Page as PageShape
from trawl.api.requests import ExportFile, Form, ResultParameters
from trawl.errors import Code
from trawl.server.answers import streamed
from trawl.server.caller import CallerOf
from trawl.server.documented import TASK_CODES, answers, errors
from trawl.server.pages import Page
from trawl.server.services import TaskId, TasksOf
from trawl.server.strict import StrictRoute

router = APIRouter(tags=["results"], route_class=StrictRoute)

NDJSON: Final = "application/x-ndjson"

FILE: Final[dict[int | str, Any]] = {
    200: {
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
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
        "Content-Disposition": disposition(file.name),
        "X-Trawl-Rows": str(file.rows),
        "X-Trawl-Partial": "true" if file.is_partial else "false",
    }
    return StreamingResponse(file.chunks, 200, headers, file.media_type)


def disposition(name: str) -> str:
    """The header that names a file: in ASCII for old readers, in full for the others (RFC 6266)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
