"""The reference page: the API's own description as plain HTML, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

import orjson

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2128;background:#fff}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f4f6f8;padding:.8rem;overflow:auto;border-radius:6px}
h2{margin-top:3rem;border-top:1px solid #d8dee4;padding-top:1rem}h2 b{color:#0b5cad;margin-right:.6rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;
border-bottom:1px solid #e6eaee}nav li{list-style:none}
@media (prefers-color-scheme:dark){body{color:#dfe5eb;background:#14181d}pre{background:#1e242b}
h2,td,th{border-color:#303841}h2 b,a{color:#79b8ff}}
"""


def render(description: Mapping[str, Any]) -> str:
    """The page for an OpenAPI description."""
    return "".join(_page(description))


def _page(description: Mapping[str, Any]) -> Iterator[str]:
    info, schemas = description["info"], description["components"]["schemas"]
    yield "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    yield f"<title>{escape(info['title'])} API</title><style>{STYLE}</style>"
    yield f"<h1>{escape(info['title'])} API <small>{escape(info['version'])}</small></h1>"
    yield f"<p>{_prose(info['description'])}</p><p><a href=openapi.json>openapi.json</a></p><nav><ul>"
    calls = [
        (method.upper(), path, call)
        for path, methods in description["paths"].items()
        for method, call in methods.items()
    ]
    for method, path, call in calls:
        name = escape(f"{method} {path}")
        yield f"<li><a href='#{call['operationId']}'><code>{name}</code></a> {_prose(call['description'])}"
    yield "</ul></nav>"
    for method, path, call in calls:
        yield f"<h2 id={call['operationId']}><b>{method}</b><code>{escape(path)}</code></h2>"
        yield f"<p>{_prose(call['description'])}</p>"
        yield from _parameters(call)
        yield from _body(call, schemas)
        yield from _answers(call, schemas)
    yield "</html>"


def _parameters(call: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (found["name"], found["in"], _type(found["schema"]), found.get("description", ""))
        for found in call.get("parameters", ())
    ]
    yield from _table(("parameter", "in", "type", ""), rows)


def _body(call: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    if "requestBody" in call:
        schema = call["requestBody"]["content"]["application/json"]["schema"]
        yield from _fields("body field", schema, schemas)
        for example in _resolved(schema, schemas).get("examples", ()):
            yield f"<pre>{_json(example)}</pre>"


def _answers(call: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in call["responses"].items():
        yield f"<h3>{status}</h3><p>{_prose(answer['description'])}</p>"
        for media_type, content in answer.get("content", {}).items():
            if status < "400":
                yield f"<p><code>{escape(media_type)}</code></p>"
                yield from _fields("field", content.get("schema", {}), schemas)
            for example in content.get("examples", {}).values():
                yield f"<pre>{_json(example['value'])}</pre>"


def _fields(title: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    found = _resolved(schema, schemas)
    required = found.get("required", ())
    rows = [
        (name, _type(field), "required" if name in required else "", field.get("description", ""))
        for name, field in found.get("properties", {}).items()
    ]
    yield from _table((title, "type", "", ""), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield "<table><tr>" + "".join(f"<th>{escape(cell)}" for cell in head)
        for name, *rest in rows:
            yield f"<tr><td><code>{escape(name)}</code>" + "".join(f"<td>{_prose(cell)}" for cell in rest)
        yield "</table>"


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = schemas[name] if name else schema
    return found


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"array of {_type(schema['items'])}"
    return str(schema.get("type", "any"))


def _prose(text: str) -> str:
    """Text with what stands between backticks as code."""
    pieces = escape(text.strip()).replace("\n\n", "<p>").split("`")
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _json(value: Any) -> str:
    return escape(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
