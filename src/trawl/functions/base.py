"""What a function is: its name, its types, its documentation, and its one meaning in plain Python.

The plain meaning is what the reference interpreter runs and what the corpus holds every engine to;
an engine spells each function in its own way beside itself (`trawl.engines.duckdb`). A family is one
module of this folder with a tuple `FUNCTIONS`; the folder is the registry (`trawl.functions`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from trawl.schema import Type
from trawl.values import Value


class Fault(Exception):
    """A run-time fault of the data, such as a bad cast: the value is null and the fault is counted.

    Args:
        code: a stable snake_case name, the notice's code.
        message: what was found, without the value itself.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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
        parameters: names for the documentation; a trailing `?` marks an optional one, `...` repetition.
        least, most: number of arguments; `most` None for any number.
        result: the type of the result.
        evaluate: the meaning. Gets values, never None unless `takes_null`; may raise `Fault`.
        summary: one sentence.
        examples: at least one for whatever a query can call.
        takes_null: whether null arguments reach `evaluate`; otherwise null in, null out.
        multivalue: what becomes of arguments with several values.
        is_operator: not callable by name in a query.
        aliases: further names.
        constants: positions of arguments that must be constants (a pattern, a format).
    """

    name: str
    parameters: tuple[str, ...]
    result: ResultType
    evaluate: Callable[..., Value]
    summary: str
    least: int = 0
    most: int | None = None
    examples: tuple[Example, ...] = ()
    takes_null: bool = False
    multivalue: Multivalue = Multivalue.REJECT
    is_operator: bool = False
    aliases: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()


@dataclass(frozen=True)
class Aggregation:
    """An aggregate function (language.md 6).

    Attributes:
        evaluate: the meaning: gets the values of the first argument in input order, without nulls and
            with multivalues spread out (for `count` with no argument: one True a row; for `count(f)`
            one value an event), and the constants that follow it.
        needs_time: gets pairs (value, instant) instead (`earliest`, `latest`, `rate`).
    """

    name: str
    parameters: tuple[str, ...]
    result: ResultType
    evaluate: Callable[..., Value]
    summary: str
    least: int = 1
    most: int = 1
    examples: tuple[Example, ...] = ()
    needs_time: bool = False
    aliases: tuple[str, ...] = ()


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
