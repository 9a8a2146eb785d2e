"""The API's description for people; `/openapi.json` is the one for programs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trawl.server.reference import render

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every call, field and error on one page."""
    return Response(render(request.app.openapi()), media_type="text/html")
