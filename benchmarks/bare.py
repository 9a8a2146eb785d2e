"""A route of FastAPI that reads a body and answers: what any call costs before it does anything."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel


class Body(BaseModel):
    """A create body of the least."""

    query: str
    dtStart: str = "now-1d"  # noqa: N815  # the name on the wire


app = FastAPI()


@app.post("/request", status_code=202)
def create(body: Body) -> dict[str, str]:
    """Answers what came."""
    return {"id": body.query}
