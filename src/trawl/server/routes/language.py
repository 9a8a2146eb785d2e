"""The language, for editors: what there is, and what can be said of a query that is being written."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Response

from trawl.api.language import LanguageAnswer, ParsedQuery, ParseQuery
from trawl.errors import Code
from trawl.server.answers import JSON, shaped
from trawl.server.documented import answers
from trawl.server.services import TasksOf
from trawl.server.strict import StrictRoute

router = APIRouter(tags=["language"], route_class=StrictRoute)


@router.get("/language", responses=answers(LanguageAnswer, "The language."))
def language() -> Response:
    """All commands, functions and aggregations with their documentation."""
    return Response(_whole(), media_type=JSON)


@cache
def _whole() -> bytes:
    return LanguageAnswer.whole().json_bytes()


@router.post(
    "/language/parse",
    responses=answers(
        ParsedQuery,
        "What can be said of the query. What is wrong with it is part of the answer.",
        Code.MALFORMED_REQUEST,
        Code.UNSUPPORTED_MEDIA_TYPE,
        Code.BODY_TOO_LARGE,
        Code.INVALID_TIME,
    ),
)
def parse(body: ParseQuery, tasks: TasksOf) -> Response:
    """The commands, columns, errors and canonical text of a query, and what may be written at a place of it."""
    wanted = body.wanted()
    found = tasks.look(wanted)
    completion = None
    if body.position is not None:
        completion = tasks.complete(wanted, min(body.position, len(body.query)))
    return shaped(ParsedQuery.of(found, completion, body.query))
