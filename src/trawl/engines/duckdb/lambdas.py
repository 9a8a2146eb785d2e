"""Expressions inside a lambda, over one value of a list in place of a field."""

from __future__ import annotations

import re
from typing import Final

from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, element, opened
from trawl.engines.duckdb.scopes import INLINE
from trawl.expr import Expr, Field

_LONGEST: Final = 100
"""Expressions of so many signs are written twice inside a lambda rather than named."""


class Inside(Expressions):
    """Compiles expressions inside a lambda, over one value of a list in place of a field.

    The lambda's argument is a struct of the value and of what is named, made by one lambda after another:
    the time that DuckDB takes to bind lambdas inside each other doubles with each of them.
    """

    def __init__(self, outside: Expressions, field: str, values: Alternative) -> None:
        super().__init__(outside.frame, outside.zone)
        self.depth = outside.depth + 1
        self._struct = f"each{outside.depth}"  # lambdas of other functions use other names
        self._outside = outside
        self._named: list[str] = []
        self._field = field
        self._list = values.sql
        self._value = opened((element(values, f"{self._struct}.v"),), INLINE)

    def _operand(self, expression: Expr) -> Operand:
        if not isinstance(expression, Field):
            return super()._operand(expression)
        return self._value if expression.name == self._field else self._outside.operand(expression)

    def bind(self, expression: str) -> str:
        """The expression in brackets, or a name for a long one: what is used twice over and over grows beyond all."""
        if len(expression) <= _LONGEST:
            return f"({expression})"
        self._named.append(expression)
        return f"{self._struct}.n{len(self._named) - 1}"

    def of_each(self, expression: str) -> str:
        """The list of what an expression is for each value."""
        return f"list_transform({self._structs(expression)}, lambda {self._struct}: {expression})"

    def where_it_holds(self, condition: str) -> str:
        """The list of the values for which a condition is true."""
        structs = f"list_filter({self._structs(condition)}, lambda {self._struct}: {condition})"
        return f"list_transform({structs}, lambda {self._struct}: {self._struct}.v)"

    def tell(self) -> None:
        """Notes outside what was noted: in rows one of whose values comes upon it."""
        for key, noted in self.noted.items():
            for flaw, when in noted.counted(self.bind):
                self._outside.note_inside(key, flaw, noted.span, f"len({self.where_it_holds(when)}) > 0")

    def _structs(self, expression: str) -> str:
        """The list with each value beside all that an expression needs that has a name."""
        structs = f"list_transform({self._list}, lambda x: {{'v': x}})"
        kept = [f"'v': {self._struct}.v"]
        for number in self._needed(expression):
            items = ", ".join([*kept, f"'n{number}': {self._named[number]}"])
            structs = f"list_transform({structs}, lambda {self._struct}: {{{items}}})"
            kept.append(f"'n{number}': {self._struct}.n{number}")
        return structs

    def _needed(self, expression: str) -> list[int]:
        found: list[int] = []
        for number in reversed(range(len(self._named))):
            name = re.compile(rf"\b{self._struct}\.n{number}\b")
            if any(name.search(reader) for reader in (expression, *(self._named[later] for later in found))):
                found.append(number)
        return found[::-1]
