"""Measures: aggregate calls with the names of the columns they go to, as `stats` and its like list them."""

from __future__ import annotations

import re
from typing import Final

from trawl.algebra import Measure
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.cursor import Cursor
from trawl.language.expressions import read_expression
from trawl.language.operators import is_callable
from trawl.language.spelling import default_name

_PERCENTILE: Final = re.compile(r"(?:perc|p)(\d{1,2}(?:\.\d+)?|100)", re.ASCII)


def read_measures(cursor: Cursor, *until: str) -> tuple[Measure, ...]:
    """Takes one measure or more, with or without commas, up to `by` or a word of `until`, an option or the end.

    Raises:
        TrawlError: `SYNTAX_ERROR`, and `INVALID_ARGUMENT` where two go to the same column.
    """
    first = read_measure(cursor, *until)
    found = {first.name: first}
    while cursor.mark(",") or not (cursor.at_end() or cursor.at_option() or cursor.peek().is_word("by", *until)):
        cursor.refuse_clause()
        measure = read_measure(cursor, *until)
        if measure.name in found:
            reason = f"two measures go to the column `{clip(measure.name)}`"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="name one of them with `as`", span=measure.span)
        found[measure.name] = measure
    return tuple(found.values())


def read_measure(cursor: Cursor, *until: str) -> Measure:
    """Takes one measure: `count`, `avg(bytes)`, `perc(bytes, 95) as slow`, `p95(bytes)`."""
    start = cursor.peek()
    if cursor.at_end() or start.is_word("by", *until) or start.is_mark(","):
        is_listed = cursor.scanner.text[: cursor.position].endswith(",")
        hint = "a comma goes only between two measures" if is_listed else "events are counted by `count`"
        raise cursor.surprise("an aggregation such as `count` or `avg(field)`", hint)
    expr = read_expression(cursor)
    function, arguments = _parts(cursor, expr)
    name = default_name(function, arguments)
    found = _PERCENTILE.fullmatch(function)
    if found and len(arguments) == 1:
        number = float(found[1]) if "." in found[1] else int(found[1])
        function, arguments = "perc", (*arguments, Literal(number, expr.span))
    elif found and not arguments:
        hint = f"it is written `{function}(field)`"
        raise TrawlError(Code.INVALID_ARGUMENT, f"`{function}` has no field in brackets", hint=hint, span=expr.span)
    if cursor.keyword("as"):
        name = cursor.new_name()
    return Measure(function, arguments, name, cursor.span_from(start))


def _is_bare(name: str) -> bool:
    """Whether it may be the name of an aggregate; any other stood in quotes and is a field."""
    return name.replace("_", "").isalnum()


def _parts(cursor: Cursor, expr: Expr) -> tuple[str, tuple[Expr, ...]]:
    """The aggregate and its arguments; a bare word is an aggregate without any."""
    if isinstance(expr, Field) and _is_bare(expr.name) and is_callable(expr.name.lower()):
        return expr.name.lower(), ()
    if isinstance(expr, Call) and is_callable(expr.function):
        return expr.function, expr.arguments
    hint = "what is computed from measures goes into an `eval` after the command"
    text = cursor.scanner.text
    shown = clip(text[expr.span.start : expr.span.end]) if expr.span else ""
    reason = f"found `{shown}`, expected an aggregation such as `count` or `avg(field)`"
    raise TrawlError(Code.SYNTAX_ERROR, reason, hint=hint, span=expr.span)
