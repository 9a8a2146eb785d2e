"""DuckDB's spelling of functions of text (`trawl.functions.text`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import pattern, text, text_of, whole
from trawl.engines.duckdb.expressions import Expressions, Holds, any_value
from trawl.engines.duckdb.operands import Alternative, Operand, one
from trawl.engines.duckdb.spelling.operators import any_pair
from trawl.expr import Call, Expr, Literal
from trawl.functions.constants import compiled
from trawl.functions.text import BLANKS, as_re2
from trawl.schema import Kind

Builder = Callable[[Expressions, Call], Operand]

_PIECES: Final = r"\\[0-9\\]|\\|[^\\]+"
"""What a replacement is made of: a backslash with a group's number or another backslash, one alone, anything else."""


def _of_text(form: str, kind: Kind = Kind.STRING) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        return one(kind, form.format(text(to.operand(call.arguments[0]), to)))

    return build


def _upper(to: Expressions, call: Call) -> Operand:
    value = to.bind(text(to.operand(call.arguments[0]), to))
    pieces = f"list_transform(string_split({value}, 'ß'), lambda piece: upper(piece))"
    kept = f"array_to_string({pieces}, 'ß')"  # which DuckDB makes a capital of
    return one(Kind.STRING, f"CASE WHEN contains({value}, 'ß') THEN {kept} ELSE upper({value}) END")


def _trimmed(function: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        value, *characters = (text(to.operand(argument), to) for argument in call.arguments)
        return one(Kind.STRING, f"{function}({value}, {characters[0] if characters else sql.text(BLANKS)})")

    return build


def _substring(to: Expressions, call: Call) -> Operand:
    value = to.bind(text(to.operand(call.arguments[0]), to))
    first = to.bind(whole(to.operand(call.arguments[1]), to))
    size = f"length({value})"
    begin = to.bind(f"{first}::HUGEINT + CASE WHEN {first} < 0 THEN {size} ELSE -1 END")
    end = size
    if len(call.arguments) > 2:
        length = to.bind(whole(to.operand(call.arguments[2]), to))
        end = to.bind(f"{begin} + {length}")
    low, high = (sql.bounded(f"{edge}({begin}, {end})", 0, size) for edge in ("least", "greatest"))
    known = f"{value} IS NOT NULL AND {first} IS NOT NULL AND {end} IS NOT NULL"
    piece = f"substring({value}, CAST({low} AS BIGINT) + 1, CAST({high} - {low} AS BIGINT))"
    return one(Kind.STRING, f"CASE WHEN {known} THEN {piece} END")


def _replace(to: Expressions, call: Call) -> Operand:
    value = text(to.operand(call.arguments[0]), to)
    return one(
        Kind.STRING,
        f"regexp_replace({value}, {pattern(call.arguments[1])}, {_replacement(to, *call.arguments[1:])}, 'g')",
    )


def _replacement(to: Expressions, regex: Expr, replacement: Expr) -> str:
    """A replacement as RE2 reads it: a backslash is doubled but before another or the number of a group."""
    if isinstance(replacement, Literal):
        return sql.text(as_re2(str(replacement.value)))
    pieces = f"regexp_extract_all({text(to.operand(replacement), to)}, {sql.text(_PIECES)})"
    alone = sql.texts(["\\", *(f"\\{number}" for number in range(compiled(regex).groups + 1, 10))])
    doubled = f"CASE WHEN list_contains({alone}, piece) THEN '\\' || piece ELSE piece END"
    return f"array_to_string(list_transform({pieces}, lambda piece: {doubled}), '')"


def _like(to: Expressions, call: Call) -> list[str]:
    value, form = (to.operand(argument) for argument in call.arguments)
    return any_pair(to, value, form, _is_like)


def _is_like(form: Alternative) -> Holds:
    return lambda given, to: f"({text_of(given, to)} LIKE {text_of(form, to)})"


def _match(to: Expressions, call: Call) -> list[str]:
    value, written = to.operand(call.arguments[0]), pattern(call.arguments[1])
    return any_value(value, lambda given, inner: f"regexp_matches({text_of(given, inner)}, {written})", to)


PREDICATES: Final = {"like": _like, "match": _match}

SCALARS: Final = {
    "len": _of_text("length({})", Kind.INTEGER),
    "lower": _of_text("lower({})"),
    "upper": _upper,
    "trim": _trimmed("trim"),
    "ltrim": _trimmed("ltrim"),
    "rtrim": _trimmed("rtrim"),
    "substr": _substring,
    "replace": _replace,
}
