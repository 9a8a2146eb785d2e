"""What a function is: its name, its types, its documentation, and its one meaning in plain Python.

The plain meaning is what the reference interpreter runs and what the corpus holds every engine to;
an engine spells each function in its own way beside itself (`trawl.engines.duckdb`). A family is one
module of this folder with a tuple `FUNCTIONS`; the folder is the registry (`trawl.functions`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product
from typing import TypeAlias

from trawl.expr import Call, Expr
from trawl.schema import Type
from trawl.values import Instant, Scalar, Value


class Fault(Exception):  # noqa: N818  (the data's fault is no error of the search: it goes on)
    """A run-time fault of the data, such as a bad cast: the value is null and the fault is counted.

    Args:
        code: a stable snake_case name, the notice's code.
        message: what was found, without the value itself.
        value: of an aggregation, what stands in place of null.
    """

    def __init__(self, code: str, message: str, value: Value = None) -> None:
        super().__init__(message)
        self.code = code
        self.value = value


class Multivalue(StrEnum):
    """What a function does with an argument of several values (language.md 6a)."""

    ANY = "any"
    """it is true if it is true for one of the values"""
    REJECT = "reject"
    """one value counts as itself, several give null and a counted warning"""
    ACCEPT = "accept"
    """it is made for multivalues and gets the list (a single value comes as it is)"""


ResultType: TypeAlias = Callable[[tuple[Type, ...]], Type]
"""The type of the result from those of the arguments; raises `TrawlError(TYPE_MISMATCH)` without a span."""

Check: TypeAlias = Callable[[tuple[Expr, ...]], None]
"""Looks at the arguments as written; raises `TrawlError(INVALID_ARGUMENT)`, without a span for the whole call."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is settled when a search is created.

    Attributes:
        now: the task's clock.
        zone: IANA name of the zone of calendar units and of times as text.
    """

    now: Instant
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Example:
    """A call and what it gives, as the reference shows them and the tests run them."""

    call: str
    result: Value


@dataclass(frozen=True)
class Function:
    """A scalar function or operator.

    Attributes:
        name: the name in the tree; for operators a word no query can spell as a call (`search_eq`).
        parameters: names for the documentation; a trailing `?` marks an optional one, a last `...` that
            any number of arguments may follow.
        result: the type of the result.
        evaluate: the meaning. Gets values, never None unless `takes_null`; may raise `Fault`.
        summary: one sentence.
        examples: at least one for whatever a query can call.
        takes_null: whether null arguments reach `evaluate`; otherwise null in, null out.
        multivalue: what becomes of arguments with several values.
        many: positions of the arguments that may have several values, of a function that accepts multivalues;
            the others count as one. None for all.
        lazy: `evaluate` gets callables that compute the arguments, and calls those that it needs (`if`).
            Then null and multivalues reach it as they are.
        per_value: the first argument is a field, and `evaluate` gets a callable that computes its values and
            one that computes the second argument as if the field had just the value that it is given (`mvmap`).
        filters: of a `per_value` one, whether the second argument is a condition, so that the callable says whether
            it holds (`mvfilter`).
        is_operator: not callable by name in a query.
        takes_text: whether a text may be meant after the first argument, so that a name there which no event
            has may be one without its quotes.
        aliases: further names.
        constants: positions of arguments that must be constants (a pattern, a format).
        check: refuses constants that make no sense (an invalid pattern) before anything runs.
        expand: rewrites a call before it is bound, where the meaning hangs on the clock (`now`, `strftime`)
            or on how its arguments are written (`mvfilter`, `sigfig`). A call that is expanded already
            stays as it is.
    """

    name: str
    parameters: tuple[str, ...]
    result: ResultType
    evaluate: Callable[..., Value]
    summary: str
    examples: tuple[Example, ...] = ()
    takes_null: bool = False
    multivalue: Multivalue = Multivalue.REJECT
    many: tuple[int, ...] | None = None
    lazy: bool = False
    per_value: bool = False
    filters: bool = False
    is_operator: bool = False
    takes_text: bool = True
    aliases: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()
    check: Check | None = None
    expand: Callable[[Call, Clock], Expr] | None = None

    @cached_property
    def least(self) -> int:
        """How many arguments it needs."""
        return _least(self.parameters)

    @property
    def most(self) -> int | None:
        """How many arguments it takes; None for any number."""
        return None if "..." in self.parameters else len(self.parameters)

    def apply(self, arguments: Sequence[Value]) -> Value:
        """The function of values that are already computed, with the rules for null and multivalues.

        Raises:
            Fault: the data is at fault; the value is null.
        """
        if self.lazy:
            return self.evaluate(*(_constant(argument) for argument in arguments))
        if self.multivalue is Multivalue.ANY:
            return self._any(arguments)
        kept = self.lists(len(arguments))
        arguments = [found if place in kept else single(found) for place, found in enumerate(arguments)]
        if not self.takes_null and any(argument is None for argument in arguments):
            return None
        return self.evaluate(*arguments)

    def lists(self, count: int) -> Container[int]:
        """Which of so many arguments may have several values, by their positions."""
        if self.many is not None:
            return self.many
        return () if self.multivalue is Multivalue.REJECT else range(count)

    def _any(self, arguments: Sequence[Value]) -> Value:
        if not self.takes_null and any(argument is None for argument in arguments):
            return None
        choices = [spread(argument) if isinstance(argument, list) else [argument] for argument in arguments]
        outcomes = [self.evaluate(*chosen) for chosen in product(*choices)]
        if True in outcomes:
            return True
        return None if None in outcomes else False


@dataclass(frozen=True)
class Aggregation:
    """An aggregate function (language.md 6).

    Attributes:
        evaluate: the meaning: gets the values of the first argument in input order, without nulls and
            with multivalues spread out (for `count` with no argument: one True a row; for `count(f)`
            one value an event), and the constants that follow it. May raise `Fault`.
        skips: of a single value, why it is left out and counted as a fault (`sum` of text); None to keep it.
        needs_time: gets pairs (value, instant) instead (`earliest`, `latest`, `rate`). The instant is the
            second argument's, a field; rows without one are left out.
        constants: positions of arguments that must be constants.
        check: refuses constants that make no sense before anything runs.
        is_operator: not callable by name in a query; commands use it.
        of_times: the name of the one that takes its place where all values are times.
    """

    name: str
    parameters: tuple[str, ...]
    result: ResultType
    evaluate: Callable[..., Value]
    summary: str
    examples: tuple[Example, ...] = ()
    skips: Callable[[Scalar], Fault | None] | None = None
    needs_time: bool = False
    aliases: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()
    check: Check | None = None
    is_operator: bool = False
    of_times: str | None = None

    @cached_property
    def least(self) -> int:
        """How many arguments it needs."""
        return _least(self.parameters)

    @property
    def most(self) -> int:
        """How many arguments it takes."""
        return len(self.parameters)


def spread(value: Value) -> list[Scalar]:
    """The values that a value is: none for null, one for a single one; nulls inside an array are no values."""
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value is None else [value]


def single(value: Value) -> Scalar | None:
    """A value as one: an array of one is its value, an array of none is null.

    Raises:
        Fault: there are several.
    """
    if not isinstance(value, list):
        return value
    values = spread(value)
    if len(values) > 1:
        raise Fault("several_values", "several values were found where one is expected")
    return values[0] if values else None


def _least(parameters: tuple[str, ...]) -> int:
    return sum(1 for name in parameters if name != "..." and not name.endswith("?"))


def _constant(value: Value) -> Callable[[], Value]:
    return lambda: value


def fixed(type_: Type) -> ResultType:
    """A result type that does not depend on the arguments."""
    return lambda arguments: type_


def same_as_first(arguments: tuple[Type, ...]) -> Type:
    """The result is of the type of the first argument."""
    return arguments[0]


def common(arguments: Sequence[Type]) -> Type:
    """The type that holds the values of all arguments."""
    result = arguments[0]
    for argument in arguments[1:]:
        result = result.union(argument)
    return result
