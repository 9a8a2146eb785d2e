"""JSON texts: read without loss, looked into by a path, written in one form.

Numbers keep their digits and a name that an object has twice stays twice; by a path the first one is found.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias, Union

import orjson

from trawl.functions.jsonpath import Path
from trawl.values import Scalar


@dataclass(frozen=True, slots=True)
class Object:
    """An object: its members in the order in which they are written."""

    members: tuple[tuple[str, Json], ...]


@dataclass(frozen=True, slots=True)
class Digits:
    """A number that no float can hold, as it is written."""

    text: str


Json: TypeAlias = Union[str, int, float, bool, Digits, Object, "list[Json]", None]

_CONTROL: Final = re.compile(r"(\\[^u])|\\u(\w{4})")
_LARGEST_PLAIN: Final = 1e21
_SMALLEST_PLAIN: Final = 1e-6


def read(text: str) -> Json:
    """What a text says. Raises `ValueError` for what is no JSON by RFC 8259."""
    try:
        found: Json = _DECODER.decode(text)
        if "\\u" in text:
            write(found)
    except (RecursionError, UnicodeEncodeError, orjson.JSONEncodeError):  # half of a pair of surrogates is no letter
        raise ValueError("no JSON that can be held") from None
    return found


def find(value: Json, path: Path) -> list[Json]:
    """What lies at a path; several where it leads to every element of an array."""
    found = [value]
    for step in path:
        found = [inner for each in found for inner in _inside(each, step)]
    return found


def write(value: Json) -> str:
    """The text of a value: no blanks, letters as themselves, numbers as short as they can be."""
    match value:
        case Object():
            return "{" + ",".join(f"{write(name)}:{write(member)}" for name, member in value.members) + "}"
        case list():
            return "[" + ",".join(map(write, value)) + "]"
        case Digits():
            return value.text
        case float():
            return _float_text(value)
        case int() if not isinstance(value, bool):
            return str(value)
        case str():
            return string(value)
        case _:
            return {None: "null", True: "true", False: "false"}[value]


def scalar(value: Json) -> Scalar | None:
    """The value as one of an event: objects and arrays as text, numbers that none can hold as null."""
    if isinstance(value, Object | list):
        return write(value)
    return None if isinstance(value, Digits) else value


def scalars(values: Iterable[Json]) -> list[Scalar | None] | None:
    """The values as a multivalue; null where there are none."""
    found = [single for value in values if (single := scalar(value)) is not None]
    return [*found] or None


def _inside(value: Json, step: str | int | None) -> list[Json]:
    if isinstance(step, str):
        members = value.members if isinstance(value, Object) else ()
        return [member for name, member in members if name == step][:1]
    elements = value if isinstance(value, list) else []
    return elements if step is None else elements[step : step + 1]


def _float_text(value: float) -> str:
    if value and not _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        mantissa, _, exponent = repr(value).partition("e")
        return f"{mantissa}e{int(exponent)}"
    plain = format(Decimal(repr(value)), "f")
    return plain if "." in plain else f"{plain}.0"


def string(text: str) -> str:
    """A string in JSON: only quotes, backslashes and control characters are escaped, these with capital digits."""
    written = orjson.dumps(text).decode()
    return _CONTROL.sub(lambda found: found[1] or f"\\u{found[2].upper()}", written) if "\\u" in written else written


def _number(text: str) -> float | Digits:
    value = float(text)
    return Digits(text) if math.isinf(value) else value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _object(members: list[tuple[str, Json]]) -> Object:
    return Object(tuple(members))


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_refuse)
