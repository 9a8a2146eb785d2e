"""Expressions as SQL over a frame. What each function becomes is in `trawl.engines.duckdb.spelling`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from trawl import functions
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.operands import (
    Alternative,
    Operand,
    constant,
    element,
    has_value,
    is_there,
    one,
    opened,
    singles,
)
from trawl.engines.duckdb.scopes import INLINE, Apart, Flaw, Noted, Scope
from trawl.errors import Span
from trawl.expr import Call, Expr, Field, Literal
from trawl.schema import BOOLEAN, Kind, Type

Holds: TypeAlias = Callable[[Alternative, Scope], str | None]
"""Whether a single value is what is asked for, as SQL; None where it never is."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A value that is taken for a condition.

    Attributes:
        truth: SQL that is true, false or null.
        flaws: where it is no boolean and therefore null: conditions of rows, by what is wrong.
    """

    truth: str
    flaws: tuple[tuple[Flaw, str], ...]

    @property
    def is_none(self) -> str | None:
        """Whether a row's value is no boolean; None where all are booleans."""
        return sql.any_of(when for _, when in self.flaws) if self.flaws else None


class Expressions:
    """Compiles expressions over the rows of a frame.

    What an expression computes twice becomes a column of the frame; faults of the data are noted by the
    place in the query, each as conditions of rows.

    Attributes:
        frame: where columns are looked up, and where what is used twice becomes a column of its own.
        zone: IANA name of the time zone of functions that are told none.
        depth: inside how many lambdas over the values of a field.
        noted: what may be wrong in each call, or what else is compiled.
    """

    def __init__(self, frame: Frame, zone: str) -> None:
        self.frame = frame
        self.zone = zone
        self.depth = 0
        self.noted: dict[Hashable, Noted] = {}
        self._known: dict[int, Operand] = {}
        self._calls: list[Call] = []
        self._spot: Span | None = None
        self._guards: list[str] = []

    def operand(self, expression: Expr) -> Operand:
        """The value of an expression."""
        if id(expression) not in self._known:
            self._known[id(expression)] = self._operand(expression)
        return self._known[id(expression)]

    def _operand(self, expression: Expr) -> Operand:
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
                case "and" if _are_conditions(expression.arguments):
                    return sql.all_of(self._truths(expression, "({}) IS TRUE"))
                case "or" if _are_conditions(expression.arguments):
                    return sql.any_of(self._truths(expression, "({}) IS NOT TRUE"))
            name = spelling.name_of(expression.function)
            predicate = spelling.PREDICATES.get(name) or spelling.SEARCHES.get(name)
            if predicate is not None:
                with self._inside(expression):
                    found = predicate(self, expression)
                return sql.any_of(found if self._is_stored(expression) else map(_judged, found))
        with self.at(expression.span):
            return self.condition(expression).truth

    def _truths(self, call: Call, going_on: str) -> list[str]:
        """The conditions, each computed only where those before it left the answer open."""
        found = []
        with ExitStack() as before:
            for argument in call.arguments:
                found.append(self.truth(argument))
                before.enter_context(self.where(going_on.format(found[-1])))
        return found

    def _is_stored(self, call: Call) -> bool:
        """Whether what a call looks at first is a column as a file has it."""
        return all(given.sql.startswith("c") and given.sql.isidentifier() for given in self.operand(call.arguments[0]))

    def condition(self, expression: Expr) -> Condition:
        """The expression as true, false or null; where it is no boolean it is null, which is noted."""
        found = self.apart(expression)
        for flaw, when in found.flaws:
            self.note(flaw, when)
        return found

    def apart(self, expression: Expr) -> Condition:
        """The same, of which nothing is noted yet."""
        scope = Apart(self)
        found = singles(self.operand(expression), scope)
        others = [f"{given.sql} IS NOT NULL" for given in found if given.kind is not Kind.BOOLEAN]
        if others:
            scope.note(Flaw.NO_CONDITION, sql.any_of(others))
        booleans = (given.sql for given in found if given.kind is Kind.BOOLEAN)
        return Condition(sql.coalesce(booleans, "BOOLEAN"), tuple(scope.noted))

    @contextmanager
    def at(self, spot: Span | None) -> Iterator[None]:
        """Compiles what stands at a place of the query without being a call, such as an aggregate."""
        before, self._spot = self._spot, spot
        yield
        self._spot = before

    @contextmanager
    def where(self, condition: str) -> Iterator[None]:
        """Compiles what is computed only where a condition is true."""
        self._guards.append(condition)
        yield
        self._guards.pop()

    def note(self, flaw: Flaw, when: str) -> None:
        """Counts a fault of the call that is being compiled, in rows in which it is reached."""
        call = self._calls[-1] if self._calls else None
        conditions = [*self._guards, f"({when})"]
        if call is not None and flaw is not Flaw.SEVERAL_VALUES and not _takes_null(call):
            conditions[:0] = dict.fromkeys(self._arguments_there(call))
        key: Hashable = (self._spot, flaw) if call is None else id(call)
        noted = Noted(self._spot) if call is None else Noted(call.span, is_lazy=_is_lazy(call))
        self.noted.setdefault(key, noted).add(flaw, sql.all_of(conditions))

    def _arguments_there(self, call: Call) -> Iterator[str]:
        """For each argument whether there is one; where one value is expected, an empty list is none."""
        function = functions.find(call.function)
        lists = function.lists(len(call.arguments)) if function else ()
        for place, argument in enumerate(call.arguments):
            operand = self.operand(argument)
            yield is_there(operand) if place in lists else has_value(operand)

    def note_inside(self, key: Hashable, flaw: Flaw, span: Span | None, when: str) -> None:
        """Counts a fault of what stands inside the call that is being compiled."""
        self.noted.setdefault((key, flaw), Noted(span)).add(flaw, sql.all_of([*self._guards, when]))

    def bind(self, expression: str) -> str:
        """Gives an expression that is used more than once a name."""
        return self.frame.bind(expression)

    def _call(self, call: Call) -> Operand:
        for argument in call.arguments if not _is_lazy(call) else ():
            self.operand(argument)
        with self._inside(call):
            return _conformed(self._spelled(call), call.type)

    @contextmanager
    def _inside(self, call: Call) -> Iterator[None]:
        self._calls.append(call)
        yield
        self._calls.pop()

    def _spelled(self, call: Call) -> Operand:
        from trawl.engines.duckdb import spelling  # as above

        name = spelling.name_of(call.function)
        predicate = spelling.PREDICATES.get(name)
        if predicate is not None:
            return one(Kind.BOOLEAN, sql.coalesce(predicate(self, call), "BOOLEAN"))
        search = spelling.SEARCHES.get(name)
        if search is not None:
            found = search(self, call)
            return one(Kind.BOOLEAN, f"coalesce({', '.join([*found, 'false'])})")
        return spelling.SCALARS[name](self, call)


