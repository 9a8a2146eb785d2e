"""Who asks. A server without authentication has one caller: its administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from fastapi import Depends


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: the owner of what the caller makes.
        sees: whose tasks the caller may see and change; None: everybody's.
    """

    name: str
    sees: str | None


ADMINISTRATOR: Final = Caller("admin", None)


async def _caller() -> Caller:
    return ADMINISTRATOR


CallerOf: TypeAlias = Annotated[Caller, Depends(_caller)]
"""The caller of a request, for routes."""
