"""The app: routes, errors and guard put together over the services that the API is about."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

import trawl
from trawl.server import description, errors
from trawl.server.guard import Guard
from trawl.server.routes import docs, health, language, logs, results, settings, tasks
from trawl.server.services import Services

DESCRIPTION: Final = """
Background searches over log and event data: create a task, follow it, read its result, stop it, delete it.

Times are ISO 8601 in UTC; durations are seconds. Every call answers with and without a trailing slash.
Every error has the body `{"error": {"type", "reason", "hint"?, "position"?, "excerpt"?}, "status"}`.
"""


def create_app(services: Services, base_path: str = "", is_open: bool = True) -> ASGIApp:
    """The HTTP API.

    Args:
        services: what it is about.
        base_path: a leading path under which it answers too, such as `/trawl`.
        is_open: whether it runs without authentication, and so must refuse what web pages elsewhere send.
    """
    base_path = "/" + base_path.strip("/") if base_path.strip("/") else ""
    app = FastAPI(
        title="Trawl",
        version=trawl.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    app.state.base_path = base_path
    errors.install(app)
    for prefix, resources in (
        ("/_sme/async_requests", (tasks, results, logs)),
        ("/_sme", (language,)),
        ("/_cluster", (settings,)),
        ("/health", (health,)),
    ):
        router = APIRouter(prefix=prefix)
        for resource in resources:
            router.include_router(resource.router)
        app.include_router(router)
    app.include_router(docs.router)
    description.install(app)
    return Guard(app, base_path, is_open)
