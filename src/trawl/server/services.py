"""What routes ask of the app: the services behind it, and the id in an address."""

from __future__ import annotations

from typing import Annotated, Protocol, TypeAlias

from fastapi import Depends, Path, Request

from trawl.errors import Code, TrawlError
from trawl.settings.cluster import ClusterSettings
from trawl.tasks.ids import is_id
from trawl.tasks.service import Tasks


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


TasksOf: TypeAlias = Annotated[Tasks, Depends(_tasks)]
ClusterOf: TypeAlias = Annotated[ClusterSettings, Depends(_cluster)]
TaskId: TypeAlias = Annotated[str, Depends(_task_id)]
