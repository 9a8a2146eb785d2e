"""Numbers the rows of a relation whose expressions draw random numbers (ADR 9).

What identifies an event on every engine is its place among the events that come in, as every relation has a
total order. So `random()` is a function of the row's number, which a window below the relation gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache

from trawl.algebra import ROW_NUMBER, Aggregate, Measure, Project, Relation, SortKey, Window
from trawl.commands.columns import hidden
from trawl.expr import Call, Expr, Field, Literal, rewrite
from trawl.functions.base import Clock
from trawl.functions.chance import RANDOM, seeds
from trawl.schema import INTEGER, Column


def numbered(relation: Relation, clock: Clock) -> Relation:
    """The bound relation, over numbered rows if it draws random numbers; its columns stay the same."""
    drawn: list[Call] = []

    @cache
    def number() -> Field:
        taken = {name for each in (relation, *relation.inputs) for name in each.columns.names}
        return Field(hidden("row", taken), None, INTEGER)

    def draw(node: Expr) -> Expr:
        if not isinstance(node, Call) or node.function != RANDOM or node.arguments:
            return node
        first, second = (Literal(seed, type=INTEGER) for seed in seeds(clock, node.span))
        drawn.append(Call(RANDOM, (number(), first, second), node.span, INTEGER))
        return drawn[-1]

    drawing = _changed(relation, lambda expression: rewrite(expression, draw))
    if not drawn:
        return relation
    (below,) = relation.inputs
    column = Column(number().name, INTEGER)
    measure = Measure(ROW_NUMBER, (), number().name)
    rows = Window(below, (), (measure,), frame="running", schema=below.columns.with_columns([column]))
    drawing = drawing.with_inputs((rows,))
    if isinstance(relation, Aggregate):
        return drawing
    names = tuple((name, name) for name in relation.columns.names)
    widened = replace(drawing, schema=relation.columns.with_columns([column]))
    return Project(widened, names, schema=relation.schema)


def _changed(relation: Relation, change: Callable[[Expr], Expr]) -> Relation:
    """The relation with each of its expressions changed, whatever relation it is; one of no inputs has none."""

    def of(value: object) -> object:
        match value:
            case Literal() | Field() | Call():
                return change(value)
            case Measure():
                return replace(value, arguments=tuple(change(argument) for argument in value.arguments))
            case SortKey():
                return replace(value, value=change(value.value))
            case tuple():
                return tuple(of(item) for item in value)
        return value

    if not relation.inputs:
        return relation
    changes = {item.name: of(getattr(relation, item.name)) for item in fields(relation) if item.name != "schema"}
    return replace(relation, **changes)  # type: ignore[arg-type]  # names and values come from the class itself
