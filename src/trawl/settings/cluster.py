"""Settings that change while the server runs (`/_cluster/settings`): what keys there are, and where values lie."""

from __future__ import annotations

import difflib
import time
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import sqlalchemy as sql

from trawl.database import metadata, writing
from trawl.errors import Code, TrawlError


@dataclass(frozen=True)
class Definition:
    """A setting that may be changed: its key, default, how a value is checked, and what it is for.

    `check` gets the JSON value, answers the value to keep, and raises ValueError with a sentence.
    """

    key: str
    default: Any
    check: Callable[[Any], Any]
    summary: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 1000:
        raise ValueError("a text of 1 to 1,000 characters is expected")
    return value


def _zone(value: Any) -> str:
    try:
        return zoneinfo.ZoneInfo(_text(value)).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise ValueError("an IANA name of a time zone is expected, such as `Europe/Berlin`") from None


def _flag(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError("true or false is expected")


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most} is expected")
        return number

    return check


DEFINITIONS: Final[Mapping[str, Definition]] = {
    definition.key: definition
    for definition in (
        Definition(
            "sme.core.global_dt_params.dt_field_name", "@timestamp", _text, "`dtFieldName` where a request has none"
        ),
        Definition("sme.core.global_dt_params.dt_start", "now-1d", _text, "`dtStart` where a request has none"),
        Definition("sme.core.global_dt_params.dt_end", "now", _text, "`dtEnd` where a request has none"),
        Definition("sme.core.enable_limits", True, _flag, "whether the limits below hold"),
        Definition(
            "sme.core.sort_limit", 10_000, _whole(0, 1 << 31), "rows that `sort` keeps where it names no limit; 0: all"
        ),
        Definition("sme.core.list_limit", 100, _whole(1, 1 << 20), "values that `list` keeps"),
        Definition("sme.core.max_subsearch_hits_count", 50_000, _whole(1, 1 << 31), "rows that a subquery returns"),
        Definition("trawl.time_zone", "UTC", _zone, "the zone of calendar units in date math and spans"),
        Definition("trawl.tasks.ttl", "7d", _text, "how long a result is kept after its end; 0: until deleted"),
        Definition("trawl.tasks.max_running", 2, _whole(1, 256), "searches that run at the same time"),
        Definition(
            "trawl.tasks.max_running_per_user", 0, _whole(0, 256), "searches of one user among them; 0: any number"
        ),
        Definition("trawl.tasks.max_queued", 10_000, _whole(1, 1 << 31), "tasks that may wait"),
        Definition(
            "trawl.tasks.max_queued_per_user", 0, _whole(0, 1 << 31), "tasks of one user among them; 0: any number"
        ),
        Definition("trawl.results.max_bytes", 0, _whole(0, 1 << 60), "disk for all results; 0: what the disk has"),
    )
}

settings = sql.Table(
    "settings",
    metadata,
    sql.Column("key", sql.String(200), primary_key=True),
    sql.Column("value", sql.Text, nullable=False),
    sql.Column("changed", sql.BigInteger, nullable=False),
)

_SELECT: Final = sql.select(settings.c.key, settings.c.value)
_TRANSIENT: Final = "transient:"
"""Stands before the key of a value that lasts until the server starts again; such a value wins."""


class ClusterSettings:
    """The values in force. Reads hit the database; callers that need them often keep what they read."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def changed(self, transient: bool = False) -> dict[str, Any]:
        """The settings that differ from their defaults, by key: those that stay, or the `transient` ones."""
        return self._layers()[transient]

    def all(self) -> dict[str, Any]:
        """Every setting's value in force, by key."""
        lasting, transient = self._layers()
        return {key: definition.default for key, definition in DEFINITIONS.items()} | lasting | transient

    def _layers(self) -> tuple[dict[str, Any], dict[str, Any]]:
        with self._engine.connect() as connection:
            rows = connection.execute(_SELECT).all()
        layers: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        for stored, value in rows:
            key = stored.removeprefix(_TRANSIENT)
            if key in DEFINITIONS:
                layers[key != stored][key] = orjson.loads(value)
        return layers

    def put(self, changes: Mapping[str, Any], transient: Mapping[str, Any] | None = None) -> None:
        """Sets values, all or none, to stay and until the server starts again; None resets one.

        Raises:
            TrawlError: `INVALID_SETTING` for an unknown key or a value that it does not take.
        """
        kept = {key: self._checked(key, value) for key, value in changes.items()}
        kept |= {_TRANSIENT + key: self._checked(key, value) for key, value in (transient or {}).items()}
        with writing(self._engine) as connection:
            for key, value in kept.items():
                connection.execute(sql.delete(settings).where(settings.c.key == key))
                if value is not None:
                    row = {"key": key, "value": orjson.dumps(value).decode(), "changed": time.time_ns()}
                    connection.execute(sql.insert(settings).values(row))

    def forget_transient(self) -> None:
        """Drops the values that last until the server starts: it starts."""
        with writing(self._engine) as connection:
            connection.execute(sql.delete(settings).where(settings.c.key.startswith(_TRANSIENT)))

    @staticmethod
    def _checked(key: str, value: Any) -> Any:
        definition = DEFINITIONS.get(key)
        if definition is None:
            near = difflib.get_close_matches(key, DEFINITIONS, n=1, cutoff=0.6)
            hint = f"did the request mean `{near[0]}`?" if near else None
            raise TrawlError(Code.INVALID_SETTING, f"there is no setting `{key}`", hint=hint)
        if value is None:
            return None
        try:
            return definition.check(value)
        except ValueError as error:
            raise TrawlError(Code.INVALID_SETTING, f"`{key}` does not take this value: {error}") from None