def _conformed(operand: Operand, type_: Type | None) -> Operand:
    """Integers as floats where the type of a call says float: where a field is text in other events, say."""
    if type_ is None or Kind.FLOAT not in type_.kinds or Kind.INTEGER in type_.kinds:
        return operand
    return tuple(
        replace(
            given,
            sql=f"CAST({given.sql} AS DOUBLE{'[]' if given.many else ''})",
            kind=Kind.FLOAT,
            wide=False,
            constant=None,
        )
        if given.kind is Kind.INTEGER
        else given
        for given in operand
    )


def _judged(condition: str) -> str:
    """A condition in a form that DuckDB takes as it is.

    A bare `IN`, `LIKE` or `regexp_matches` of a computed value is replaced, where statistics say that it holds
    for all values of a column inside, by the question whether that column is null.
    """
    return f"({condition}) IS TRUE"


def _is_lazy(call: Call) -> bool:
    function = functions.find(call.function)
    return function is not None and function.lazy


def _are_conditions(arguments: Iterable[Expr]) -> bool:
    """Whether none of the values can be anything but true, false or null."""
    return all(argument.type == BOOLEAN for argument in arguments)


def _takes_null(call: Call) -> bool:
    function = functions.find(call.function)
    return function is None or function.takes_null or function.lazy


def any_value(operand: Operand, holds: Holds, to: Scope) -> list[str]:
    """For each alternative whether the predicate holds for its value or one of its values; null where it is null."""
    found = []
    for alternative in opened(operand, to):
        if not alternative.many:
            condition = holds(alternative, to)
        else:
            items = opened((element(alternative, "x"),), INLINE)
            held = [condition for item in items if (condition := holds(item, INLINE)) is not None]
            among = f"(len(list_filter({alternative.sql}, lambda x: {sql.any_of(held)})) > 0)"
            condition = among if held else None
        found.append(condition or f"CASE WHEN {alternative.sql} IS NOT NULL THEN false END")
    return found
