"""The fields of a JSON object in a text, named and shaped as loading does (language.md 6a)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from trawl.values import Scalar, Value

MOST_NESTED: Final = 100
"""How deep objects may nest."""
MOST_DIGITS: Final = 38
"""How many digits an integer may have (decimal128); a longer one is kept as text."""

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value in its object."""


def fields_of_text(text: Value) -> dict[str, Value]:
    """The fields; none of what is no JSON object. Of members of one name the first counts."""
    if not isinstance(text, str):
        return {}
    try:
        document = json.loads(text, object_pairs_hook=_firsts, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    found: dict[str, list[Value]] = {}
    for path, value in sorted(_leaves(document, ()), key=lambda leaf: leaf[0]):
        found.setdefault(".".join(path), []).append(value)
    return {name: values[0] if len(values) == 1 else _merged(values) for name, values in found.items()}


def _firsts(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _leaves(document: dict[str, Any], above: Path) -> Iterator[tuple[Path, Value]]:
    for name, value in document.items():
        path = (*above, name)
        if isinstance(value, dict):
            if len(path) < MOST_NESTED:
                yield from _leaves(value, path)
        elif isinstance(value, list):
            yield path, [_item(item) for item in value]
        elif value is not None:
            yield path, _scalar(value)


def _item(item: Any) -> Scalar | None:
    if item is None:
        return None
    if isinstance(item, dict | list):
        return json.dumps(item, ensure_ascii=False, separators=(",", ":"))
    return _scalar(item)


def _scalar(value: str | int | float | bool) -> Scalar:
    is_long = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS
    return str(value) if is_long else value


def _merged(values: list[Value]) -> Value:
    """All values of a name that objects and dotted names have together."""
    merged: list[Scalar | None] = []
    for value in values:
        merged.extend(value if isinstance(value, list) else [value])
    return merged
