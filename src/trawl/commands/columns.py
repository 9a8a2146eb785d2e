"""Columns of relations while a command lowers itself: helpers of its own that nobody sees, and names in lists."""

from __future__ import annotations

from collections.abc import Container, Iterable

from trawl.algebra import Explode, Project, Relation
from trawl.commands.base import Scope
from trawl.errors import clip
from trawl.language.names import Name
from trawl.schema import Column, Type


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
            scope.warn("unknown_field", f"no event has a field that `{clip(name.text)}` matches", name.span)
        found.update(dict.fromkeys(matches))
    return tuple(found)


def shown(upstream: Relation, names: Iterable[Name], scope: Scope) -> tuple[str, ...]:
    """The columns that a list of names means, as `matching`; notes the exact names that are not there."""
    listed = tuple(names)
    for name in listed:
        if not name.is_pattern:
            scope.note_unknown(name.field, upstream.columns)
    return matching(upstream, listed, scope)
