"""What an expression is for one row: the functions' own meaning, and faults counted by where they happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from trawl import functions
from trawl.engines.reference.rows import Row
from trawl.errors import Notice, Span
from trawl.expr import Call, EveryField, Expr, Field, Literal, Subsearch
from trawl.functions.base import Fault, Function
from trawl.functions.coercion import truth
from trawl.schema import BOOLEAN, Kind, Type
from trawl.values import Scalar, Value


@dataclass
class Faults:
    """Faults of the data, counted."""

    _counts: Counter[tuple[str, str, Span | None]] = field(default_factory=Counter)

    def add(self, fault: Fault, span: Span | None) -> None:
        """Counts a fault at a place of the query."""
        self._counts[fault.code, str(fault), span] += 1

    def add_once(self, others: Faults) -> None:
        """Counts each kind of other faults once, however often it came up."""
        self._counts.update(others._counts.keys())

    def notices(self) -> list[Notice]:
        """The faults so far, in the order in which they first came up."""
        return [Notice(code, message, span, count) for (code, message, span), count in self._counts.items()]


def evaluate(expression: Expr, row: Row, faults: Faults) -> Value:
    """The value of a bound expression for a row. Depth is bounded by the parser (`trawl.expr.DEEPEST`)."""
    match expression:
        case Literal(value=value):
            return value
        case Field(name=name):
            return row.get(name)
        case EveryField() | Subsearch():
            raise AssertionError(f"{type(expression).__name__} is not bound")
        case Call():
            return _conform(_call(expression, row, faults), expression.type)


def is_true(condition: Expr, row: Row, faults: Faults) -> bool:
    """Whether a condition holds for a row; null does not, nor what is no boolean, which is a fault.

    Of conditions joined by AND none is looked at after one that does not hold, be it null.
    """
    if isinstance(condition, Call) and all(argument.type == BOOLEAN for argument in condition.arguments):
        hold = (is_true(argument, row, faults) for argument in condition.arguments)
        match condition.function:
            case "and":
                return all(hold)
            case "or":
                return any(hold)
    try:
        return truth(evaluate(condition, row, faults)) is True
    except Fault as fault:
        faults.add(fault, condition.span)
        return False


def _call(call: Call, row: Row, faults: Faults) -> Value:
    function = functions.find(call.function)
    assert function is not None, f"{call.function} is not bound"
    try:
        if function.per_value:
            return _per_value(function, call, row, faults)
        if function.lazy:
            return function.evaluate(*(_later(argument, row, faults) for argument in call.arguments))
        return function.apply([evaluate(argument, row, faults) for argument in call.arguments])
    except Fault as fault:
        faults.add(fault, call.span)
        return None


def _later(argument: Expr, row: Row, faults: Faults) -> Callable[[], Value]:
    return lambda: evaluate(argument, row, faults)


def _per_value(function: Function, call: Call, row: Row, faults: Faults) -> Value:
    """A function of an expression of each value of a field: of the row as if the field had that value alone.

    An event counts once, however many of its values are at fault.
    """
    field_, expression = call.arguments
    assert isinstance(field_, Field)
    found = Faults()
    of_value = is_true if function.filters else evaluate
    result = function.evaluate(
        _later(field_, row, faults), lambda value: of_value(expression, {**row, field_.name: value}, found)
    )
    faults.add_once(found)
    return result


def _conform(value: Value, type_: Type | None) -> Value:
    """An integer where the type of the call says float is that float: `round(x, 1)` of 2 in a column of floats."""
    if type_ is None or Kind.FLOAT not in type_.kinds or Kind.INTEGER in type_.kinds:
        return value
    return [_as_float(item) for item in value] if isinstance(value, list) else _as_float(value)


def _as_float(value: Scalar | None) -> Scalar | None:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
