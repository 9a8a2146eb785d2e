"""Expressions as SQL over a frame. What each function becomes is in `trawl.engines.duckdb.spelling`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.operands import (
    Alternative,
    Bind,
    Operand,
    constant,
    element,
    of_kind,
    one,
    opened,
)
from trawl.expr import Call, Expr, Field, Literal
from trawl.schema import Kind

Holds: TypeAlias = Callable[[Alternative, Bind], str | None]
"""Whether a single value is what is asked for, as SQL; None where it never is."""


class Expressions:
    """Compiles expressions over the rows of a frame.

    Attributes:
        frame: where columns are looked up, and where what is used twice becomes a column of its own.
        zone: IANA name of the time zone of functions that are told none.
    """

    def __init__(self, frame: Frame, zone: str) -> None:
        self.frame = frame
        self.zone = zone

    def operand(self, expression: Expr) -> Operand:
        """The value of an expression."""
        match expression:
            case Literal():
                return constant(expression.value)
            case Field():
                return self.frame.columns.get(expression.name, ())
            case Call():
                return self._call(expression)
            case _:
                raise AssertionError("the binder replaces EveryField")

    def truth(self, expression: Expr) -> str:
        """SQL that is true where the expression is, and false or null elsewhere."""
        from trawl.engines.duckdb import spelling  # the tables read this module's class

        if isinstance(expression, Call):
            match expression.function:
                case "and":
                    return sql.all_of(self.truth(argument) for argument in expression.arguments)
                case "or":
                    return sql.any_of(self.truth(argument) for argument in expression.arguments)
            predicate = spelling.PREDICATES.get(expression.function) or spelling.SEARCHES.get(expression.function)
            if predicate is not None:
                return sql.any_of(predicate(self, expression))
        return self.condition(expression)

    def condition(self, expression: Expr) -> str:
        """The expression as true, false or null."""
        return of_kind(self.operand(expression), Kind.BOOLEAN, self.bind)

    def bind(self, expression: str) -> str:
        """Gives an expression that is used more than once a name."""
        return self.frame.bind(expression)

    def _call(self, call: Call) -> Operand:
        from trawl.engines.duckdb import spelling  # as above

        predicate = spelling.PREDICATES.get(call.function)
        if predicate is not None:
            return one(Kind.BOOLEAN, sql.coalesce(predicate(self, call), "BOOLEAN"))
        search = spelling.SEARCHES.get(call.function)
        if search is not None:
            found = search(self, call)
            return one(Kind.BOOLEAN, f"coalesce({', '.join([*found, 'false'])})")
        return spelling.SCALARS[call.function](self, call)


def same(expression: str) -> str:
    """What stands in for naming where nothing can be named: inside a lambda."""
    return f"({expression})"


def any_value(operand: Operand, holds: Holds, bind: Bind) -> list[str]:
    """For each alternative whether the predicate holds for its value or one of its values; null where it is null."""
    found = []
    for alternative in opened(operand, bind):
        if not alternative.many:
            condition = holds(alternative, bind)
        else:
            items = opened((element(alternative, "x"),), same)
            held = [condition for item in items if (condition := holds(item, same)) is not None]
            among = f"(len(list_filter({alternative.sql}, lambda x: {sql.any_of(held)})) > 0)"
            condition = among if held else None
        found.append(condition or f"CASE WHEN {alternative.sql} IS NOT NULL THEN false END")
    return found
