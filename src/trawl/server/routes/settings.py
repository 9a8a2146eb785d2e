"""The cluster's settings, in the shape that OpenSearch gives them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from trawl.api.answers import ClusterSettingsAnswer, SettingsAcknowledged
from trawl.api.requests import PutSettings, SettingsParameters
from trawl.errors import Code, TrawlError
from trawl.language.time import resolve
from trawl.server.answers import shaped
from trawl.server.audit import AuditOf
from trawl.server.documented import answers
from trawl.server.services import ClusterOf
from trawl.server.strict import StrictRoute
from trawl.settings.cluster import DEFINITIONS, ClusterSettings
from trawl.tasks.wanted import seconds_of
from trawl.values import Instant

router = APIRouter(tags=["settings"], route_class=StrictRoute)

TIMES: Final = ("sme.core.global_dt_params.dt_start", "sme.core.global_dt_params.dt_end")
TTL: Final = "trawl.tasks.ttl"


@router.get("/settings", responses=answers(ClusterSettingsAnswer, "The settings.", Code.MALFORMED_REQUEST))
def read(parameters: Annotated[SettingsParameters, Query()], cluster: ClusterOf) -> Response:
    """The settings that were changed; with `include_defaults=true` the others as well."""
    persistent, transient = cluster.changed(), cluster.changed(transient=True)
    defaults = None
    if parameters.include_defaults:
        rest = {key: definition.default for key, definition in DEFINITIONS.items()}
        defaults = spread(
            {key: rest[key] for key in rest.keys() - persistent.keys() - transient.keys()}, parameters.flat_settings
        )
    return shaped(
        ClusterSettingsAnswer(
            persistent=spread(persistent, parameters.flat_settings),
            transient=spread(transient, parameters.flat_settings),
            defaults=defaults,
        )
    )


@router.put(
    "/settings",
    responses=answers(
        SettingsAcknowledged,
        "The settings that were changed, as they are now.",
        Code.MALFORMED_REQUEST,
        Code.INVALID_SETTING,
        Code.UNSUPPORTED_MEDIA_TYPE,
        Code.BODY_TOO_LARGE,
    ),
)
def change(
    body: PutSettings, parameters: Annotated[SettingsParameters, Query()], cluster: ClusterOf, audit: AuditOf
) -> Response:
    """Change settings, all or none. `null` resets one; keys may be nested, flat or, to reset, hold `*`."""
    persistent, transient = flat(body.persistent), flat(body.transient)
    if not persistent and not transient:
        raise TrawlError(Code.MALFORMED_REQUEST, "the body names no setting to change")
    zone = cluster.all()["trawl.time_zone"]
    for key, value in (*persistent.items(), *transient.items()):
        _check_times(key, value, zone)
    cluster.put(persistent, transient)
    audit.done("settings", keys=sorted({*persistent, *transient}))
    return shaped(
        SettingsAcknowledged(
            persistent=spread(_now(cluster, persistent, False), parameters.flat_settings),
            transient=spread(_now(cluster, transient, True), parameters.flat_settings),
        )
    )


def _now(cluster: ClusterSettings, asked: Mapping[str, Any], transient: bool) -> dict[str, Any]:
    return {key: value for key, value in cluster.changed(transient).items() if key in asked}


def _check_times(key: str, value: Any, zone: str) -> None:
    # Settings lie below the language in the layers, so what needs its date math is checked here.
    try:
        if key in TIMES and isinstance(value, str):
            resolve(value, Instant(time.time_ns()), zone)
        if key == TTL and isinstance(value, str):
            seconds_of(value)
    except TrawlError as error:
        reason = f"`{key}` does not take this value: {error.reason}"
        raise TrawlError(Code.INVALID_SETTING, reason, hint=error.hint) from None


def flat(nested: Mapping[str, Any]) -> dict[str, Any]:
    """Nested objects as flat keys; a null under a key with `*` resets all settings that it matches."""
    found: dict[str, Any] = {}
    stack: list[tuple[str, Any]] = list(nested.items())
    while stack:
        key, value = stack.pop()
        if isinstance(value, Mapping):
            stack.extend((f"{key}.{name}", inner) for name, inner in value.items())
        elif value is None and "*" in key:
            found.update(dict.fromkeys((known for known in DEFINITIONS if fnmatchcase(known, key)), None))
        else:
            found[key] = value
    return found


def spread(values: Mapping[str, Any], is_flat: bool) -> dict[str, Any]:
    """Values as text, by flat key or as nested objects."""
    texts = {key: _text(values[key]) for key in sorted(values)}
    if is_flat:
        return dict(texts)
    nested: dict[str, Any] = {}
    for key, text in texts.items():
        *path, last = key.split(".")
        place = nested
        for name in path:
            place = place.setdefault(name, {})
        place[last] = text
    return nested


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
