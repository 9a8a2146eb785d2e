"""The fields of a JSON object in a text, named and shaped as loading does (language.md 6a)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from trawl.functions import jsontext
from trawl.values import Scalar, Value

MOST_NESTED: Final = 100
"""How deep objects may nest."""
MOST_DIGITS: Final = 38
"""How many digits an integer may have (decimal128); a longer one is kept as text."""

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value in its object."""


def fields_of_text(text: Value) -> dict[str, Value]:
    """The fields; none of what is no text, or JSON that is no object. Of members of one name the first counts.

    Raises:
        ValueError: the text is no JSON.
    """
    if not isinstance(text, str):
        return {}
    document = jsontext.read(text)
    found: dict[str, list[Value]] = {}
    for path, value in sorted(_leaves(document, ()), key=lambda leaf: leaf[0]):
        found.setdefault(".".join(path), []).append(value)
    return {name: values[0] if len(values) == 1 else _merged(values) for name, values in found.items()}


def _leaves(document: jsontext.Json, above: Path) -> Iterator[tuple[Path, Value]]:
    members = dict(reversed(document.members)) if isinstance(document, jsontext.Object) else {}
    for name, value in members.items():
        path = (*above, name)
        if isinstance(value, jsontext.Object):
            if len(path) < MOST_NESTED:
                yield from _leaves(value, path)
        elif isinstance(value, list):
            yield path, [_scalar(item) for item in value]
        elif (found := _scalar(value)) is not None:
            yield path, found


def _scalar(value: jsontext.Json) -> Scalar | None:
    is_long = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS
    return str(value) if is_long else jsontext.scalar(value)


def _merged(values: list[Value]) -> Value:
    """All values of a name that objects and dotted names have together."""
    merged: list[Scalar | None] = []
    for value in values:
        merged.extend(value if isinstance(value, list) else [value])
    return merged
