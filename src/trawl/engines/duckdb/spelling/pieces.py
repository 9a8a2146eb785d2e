"""DuckDB's spelling of functions of pieces of text (`trawl.functions.pieces`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import pattern, text, text_of
from trawl.engines.duckdb.expressions import Expressions, Holds, any_value
from trawl.engines.duckdb.operands import Alternative, Operand, element, has_lists, one, opened
from trawl.engines.duckdb.scopes import INLINE
from trawl.engines.duckdb.spelling.arithmetic import concatenate
from trawl.engines.duckdb.spelling.operators import Builder, Predicate
from trawl.expr import Call, Literal
from trawl.functions.constants import compiled
from trawl.schema import Kind


def _asked(function: str) -> Predicate:
    """A question about a text and a piece of it, or one of the values of either."""

    def build(to: Expressions, call: Call) -> list[str]:
        value, piece = (to.operand(argument) for argument in call.arguments)
        found = []
        for other in opened(piece, to):
            if other.many:
                found += [_among(function, mine, other) for mine in opened(value, to)]
                continue
            written = to.bind(text_of(other, to))
            conditions = any_value(value, _holds(function, written), to)
            if has_lists(value) and other.constant is None:
                conditions = [f"CASE WHEN {written} IS NOT NULL THEN {each} END" for each in conditions]
            found += conditions
        return found

    return build


def _holds(function: str, piece: str) -> Holds:
    return lambda value, to: f"{function}({text_of(value, to)}, {piece})"


def _among(function: str, value: Alternative, pieces: Alternative) -> str:
    """Whether the text, or one of several, has one of the pieces of a list."""
    held = []
    for item in opened((element(pieces, "y"),), INLINE):
        held += any_value((value,), _holds(function, text_of(item, INLINE)), INLINE)
    found = f"len(list_filter({pieces.sql}, lambda y: {sql.any_of(held)})) > 0"
    return f"CASE WHEN {value.sql} IS NOT NULL THEN {found} END"


def _split(to: Expressions, call: Call) -> Operand:
    value, delimiter = call.arguments
    subject, between = (to.bind(text(to.operand(argument), to)) for argument in (value, delimiter))
    pieces = f"string_split({subject}, {between})"  # by nothing: code points
    if not isinstance(delimiter, Literal):
        pieces = f"CASE WHEN ({between} != '' OR {subject} != '') AND {between} IS NOT NULL THEN {pieces} END"
    elif delimiter.value is None:
        return ()
    elif delimiter.value == "":
        pieces = f"CASE WHEN {subject} != '' THEN {pieces} END"
    return (Alternative(f"({pieces})", Kind.STRING, many=True),)


def _extract(to: Expressions, call: Call) -> Operand:
    value, written, *group = call.arguments
    expression = compiled(written)
    chosen: object = min(expression.groups, 1)
    if group:
        (named,) = group
        assert isinstance(named, Literal)
        chosen = named.value
    place = expression.groupindex[chosen] if isinstance(chosen, str) else chosen
    subject = to.bind(text(to.operand(value), to))
    arguments = f"{subject}, {pattern(written)}, {place}"
    found = to.bind(f"regexp_extract({arguments})")  # an empty text where nothing matches, too
    return one(Kind.STRING, f"CASE WHEN {found} = '' THEN regexp_extract_all({arguments})[1] ELSE {found} END")


PREDICATES: Final[dict[str, Predicate]] = {
    "contains": _asked("contains"),
    "endswith": _asked("ends_with"),
    "startswith": _asked("starts_with"),
}

SCALARS: Final[dict[str, Builder]] = {"regex_extract": _extract, "split": _split, "strcat": concatenate}
