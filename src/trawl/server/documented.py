"""What `/openapi.json` says of a call beyond its signature: its answer, its errors, examples of both."""

from __future__ import annotations

from typing import Any

from trawl.api.base import Shape
from trawl.api.faults import ErrorAnswer
from trawl.errors import MEANINGS, Code
from trawl.server.errors import STATUS

ALWAYS = (Code.FOREIGN_ORIGIN, Code.INTERNAL_ERROR)
"""Every call may answer these."""

QUERY_CODES = tuple(code for code in Code if STATUS[code] == 422)
"""What may be wrong with a query."""

TASK_CODES = (Code.TASK_NOT_FOUND, Code.TASK_GONE)
"""What any call about one task may answer."""


def answers(shape: type[Shape], description: str, *codes: Code, status: int = 200, **more: Any) -> dict[int | str, Any]:
    """The `responses` of a route: the answer, and each error that it may be instead.

    Args:
        shape: what the JSON answer looks like.
        codes: the errors besides those of every call.
        more: further keys of the answer's description, such as `headers`, or another media type in `content`.
    """
    found: dict[int | str, Any] = {status: {"model": shape, "description": description, **more}}
    return found | errors(*codes)


def errors(*codes: Code) -> dict[int | str, Any]:
    """The errors of a route by HTTP status, with an example for each code."""
    by_status: dict[int | str, list[Code]] = {}
    for code in (*codes, *ALWAYS):
        by_status.setdefault(STATUS[code], []).append(code)
    return {
        status: {
            "model": ErrorAnswer,
            "description": " ".join(MEANINGS[code] for code in found),
            "content": {"application/json": {"examples": {code.value: _example(code) for code in found}}},
        }
        for status, found in sorted(by_status.items())
    }


def _example(code: Code) -> dict[str, Any]:
    error = {"type": code.value, "reason": MEANINGS[code]}
    return {"summary": code.value, "value": {"error": error, "status": STATUS[code]}}
