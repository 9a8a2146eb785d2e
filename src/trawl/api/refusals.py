"""Words for a request that its model refuses: what was found, what was expected, what might be meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from trawl.errors import Code, TrawlError

EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "a string",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "dict_type": "an object",
    "list_type": "an array",
    "model_type": "a JSON object",
    "model_attributes_type": "a JSON object",
}
"""What the types of pydantic's errors expect, where pydantic's own words speak of Python."""

LONGEST_SHOWN: Final = 60


def refusal(found: Sequence[Mapping[str, Any]]) -> TrawlError:
    """The first of pydantic's findings about a request, in words."""
    first = found[0]
    kind, location = first["type"], first["loc"]
    if kind == "json_invalid":
        reason = f"the body is not JSON: {first['ctx']['error']} at byte {location[-1]}"
        return TrawlError(Code.MALFORMED_REQUEST, reason)
    name = ".".join(str(part) for part in location[1:])
    if kind == "missing":
        missing = f"`{name}` is missing" if name else "the body is missing, a JSON object is expected"
        return TrawlError(Code.MALFORMED_REQUEST, missing)
    expected = EXPECTED.get(kind) or _expected(first)
    where = f"`{name}`" if name else "the body"
    return TrawlError(Code.MALFORMED_REQUEST, f"{where} is {shown(first.get('input'))}, expected {expected}")


def unknown(what: str, name: str, known: Iterable[str]) -> TrawlError:
    """The refusal of a name that a request may not hold, with the nearest one that it may."""
    folded = {_folded(candidate): candidate for candidate in known}
    near = difflib.get_close_matches(_folded(name), folded, n=1, cutoff=0.6)
    hint = f"did the request mean `{folded[near[0]]}`?" if near else None
    return TrawlError(Code.MALFORMED_REQUEST, f"there is no {what} `{name[:LONGEST_SHOWN]}`", hint=hint)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "")


def shown(value: Any) -> str:
    """A value of the request as an error quotes it: short, and told apart from words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:LONGEST_SHOWN]}…"' if len(value) > LONGEST_SHOWN else f'"{value}"'
        case Mapping():
            return "an object"
        case list():
            return "an array"
        case bytes():
            return "no JSON object"
    return str(value)[:LONGEST_SHOWN]


def _expected(found: Mapping[str, Any]) -> str:
    context = found.get("ctx", {})
    match found["type"]:
        case "literal_error" | "enum":
            return str(context["expected"])
        case "greater_than_equal":
            return f"at least {context['ge']}"
        case "greater_than":
            return f"more than {context['gt']}"
        case "less_than_equal":
            return f"at most {context['le']}"
        case "string_too_long":
            return f"at most {_characters(context['max_length'])}"
        case "string_too_short":
            return f"at least {_characters(context['min_length'])}"
        case "value_error":
            return str(context["error"])
    return str(found["msg"]).lower()


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"
