"""The API's description for programs (`/openapi.json`): FastAPI's, less what never happens here."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Makes the app describe itself without FastAPI's own form of validation errors, which `errors` replaces."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = describe()
            for methods in schema["paths"].values():
                for call in methods.values():
                    call["responses"] = _ours(call["responses"])
            for name in ("HTTPValidationError", "ValidationError"):
                schema["components"]["schemas"].pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the way that FastAPI's documentation names


def _ours(responses: dict[str, Any]) -> dict[str, Any]:
    return {
        status: answer
        for status, answer in sorted(responses.items())
        if "HTTPValidationError" not in str(answer.get("content"))
    }
