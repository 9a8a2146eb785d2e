"""Fields as numbers while a command lowers itself: which hold any, and what is computed with."""

from __future__ import annotations

from collections.abc import Container, Iterable

from trawl.algebra import Relation
from trawl.commands.base import Scope
from trawl.commands.columns import shown
from trawl.errors import Span
from trawl.expr import Call, Expr, Field
from trawl.language.names import Name
from trawl.schema import Kind, Type

_NUMBERS = frozenset({Kind.INTEGER, Kind.FLOAT})
_MAY_BE = _NUMBERS | {Kind.STRING}


def as_number(field: Field) -> Call:
    """The number that a field's value is, numeric text too; anything else is a fault of the data."""
    return Call("to_float", (field,), field.span)


def numbers(
    upstream: Relation, names: Iterable[Name], scope: Scope, span: Span, without: Container[str] = ()
) -> dict[str, Expr]:
    """The fields that names mean, each with the number that it is in an event.

    Where no names are given these are the fields that hold a number in some event, but for some. A pattern means no
    field that is never a number. Numeric text counts in all of them, and what is no number is a fault of the data,
    at `span` where no name asks for the field.
    """
    known = upstream.columns
    if listed := tuple(names):
        spans = {name.text: name.span for name in listed if not name.is_pattern}
        fields = (Field(name, spans.get(name)) for name in shown(upstream, listed, scope))
        return {
            field.name: as_number(field)
            for field in fields
            if known.type_of(field.name).kinds & _MAY_BE or (field.name in spans and field.name in known)
        }
    return {
        column.name: _as_it_is(Field(column.name, span), column.type)
        for column in known
        if column.name not in without and column.type.kinds & _NUMBERS
    }


def _as_it_is(field: Field, type_: Type) -> Expr:
    """The field where it holds nothing but single numbers, else what is a number in it."""
    return field if type_.is_number and not type_.multivalue else as_number(field)
