"""Whether the server lives, and whether it can run searches."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from trawl.api.answers import Health
from trawl.errors import Code, TrawlError
from trawl.server.answers import shaped
from trawl.server.documented import answers
from trawl.server.services import ClusterOf

router = APIRouter(tags=["health"])


@router.get("/live", responses=answers(Health, "The process answers."))
async def live() -> Response:
    """Whether the process answers."""
    return shaped(Health(status="live"))


@router.get("/ready", responses=answers(Health, "The server takes searches.", Code.UNAVAILABLE))
def ready(cluster: ClusterOf) -> Response:
    """Whether the database behind the server answers."""
    try:
        cluster.all()
    except SQLAlchemyError as error:
        raise TrawlError(Code.UNAVAILABLE, "the database does not answer") from error
    return shaped(Health(status="ready"))
