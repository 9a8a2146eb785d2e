"""Rows as the text of a condition of `search`, which finds the events that are like one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from trawl.algebra import Aggregate, Extend, Measure, Project, Relation
from trawl.commands.subsearch import WRITTEN
from trawl.expr import Call, Expr, Field, Literal
from trawl.language.spelling import name_text
from trawl.schema import Schema

SEARCH: Final = "search"
"""The column that the text goes to."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around and between rows and their columns.

    Attributes:
        before, after: around all rows.
        row_before, row_after: around the columns of a row.
        columns: between two columns. rows: between two rows.
    """

    before: str = "("
    row_before: str = "("
    columns: str = "AND"
    row_after: str = ")"
    rows: str = "OR"
    after: str = ")"


PLAIN: Final = Frame()
"""As subqueries are asked for."""


def written(upstream: Relation, terms: Sequence[Expr], frame: Frame) -> Relation:
    """One row with the text of all rows that there are; without rows, or where none says anything, it has none.

    Args:
        upstream: bound.
        terms: of each row, texts; those that are null are left out.
    """
    row: Expr = Literal(None)
    if terms:
        row = Call("mvjoin", (Call("mvappend", tuple(terms)), Literal(_between(frame.columns))))
        row = _around(frame.row_before, row, frame.row_after)
    rows = Project(Extend(upstream, ((SEARCH, row),)), ((SEARCH, SEARCH),))
    joined = Measure("search_joined", (Field(SEARCH), Literal(_between(frame.rows))), SEARCH)
    return Extend(Aggregate(rows, (), (joined,)), ((SEARCH, _around(frame.before, Field(SEARCH), frame.after)),))


def terms_of(known: Schema) -> list[Expr]:
    """What a row asks for, as `subsearch.condition_of` understands it: its condition, else all of its fields."""
    terms: list[Expr] = [term(name, Field(name)) for name in known.names]
    for name in reversed(WRITTEN):
        if name in known:
            is_condition = Call("isstr", (Field(name),))
            others = [Call("if", (is_condition, Literal(None), other)) for other in terms]
            terms = [Call("if", (is_condition, condition(Field(name)), Literal(None))), *others]
    return terms


def term(name: str, field: Field) -> Expr:
    """The text that asks for a field of this name with the value that `field` has."""
    return Call("search_written", (field, Literal(f"{name_text(name)}=")))


def condition(field: Field) -> Expr:
    """The text of a field that is a condition itself; null where it is blank."""
    return Call("nullif", (Call("trim", (field,)), Literal("")))


def value(field: Field) -> Expr:
    """The text that looks for the value of a field anywhere."""
    return Call("search_written", (field, Literal("")))


def _between(separator: str) -> str:
    return f" {separator} " if separator else " "


def _around(before: str, inside: Expr, after: str) -> Expr:
    pieces: Iterable[Expr] = (
        Literal(f"{before} " if before else ""),
        inside,
        Literal(f" {after}" if after else ""),
    )
    return Call("concat", tuple(pieces))
