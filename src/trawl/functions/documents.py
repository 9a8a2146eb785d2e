"""JSON texts of fields: of an event as a whole (`_raw`), and of the pairs of names and values in a text (`kv`)."""

from __future__ import annotations

from typing import Final

from trawl.errors import Code, TrawlError
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.base import Example, Function, Multivalue, fixed
from trawl.functions.jsontext import string
from trawl.schema import STRING, Schema
from trawl.values import Instant, Value, number_text

RAW: Final = "_raw"
"""The field that is an event as a text: the line that it was loaded from, else its JSON."""


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
)
