"""What no route sees: requests of foreign pages, bodies that are not JSON, and the many spellings of one address."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from trawl.errors import Code, TrawlError
from trawl.server.errors import answer

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""The hosts that an open server answers to (api.md 1)."""


class Guard:
    """Stands before the app.

    Args:
        app: what answers the requests that pass.
        base_path: a leading path under which the API answers too, such as `/trawl`.
        is_open: whether anybody who reaches the server may use it; then only requests to this host pass,
            and none that a web page elsewhere sends.
    """

    def __init__(self, app: ASGIApp, base_path: str, is_open: bool) -> None:
        self._app = app
        self._base_path = base_path
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses the request, or passes it on under the one spelling of its address."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refused = (self._is_open and _foreign(headers)) or _not_json(headers)
            if refused:
                await answer(refused)(scope, receive, send)
                return
            path = one_spelling(scope["path"], self._base_path)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)


def one_spelling(path: str, base_path: str) -> str:
    """An address without the base path and without one trailing slash."""
    if base_path and path.startswith(base_path + "/"):
        path = path[len(base_path) :]
    return path[:-1] if path.endswith("/") and path != "/" else path


def _foreign(headers: Headers) -> TrawlError | None:
    host = headers.get("host", "").lower()
    name, colon, port = host.rpartition(":")
    if (name if colon and port.isdigit() else host) not in LOOPBACK_HOSTS:
        return TrawlError(
            Code.FOREIGN_ORIGIN,
            "the request names another host than this one",
            hint="a server without authentication answers to 127.0.0.1, localhost and [::1]",
        )
    origin = headers.get("origin")
    if origin is not None and _host_of(origin) != host:
        return TrawlError(
            Code.FOREIGN_ORIGIN,
            "the request comes from a web page elsewhere",
            hint="a server without authentication takes requests of its own pages and of programs",
        )
    return None


def _host_of(origin: str) -> str | None:
    try:
        found = urlsplit(origin)
    except ValueError:
        return None
    return found.netloc.lower() if found.scheme in ("http", "https") else None


def _not_json(headers: Headers) -> TrawlError | None:
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not has_body or media_type == "application/json":
        return None
    found = f"`{media_type[:60]}`" if media_type else "no `Content-Type`"
    return TrawlError(
        Code.UNSUPPORTED_MEDIA_TYPE,
        f"the body has {found}, expected JSON",
        hint="add the header `Content-Type: application/json`",
    )
