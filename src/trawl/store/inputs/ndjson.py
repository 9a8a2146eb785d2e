"""NDJSON: one JSON object a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson


def read_ndjson(lines: Sequence[bytes]) -> list[Any]:
    """The objects of some lines; for a line that holds none a sentence that says why."""
    try:
        found = [orjson.loads(line) for line in lines]
    except orjson.JSONDecodeError:
        return list(map(_read_one, lines))
    return found if set(map(type, found)) <= {dict} else list(map(_read_one, lines))


def _read_one(line: bytes) -> Any:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            line.decode()
        except UnicodeDecodeError as fault:
            return f"the line is no UTF-8, at byte {fault.start + 1}"
        return f"the line is no JSON: {error.msg}, at character {error.pos + 1}"
    if type(event) is dict:
        return event
    names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return f"a JSON object is expected, found {names.get(type(event), 'a number')}"
