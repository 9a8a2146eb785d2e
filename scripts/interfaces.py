"""The reference of the two ways in: the HTTP API by its own description, the command line by its own help."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, cast, get_args

import httpx
import typer.main

from scripts.markdown import block, joined, table
from trawl.cli import build
from trawl.server.app import create_app
from trawl.server.services import Services


def openapi() -> dict[str, Any]:
    """The description that the server gives of its API."""
    app = create_app(cast(Services, None))  # describing itself, it asks nothing of its services

    async def ask() -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            found: dict[str, Any] = (await client.get("/openapi.json")).raise_for_status().json()
            return found

    return asyncio.run(ask())


def http(description: Mapping[str, Any]) -> str:
    """The page about the HTTP API."""
    parts = ["# HTTP", description["info"]["description"].strip()]
    for path, methods in description["paths"].items():
        for method, call in methods.items():
            parts += [f"## {method.upper()} `{path}`", call.get("description", "").strip()]
            parameters = [
                (
                    f"`{found['name']}`",
                    found["in"],
                    _default(found["schema"]),
                    _words(found, found["schema"], description),
                )
                for found in call.get("parameters", ())
            ]
            parts.append(table(("parameter", "in", "default", ""), parameters))
            parts += [_body(content, description) for content in _json_of(call.get("requestBody", {}))]
            answers = [
                (status, " ".join(answer["description"].split())) for status, answer in call["responses"].items()
            ]
            parts.append(table(("answer", ""), answers))
    return joined(parts)


def _json_of(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "application/json" in message.get("content", {}):
        yield message["content"]["application/json"]["schema"]


def _body(schema: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    found = description["components"]["schemas"][name] if name else schema
    required = found.get("required", ())
    rows = [
        (
            f"`{key}`",
            "required" if key in required else _default(field) or "`null`",
            _words(field, field, description),
        )
        for key, field in found.get("properties", {}).items()
    ]
    return table(("in the body", "default", ""), rows)


def _default(schema: Mapping[str, Any]) -> str:
    """The value that stands where none is given; nothing where that is the absence of one."""
    return f"`{json.dumps(schema['default'])}`" if schema.get("default") is not None else ""


def _words(found: Mapping[str, Any], schema: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    """What a parameter or a member of a body is for, and which values it takes where these are few."""
    alternatives = [schema, *schema.get("anyOf", ())]
    named = [alternative["$ref"].rpartition("/")[2] for alternative in alternatives if "$ref" in alternative]
    alternatives += [description["components"]["schemas"][name] for name in named]
    return _choosing(found.get("description", ""), [v for each in alternatives for v in each.get("enum", ())])


def _choosing(words: str, values: Iterable[Any]) -> str:
    """The words, and the values unless they tell them already."""
    choices = [f"`{_plain(value)}`" for value in values]
    return words if all(choice in words for choice in choices) else f"{words} One of {', '.join(choices)}."


def command_line() -> str:
    """The page about the command line."""
    root = typer.main.get_command(build())
    parts = ["# Command line"]
    for path, command in _walk(("trawl",), root):
        parts += [f"## `{' '.join(path)}`", inspect.cleandoc(command.help or "")]
        if not hasattr(command, "commands"):
            usage = command.get_usage(command.make_context(" ".join(path), [], resilient_parsing=True))
            parts.append(block(usage.removeprefix("Usage: ")))
        rows = [
            (
                ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts)),
                _default_of(parameter),
                _help_of(parameter),
            )
            for parameter in command.params
        ]
        parts.append(table(("option", "default", ""), rows))
    return joined(parts)


def _help_of(parameter: Any) -> str:
    """What the parameter is for, and which values it takes where these are few."""
    words = " ".join((getattr(parameter, "help", None) or "").split())
    kind = parameter.type_descriptor.annotation
    values = list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else get_args(kind)
    return _choosing(words, [value for value in values if not isinstance(value, type)])


def _default_of(parameter: Any) -> str:
    """The value that stands where none is given; nothing where that is the absence of one."""
    default, shown = parameter.default, getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        return shown
    return "" if default is None or default is False or parameter.required else f"`{_plain(default)}`"


def _plain(value: Any) -> Any:
    """A choice, or another value, as the command line spells it."""
    return getattr(value, "value", value)


def _walk(path: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and all below it; typer carries a click of its own, whose classes are not public."""
    yield path, command
    for name, below in sorted(getattr(command, "commands", {}).items()):
        if not below.hidden:
            yield from _walk((*path, name), below)
