"""How names and values are written in DuckDB's SQL: the only place that quotes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from trawl.schema import Kind
from trawl.values import Instant, Scalar

TYPES: Final[dict[Kind | None, str]] = {
    Kind.STRING: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIME: "BIGINT",
    None: "VARCHAR",
}
"""How values of a kind are held inside a statement: a time is its nanoseconds, so that arithmetic on it is
exact and a condition on it still reaches the statistics of a file; None stands for boxed values."""

WIDE: Final = "HUGEINT"
"""Integers beyond 64 bits."""


def name(identifier: str) -> str:
    """An identifier of any signs, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string literal."""
    if "\0" in value:  # the parser ends at it, even inside quotes
        return "concat(" + ", chr(0), ".join(text(piece) for piece in value.split("\0")) + ")"
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A list of string literals."""
    return "[" + ", ".join(text(value) for value in values) + "]"


def literal(value: Scalar) -> str:
    """A constant of the type that its kind has inside a statement."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return integer(value)
        case float():
            return floating(value)
        case str():
            return text(value)
        case Instant():
            return integer(value.nanoseconds)


def integer(value: int) -> str:
    """An integer constant: 64 bits where they hold it."""
    written = str(value) if value >= 0 else f"({value})"  # a cast binds tighter than a minus sign
    return f"({written}::HUGEINT)" if is_wide(value) else f"({written}::BIGINT)"


def is_wide(value: object) -> bool:
    """Whether a value is an integer of more than 64 bits."""
    return isinstance(value, int) and not -(1 << 63) <= value < 1 << 63


def floating(value: float) -> str:
    """A float constant, bit by bit the same."""
    if math.isinf(value):
        return f"('{'-' if value < 0 else ''}inf'::DOUBLE)"
    return f"({value!r}::DOUBLE)" if value >= 0 else f"(-{-value!r}::DOUBLE)"


def null(type_: str) -> str:
    """Null of a type, in brackets: DuckDB takes no element `[1]` of a bare cast."""
    return f"(NULL::{type_})"


def coalesce(expressions: Iterable[str], type_: str) -> str:
    """The first that is not null, of as many as there are."""
    listed = list(expressions)
    if not listed:
        return null(type_)
    return listed[0] if len(listed) == 1 else f"coalesce({', '.join(listed)})"


def any_of(conditions: Iterable[str]) -> str:
    """Whether one of the conditions is true; false of none."""
    listed = list(conditions)
    if not listed:
        return "false"
    return listed[0] if len(listed) == 1 else "(" + " OR ".join(listed) + ")"


def all_of(conditions: Iterable[str]) -> str:
    """Whether all conditions are true; true of none."""
    listed = list(conditions)
    if not listed:
        return "true"
    return listed[0] if len(listed) == 1 else "(" + " AND ".join(listed) + ")"


def is_whole(number: str) -> str:
    """Whether a float is an integer of 64 bits."""
    return f"({number} = floor({number}) AND abs({number}) < 9.2e18)"


def bounded(value: str, least: int, most: int | str) -> str:
    """A number, or the bound that it is beyond; null stays null, which `least` and `greatest` leave out."""
    return f"CASE WHEN {value} < {least} THEN {least} WHEN {value} > {most} THEN {most} ELSE {value} END"


def begins_number(written: str) -> str:
    """Whether a text of JSON is a number, by how it begins.

    Of a list of all the signs DuckDB 2.0 makes a table to join with; it then has partial aggregates before the join,
    and copies all that is computed below into each use, which takes gigabytes to plan.
    """
    return f"({written}[1] = '-' OR {written}[1] BETWEEN '0' AND '9')"
