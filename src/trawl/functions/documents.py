"""JSON texts of fields: of an event as a whole (`_raw`), and of the pairs of names and values in a text (`kv`)."""

from __future__ import annotations

from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.base import Example, Function, Multivalue, fixed
from trawl.functions.coercion import text
from trawl.functions.extraction import check_pattern
from trawl.functions.jsontext import string
from trawl.functions.regex import compile_re2
from trawl.schema import STRING, Schema
from trawl.values import Instant, Scalar, Value, number_text

RAW: Final = "_raw"
"""The field that is an event as a text: the line that it was loaded from, else its JSON."""
BLANKS: Final = "\t\n\f\r "
"""What `\\s` matches in a regular expression."""


def as_json(known: Schema) -> Call:
    """The JSON of an event that has these columns; columns that commands hide from others begin with a blank."""
    shown = (column for column in known if not column.name.startswith(" "))
    pairs = (
        item for column in shown for item in (Literal(column.name, type=STRING), Field(column.name, None, column.type))
    )
    return Call("event_json", tuple(pairs), type=STRING)


def _event_json(*pairs: Value) -> str:
    members = zip(pairs[::2], pairs[1::2], strict=True)
    return (
        "{" + ",".join(f"{string(str(name))}:{_written(value)}" for name, value in members if value is not None) + "}"
    )


def _written(value: Value) -> str:
    match value:
        case None:
            return "null"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(value)
        case Instant():
            return string(str(value))
        case str():
            return string(value)


def _pairs(value: Scalar, pattern: Scalar, before: Scalar, equals: Scalar) -> str | None:
    found = compile_re2(text(pattern)).finditer(text(value))
    pairs = (_parted(match[0], text(before), text(equals)) for match in found)
    members = [f"{string(name)}:{string(unquoted(rest))}" for name, rest in pairs if name]
    return "{" + ",".join(members) + "}" if members else None


def _parted(pair: str, before: str, equals: str) -> tuple[str, str]:
    """Name and value at the first sign of `equals`; of such signs and blanks together, one that is no blank parts."""
    end = next((place for place, sign in enumerate(pair) if sign in equals), len(pair))
    rest = pair[end:].lstrip(BLANKS)
    if rest.startswith(tuple(equals)):
        rest = rest[1:].lstrip(BLANKS)
    return pair[:end].lstrip(before).rstrip(BLANKS), rest


def unquoted(value: str) -> str:
    """What stands between double quotes, if any do; else the text without blanks at its ends."""
    trimmed = value.strip(" \t")
    if len(trimmed) >= 2 and trimmed[0] == trimmed[-1] == '"':
        return trimmed[1:-1].replace('\\"', '"')
    return trimmed


def _check_names(arguments: tuple[Expr, ...]) -> None:
    names = arguments[::2]
    if len(arguments) % 2 or not all(isinstance(name, Literal) and isinstance(name.value, str) for name in names):
        raise TrawlError(Code.INVALID_ARGUMENT, "found no pairs of a name and a value")


FUNCTIONS: Final = (
    Function(
        "event_json",
        ("name?", "value?", "..."),
        fixed(STRING),
        _event_json,
        "The JSON object of names and values: nulls left out, numbers in canonical form, times as ISO 8601.",
        examples=(Example('event_json("a", 1, "b", null, "c", "x")', '{"a":1,"c":"x"}'),),
        takes_null=True,
        multivalue=Multivalue.ACCEPT,
        is_operator=True,
        check=_check_names,
    ),
    Function(
        "pairs",
        ("text", "regex", "before", "equals"),
        fixed(STRING),
        _pairs,
        "The JSON object of all pairs of a name and a value, each the match of a regular expression; null of none. "
        "The first sign of `equals` parts the two, and blanks around it and signs of `before` in front are left out.",
        examples=(Example('pairs("?a=1&b = 2", "[?&]\\w\\s*=\\s*\\w", "?&", "=")', '{"a":"1","b":"2"}'),),
        is_operator=True,
        constants=(1, 2, 3),
        check=check_pattern,
    ),
)
