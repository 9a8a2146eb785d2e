"""Columns of relations while a command lowers itself: helpers of its own that nobody sees, and names in lists."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

from trawl import wildcards
from trawl.algebra import Explode, Project, Relation
from trawl.commands.base import Scope
from trawl.errors import Code, TrawlError, clip, meant
from trawl.language.names import Name
from trawl.language.spelling import name_text
from trawl.schema import Column, Schema, Type

_MOST_TOLD: Final = 5
"""So many names are told of what there is."""


def hidden(word: str, taken: Container[str]) -> str:
    """A name for a helper column that is none of those taken."""
    name = f" {word}"
    while name in taken:
        name = f" {name}"
    return name


def only(relation: Relation, upstream: Relation, *more: str) -> Relation:
    """The relation with the columns of `upstream` and those named, without helpers."""
    names = (*upstream.columns.names, *(name for name in more if name not in upstream.columns))
    return Project(relation, tuple((name, name) for name in names))


def one_each(upstream: Relation, *names: str) -> Relation:
    """One row for each value of these fields, as groups count them; the events as they are where each has one."""
    for name in names:
        type_ = upstream.columns.type_of(name)
        if type_.multivalue:
            schema = upstream.columns.with_columns([Column(name, Type(type_.kinds))])
            upstream = Explode(upstream, name, distinct=True, schema=schema)
    return upstream


def matching(upstream: Relation, names: Iterable[Name], scope: Scope) -> tuple[str, ...]:
    """The columns that a list of names means, each once; warns of a pattern that matches none.

    An exact name counts whether it is there or not.
    """
    found: dict[str, None] = {}
    for name in names:
        matches = name.matches(upstream.columns.names) if name.is_pattern else [name.text]
        if not matches and not upstream.columns.open:
            message = f"no event has a field that `{clip(name.text)}` matches"
            note_absent(name, message, upstream.columns, scope)
        found.update(dict.fromkeys(matches))
    return tuple(found)


def shown(upstream: Relation, names: Iterable[Name], scope: Scope) -> tuple[str, ...]:
    """The columns that a list of names means, as `matching`; notes the exact names that are not there."""
    listed = tuple(names)
    for name in listed:
        if not name.is_pattern:
            scope.note_unknown(name.field, upstream.columns)
    return matching(upstream, listed, scope)


def note_absent(name: Name, message: str, known: Schema, scope: Scope) -> None:
    """Warns of a name that means no column, with those that may have been meant."""
    hint = alike(name, known)
    scope.warn("unknown_field", f"{message}; {hint}" if hint else message, name.span)


def none_left(reason: str, names: Sequence[Name], known: Schema) -> TrawlError:
    """The error (`INVALID_ARGUMENT`) that a list of names leaves no column, with names that may have been meant."""
    first, last = names[0].span, names[-1].span
    near = next(filter(None, (alike(name, known) for name in names if not name.matches(known.names))), None)
    told = ", ".join(f"`{clip(name_text(name))}`" for name in known.names[:_MOST_TOLD])
    more = " and others" if len(known.names) > _MOST_TOLD else ""
    span = first.to(last) if first and last else None
    return TrawlError(Code.INVALID_ARGUMENT, reason, hint=near or f"fields that there are: {told}{more}", span=span)


def alike(name: Name, known: Schema) -> str | None:
    """The hint for a name that no column has, or a pattern that none matches: those that match in another case, hold
    what the pattern does, or are spelled alike; None where none is.
    """
    folded = name.text.casefold()
    bare = name.text.replace("*", "") if name.is_pattern else name.text
    same = [column for column in known.names if name.is_pattern and wildcards.matches(folded, column.casefold())]
    inside = [column for column in known.names if name.is_pattern and bare and bare.casefold() in column.casefold()]
    return meant([name_text(column) for column in (same or inside or known.nearest(bare))[:3]])
