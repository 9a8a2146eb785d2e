"""The audit: a line in the server's log for each thing that somebody did and others may ask about (api.md 10)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import structlog
from fastapi import Depends, Request

from trawl.server.caller import Caller, CallerOf

log = structlog.get_logger(__name__)


class Audit:
    """What is known of a request, for the lines about what it did."""

    def __init__(self, caller: Caller, where: str) -> None:
        self._caller = caller
        self._where = where

    def done(self, what: str, *, task: str | None = None, **about: object) -> None:
        """Notes what the caller did: after it was done, so that what was refused is not in the audit.

        Args:
            what: the call: `create`, `break`, `keep`, `delete`, `download` or `settings`.
            task: its id, where it was done to one. about: what else tells it apart, never a value out of the data.
        """
        which = {} if task is None else {"task": task}
        log.info("audit", who=self._caller.name, what=what, **which, **about, where=self._where)


async def _audit(request: Request, caller: CallerOf) -> Audit:
    return Audit(caller, request.client.host if request.client else "a socket of this host")


AuditOf: TypeAlias = Annotated[Audit, Depends(_audit)]
"""The audit, for routes."""
