"""A database that is locked at first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import sqlalchemy as sql


def failing(times: int, honest: Callable[..., Any]) -> Callable[..., Any]:
    """A verb that finds it locked so many times."""
    left = iter(range(times))

    def verb(*arguments: Any, **more: Any) -> Any:
        if next(left, None) is not None:
            raise sql.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("database is locked"))
        return honest(*arguments, **more)

    return verb
