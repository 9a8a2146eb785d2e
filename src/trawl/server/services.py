"""What routes ask of the app: the services behind it, and the id in an address."""

from __future__ import annotations

from typing import Annotated, Final, Protocol, TypeAlias

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request

from trawl.errors import Code, TrawlError
from trawl.settings.cluster import ClusterSettings
from trawl.tasks.ids import is_id
from trawl.tasks.service import Tasks

EXPORTS_BEGINNING: Final = 8
"""Exports that are waited for at once until they begin to come, which takes minutes for a large workbook. Others wait
for their turn, so that they leave the threads to the other calls."""


class Services(Protocol):
    """What the API is about: what of an open data folder it needs."""

    @property
    def tasks(self) -> Tasks:
        """The background searches."""

    @property
    def cluster(self) -> ClusterSettings:
        """The settings that change while the server runs."""


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _tasks(request: Request) -> Tasks:
    return (await _services(request)).tasks


async def _cluster(request: Request) -> ClusterSettings:
    return (await _services(request)).cluster


async def _task_id(
    id: Annotated[str, Path(description="The id of the task.", examples=["0199c2a4-5a00-7000-8000-000000000000"])],
) -> str:
    if not is_id(id):
        raise TrawlError(Code.TASK_NOT_FOUND, "there is no such task", hint="ids are answered when a task is made")
    return id


async def _exports(request: Request) -> CapacityLimiter:
    state = request.app.state
    if not hasattr(state, "exports"):
        state.exports = CapacityLimiter(EXPORTS_BEGINNING)
    limiter: CapacityLimiter = state.exports
    return limiter


TasksOf: TypeAlias = Annotated[Tasks, Depends(_tasks)]
ClusterOf: TypeAlias = Annotated[ClusterSettings, Depends(_cluster)]
ExportsOf: TypeAlias = Annotated[CapacityLimiter, Depends(_exports)]
TaskId: TypeAlias = Annotated[str, Depends(_task_id)]
