"""Fields out of texts: what `rex`, `parse`, `kv` and `spath` mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trawl.algebra import Extend, Relation, Unpack
from trawl.commands.base import Scope
from trawl.commands.columns import hidden, only
from trawl.errors import Notice, Span, TrawlError, clip
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.regex import compile_re2
from trawl.language.cursor import Cursor
from trawl.language.names import Written
from trawl.language.spelling import name_text
from trawl.language.tokens import Kind
from trawl.schema import Schema

MOST_FIELDS: Final = 1_000
"""So many fields a command adds that finds their names in the data."""


@dataclass(frozen=True)
class Target:
    """A field and the groups that fill it: the first one that took something.

    Attributes:
        cast: the function that makes a value of its text, if any.
    """

    name: str
    groups: tuple[int, ...]
    cast: str | None = None


def read_pattern(cursor: Cursor, hint: str) -> Written:
    """Takes a regular expression in double quotes.

    Args:
        hint: what to say of a word in front of it, with `{}` for the word.
    """
    token = cursor.peek()
    if token.kind is Kind.STRING:
        cursor.take(token)
        return Written(token.text, token.span)
    meant = None
    if token.kind in (Kind.WORD, Kind.NAME) and cursor.after(token).kind is Kind.STRING:
        meant = hint.format(clip(name_text(token.text)))
    elif token.kind is not Kind.END and not token.is_mark("|"):
        meant = "an expression stands in double quotes"
    raise cursor.surprise("a regular expression in double quotes", meant)


def compiled(pattern: Written) -> re.Pattern[str]:
    """The regular expression that a command was given.

    Raises:
        TrawlError: `INVALID_ARGUMENT` where RE2 would refuse it.
    """
    try:
        return compile_re2(pattern.text)
    except TrawlError as error:
        error.span = pattern.span
        raise


def first_match(
    upstream: Relation, pattern: Literal, read: Field, targets: Iterable[Target], offsets: str | None = None
) -> Relation:
    """Adds what the groups of the first match took; where they took nothing a field keeps its value.

    Args:
        offsets: the field that says where the match is, `0-9` for the first ten signs; None: it is not said.
    """
    groups = hidden("groups", upstream.columns.names)
    before = 0
    if offsets is not None:  # what stands before the match, and the match as a whole, are groups themselves
        before, pattern = 2, Literal(f"^((?s:.*?))({pattern.value})", pattern.span)
    call = Call("regex_groups", (read, pattern), pattern.span)
    matched = Extend(upstream, ((groups, call),))

    def taken(target: Target) -> Expr:
        if target.name == offsets:
            return _offsets(Field(groups))
        found = [Call("member", (Field(groups), Literal(before + group))) for group in target.groups]
        value: Expr = found[0] if len(found) == 1 else Call("coalesce", tuple(found))
        return Call(target.cast, (value,), pattern.span) if target.cast else value

    listed = (*targets, *([Target(offsets, ())] if offsets is not None else []))
    added = Extend(matched, _kept(listed, upstream.columns, taken))
    return only(added, upstream, *(target.name for target in listed))


def _offsets(groups: Field) -> Expr:
    """Where a match begins and ends, counted from 0; null where it is none, or empty."""
    before, match = (Call("member", (groups, Literal(place))) for place in (1, 2))
    start = Call("coalesce", (Call("len", (before,)), Literal(0)))
    end = Call("sub", (Call("add", (start, Call("len", (match,)))), Literal(1)))
    return Call("concat", (Call("tostring", (start,)), Literal("-"), Call("tostring", (end,))))


def all_matches(upstream: Relation, pattern: Literal, read: Field, targets: Iterable[Target], most: int) -> Relation:
    """Adds what the groups of all matches took, or of each group the first `most` texts (0: all)."""

    def taken(target: Target) -> Expr:
        return Call("regex_all", (read, pattern, Literal(target.groups[0]), Literal(most)), pattern.span)

    return Extend(upstream, _kept(tuple(targets), upstream.columns, taken))


def _kept(targets: tuple[Target, ...], known: Schema, taken: Callable[[Target], Expr]) -> tuple[tuple[str, Expr], ...]:
    """An assignment for each target, which keeps the value that there is where none is taken."""
    return tuple(
        (
            target.name,
            Call("coalesce", (taken(target), Field(target.name))) if target.name in known else taken(target),
        )
        for target in targets
    )


def unpacked(upstream: Relation, text: Expr, scope: Scope, span: Span) -> Relation:
    """Adds the fields of JSON objects; the time stays the event's."""
    message = f"there are more than {MOST_FIELDS:,} fields; the first by name are kept"
    return Unpack(upstream, text, (scope.time_field,), MOST_FIELDS, Notice("fields_left_out", message, span))
