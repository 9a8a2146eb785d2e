"""From what a caller wants to a task: times resolved, the query planned, limits looked at. Nothing is stored yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from trawl.catalog.base import Catalog
from trawl.errors import Code, TrawlError
from trawl.language.macros import needed
from trawl.language.reader import MOST_BYTES
from trawl.language.time import resolve
from trawl.planning import Plan, plan
from trawl.settings.process import Macro
from trawl.tasks.ids import new_id
from trawl.tasks.task import Status, Task
from trawl.tasks.wanted import Wanted, seconds_of
from trawl.values import Instant, TimeRange

_DEFAULT: Final = "sme.core.global_dt_params."


def admit(
    wanted: Wanted, owner: str, in_force: Mapping[str, Any], macros: Mapping[str, Macro], catalog: Catalog
) -> tuple[Task, Plan]:
    """The task that would be made, with its plan.

    Args:
        in_force: every cluster setting by key.
        macros: all that are defined.

    Raises:
        TrawlError: what `draft` and `trawl.planning.plan` raise.
    """
    made = draft(wanted, owner, in_force, macros)
    return made, plan(made.request, catalog)


def draft(wanted: Wanted, owner: str, in_force: Mapping[str, Any], macros: Mapping[str, Macro]) -> Task:
    """The task that would be made if its query can be planned.

    Args:
        in_force: every cluster setting by key.
        macros: all that are defined.

    Raises:
        TrawlError: `BODY_TOO_LARGE`, `INVALID_TIME`, `MALFORMED_REQUEST`.
    """
    if len(wanted.query.encode(errors="surrogatepass")) > MOST_BYTES:
        raise TrawlError(Code.BODY_TOO_LARGE, "the query is longer than 1 MiB")
    moment = time.time_ns()
    now, zone = Instant(moment), str(in_force["trawl.time_zone"])
    start = resolve(wanted.start or in_force[_DEFAULT + "dt_start"], now, zone)
    end = resolve(wanted.end or in_force[_DEFAULT + "dt_end"], now, zone)
    if start > end:
        raise TrawlError(Code.INVALID_TIME, f"the range starts at {start}, after its end at {end}")
    return Task(
        id=new_id(moment),
        owner=owner,
        wanted=wanted,
        status=Status.QUEUED,
        created=now,
        range=TimeRange(start, end),
        time_field=wanted.time_field or in_force[_DEFAULT + "dt_field_name"],
        zone=zone,
        limits=_limits(in_force),
        ttl_seconds=seconds_of(wanted.ttl if wanted.ttl is not None else in_force["trawl.tasks.ttl"]),
        macros=needed(wanted.query, macros),
    )


def check_room(in_force: Mapping[str, Any], used: Callable[[], int]) -> None:
    """Raises `NO_ROOM` where the room for results is used up."""
    most = in_force["trawl.results.max_bytes"]
    if most and used() >= most:
        raise TrawlError(
            Code.NO_ROOM, f"the {most:,} bytes for results are used up", hint="delete tasks that are not needed"
        )


def _limits(in_force: Mapping[str, Any]) -> dict[str, int]:
    """The settings that bound what a query does, fixed with the task."""
    return {key: value for key, value in in_force.items() if key.startswith("sme.core.") and isinstance(value, int)}
