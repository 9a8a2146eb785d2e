"""The rows of a subquery as a condition of `search`: any of the rows, each with all of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from trawl.algebra import Relation, Slice
from trawl.commands.base import Scope
from trawl.errors import Code, Notice, Span, TrawlError, clip
from trawl.expr import Call, EveryField, Expr, Field, Literal, all_of
from trawl.functions.base import spread
from trawl.language.cursor import Cursor
from trawl.language.searches import read_search
from trawl.values import Value, text_of

WRITTEN: Final = ("search", "query")
"""Columns whose text is a condition itself, as `format` and `return` make it."""
MOST_COMBINED: Final = 2_000
"""Rows of several fields. Engines plan a condition of each, which takes them seconds where there are more."""


def condition_of(rows: Iterable[Mapping[str, Value]], span: Span | None) -> Expr:
    """The condition that an event is like one of the rows. Of no rows it is false.

    Args:
        rows: nulls left out; a row without a value says nothing.
        span: where the subquery stands.

    Raises:
        TrawlError: what reading a text of a column named `search` raises; `QUERY_TOO_LARGE`.
    """
    lists: dict[str, list[Literal]] = {}
    others: list[Expr] = []
    for row in rows:
        written = next((row[name] for name in WRITTEN if isinstance(row.get(name), str)), None)
        match [(name, value) for name, value in row.items() if spread(value)]:
            case _ if isinstance(written, str):
                others.extend([_read(written, span)] if written.strip() else [])
            case []:
                continue
            case [(name, value)]:
                lists.setdefault(name, []).extend(Literal(text_of(item), span) for item in spread(value))
            case items:
                others.append(all_of(*[_is_one_of(name, value, span) for name, value in items]))
    combined = sum(map(_combined, others))
    if combined > MOST_COMBINED:
        raise TrawlError(
            Code.QUERY_TOO_LARGE,
            f"the subquery gives {combined:,} rows of several fields, expected at most {MOST_COMBINED:,}",
            hint="events are joined with many rows by `join FIELD [ … ]`; of one field there may be more",
            span=span,
        )
    found = [Call("search_in", (Field(name, span), *values), span) for name, values in lists.items()] + others
    if not found:
        return Literal(False, span)
    return found[0] if len(found) == 1 else Call("or", tuple(found), span)


def _combined(condition: Expr) -> int:
    """How many rows of several fields a condition is of; what `format` wrote is one condition of many."""
    if not isinstance(condition, Call) or condition.function != "or":
        return 1
    return sum(not (isinstance(each, Call) and each.function == "search_eq") for each in condition.arguments)


def limited(upstream: Relation, most: int, scope: Scope, span: Span | None) -> Relation:
    """The first rows: so many as are wanted (0: all), and not more than a subquery may give, with a warning then."""
    allowed = scope.limit("max_subsearch_hits_count")
    if 0 < most <= allowed:
        return Slice(upstream, most)
    message = f"there are more than {allowed:,} rows; the first ones are used"
    return Slice(upstream, allowed, notice=Notice("subquery_limit_reached", message, span))


def _is_one_of(name: str, value: Value, span: Span | None) -> Expr:
    return Call("search_in", (Field(name, span), *[Literal(text_of(item), span) for item in spread(value)]), span)


def _read(text: str, span: Span | None) -> Expr:
    """A condition that is a text of the data; what is wrong with it is said of the subquery."""
    cursor = Cursor(text)
    try:
        found = read_search(cursor)
        if not cursor.at_end() or cursor.peek().text:
            raise cursor.surprise("the end of the condition")
    except TrawlError as error:
        reason = f"the subquery gives the condition `{clip(text)}`: {error.reason}"
        raise TrawlError(error.code, reason, hint=error.hint, span=span) from error
    return _placed(found, span)


def _placed(expr: Expr, span: Span | None) -> Expr:
    """The condition with all in it standing where the subquery stands."""
    match expr:
        case Call(function, arguments):
            return Call(function, tuple([_placed(argument, span) for argument in arguments]), span)
        case Field(name):
            return Field(name, span)
        case Literal(value, _, text):
            return Literal(value, span, text)
        case _:
            return EveryField(span)
