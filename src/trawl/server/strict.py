"""Reading bodies strictly: bounded size, no NaN, no lone surrogates, bounded nesting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

LARGEST_BODY: Final = 8 << 20
"""Bytes of a body: a query of 1 MiB fits, however its JSON escapes it."""


class StrictRequest(Request):
    """A request whose body has an end, and whose JSON is read by orjson, which takes only what the standard does."""

    async def body(self) -> bytes:
        """The body's bytes. Raises a 413 as soon as they are too many."""
        if not hasattr(self, "_whole"):
            if int(self.headers.get("content-length", "0")) > LARGEST_BODY:
                raise HTTPException(413)
            found = bytearray()
            async for chunk in self.stream():
                found += chunk
                if len(found) > LARGEST_BODY:
                    raise HTTPException(413)
            self._whole = bytes(found)
        return self._whole

    async def json(self) -> Any:
        """The body. Raises `json.JSONDecodeError`, of which orjson's error is one."""
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, on a strict request."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return handle
