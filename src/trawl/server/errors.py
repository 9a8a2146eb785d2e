"""How errors look on the wire: the one table from code to HTTP status, and the one handler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from trawl.api.refusals import refusal
from trawl.errors import Code, TrawlError, excerpt, locate

STATUS: Final[Mapping[Code, int]] = {
    Code.MALFORMED_REQUEST: 400,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.BODY_TOO_LARGE: 413,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.RANGE_NOT_SATISFIABLE: 416,
    Code.FOREIGN_ORIGIN: 403,
    Code.UNAVAILABLE: 503,
    Code.INVALID_TIME: 400,
    Code.INVALID_SETTING: 400,
    Code.IDEMPOTENCY_CONFLICT: 409,
    Code.SYNTAX_ERROR: 422,
    Code.UNKNOWN_COMMAND: 422,
    Code.UNKNOWN_FUNCTION: 422,
    Code.UNKNOWN_MACRO: 422,
    Code.UNKNOWN_ARGUMENT: 422,
    Code.INVALID_ARGUMENT: 422,
    Code.TYPE_MISMATCH: 422,
    Code.WRONG_POSITION: 422,
    Code.UNKNOWN_SOURCE: 422,
    Code.UNKNOWN_FIELD: 422,
    Code.QUERY_TOO_LARGE: 422,
    Code.QUERY_TOO_DEEP: 422,
    Code.TASK_NOT_FOUND: 404,
    Code.TASK_GONE: 410,
    Code.WRONG_STATE: 409,
    Code.TOO_MANY_TASKS: 429,
    Code.NO_ROOM: 507,
    Code.MEMORY_LIMIT_EXCEEDED: 500,
    Code.WORKER_DIED: 500,
    Code.ENGINE_ERROR: 500,
    Code.SOURCE_CHANGED: 500,
    Code.STOPPED: 409,
    Code.INTERNAL_ERROR: 500,
    Code.UNREADABLE_FILE: 400,
    Code.INVALID_INDEX_NAME: 400,
}
"""The HTTP status of each code. A test holds it complete."""

RETRY_AFTER_SECONDS: Final = 5
"""What `Retry-After` says of a quota: about as long as a short search or export takes."""


def status_of(error: TrawlError) -> int:
    """The HTTP status of an error: a time that cannot be read is 400, but 422 where it stands in the query."""
    return 422 if error.span is not None and STATUS[error.code] == 400 else STATUS[error.code]


def body_of(error: TrawlError, query: str | None = None) -> dict[str, Any]:
    """The error body of api.md 1; with the query's text it has position and excerpt."""
    described = _described(error, query)
    described.update(error.facts)
    if error.others:
        described["others"] = [_described(other, query) for other in error.others]
    return {"error": described, "status": status_of(error)}


def _described(error: TrawlError, query: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"type": error.code.value, "reason": error.reason}
    if error.hint is not None:
        found["hint"] = error.hint
    if error.span is not None and query is not None:
        found["position"] = locate(query, error.span)
        found["excerpt"] = excerpt(query, error.span)
    return found


def answer(error: TrawlError, query: str | None = None) -> Response:
    """The HTTP answer of an error."""
    content = orjson.dumps(body_of(error, query), default=str)
    return Response(content, status_of(error), _headers(error), "application/json")


def _headers(error: TrawlError) -> dict[str, str]:
    match error.code:
        case Code.TOO_MANY_TASKS:
            return {"Retry-After": str(RETRY_AFTER_SECONDS)}
        case Code.RANGE_NOT_SATISFIABLE:
            return {"Content-Range": f"bytes */{error.facts['length']}"}
    return {}


def handle(request: Request, error: Exception) -> Response:
    """Answers any error that a route let climb. What a fault of the program was stays in the log (uvicorn's)."""
    match error:
        case TrawlError():
            return answer(error, getattr(request.state, "query", None))
        case RequestValidationError():
            return answer(refusal(error.errors()))
        case HTTPException():
            found = answer(_of_framework(request, error))
            found.headers.update(error.headers or {})
            return found
    return answer(TrawlError(Code.INTERNAL_ERROR, "the program failed on this request; its log has the details"))


def _of_framework(request: Request, error: HTTPException) -> TrawlError:
    match error.status_code:
        case 404:
            return TrawlError(Code.NOT_FOUND, "there is no such call", hint="`/docs` lists every call")
        case 405:
            allowed = (error.headers or {}).get("Allow", "another method")
            return TrawlError(Code.METHOD_NOT_ALLOWED, f"the call takes {allowed}, not {request.method}")
        case 413:
            return TrawlError(Code.BODY_TOO_LARGE, "the body is larger than the server takes")
    return TrawlError(Code.MALFORMED_REQUEST, "the body could not be read as JSON")


def install(app: FastAPI) -> None:
    """Makes `handle` the handler of every error of the app."""
    for kind in (TrawlError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
