"""Answers as bytes: shapes at once, long bodies as they are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from trawl.api.base import Shape

JSON: Final = "application/json"

AT_ONCE: Final = 3
"""A body that is made in so few pieces is answered with its length; a longer one is streamed."""


def shaped(shape: Shape, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A shape as a JSON answer. No response model: serialising through one costs more than the task's creation."""
    return Response(shape.json_bytes(), status, headers, JSON)


def streamed(pieces: Iterable[bytes], media_type: str = JSON, headers: dict[str, str] | None = None) -> Response:
    """A body of any length in constant memory.

    A fault while the first pieces are made is still an ordinary error; one after that cuts the connection.
    """
    remaining: Iterator[bytes] = iter(pieces)
    first = list(islice(remaining, AT_ONCE))
    if len(first) < AT_ONCE:
        return Response(b"".join(first), 200, headers, media_type)
    return StreamingResponse(chain(first, remaining), 200, headers, media_type)
