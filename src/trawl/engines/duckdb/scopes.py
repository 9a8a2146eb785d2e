"""What an expression may ask while it is compiled: names for what is used twice, and faults of the data counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from trawl.engines.duckdb import sql
from trawl.errors import Span


class Flaw(Enum):
    """A fault of the data: its stable code, and what was found (`trawl.functions.base.Fault`)."""

    TEXT_NO_NUMBER = "not_a_number", "a text that is no number was found where a number is expected"
    BOOLEAN_NO_NUMBER = "not_a_number", "a boolean was found where a number is expected"
    TIME_NO_NUMBER = "not_a_number", "a time was found where a number is expected"
    NO_NUMBER_OF_BASE = "not_a_number", "a text that is no number of the base was found"
    NO_INTEGER = "not_an_integer", "a number with a fraction was found where an integer is expected"
    NO_CONDITION = "not_a_boolean", "a value that is no boolean was found where a condition is expected"
    TEXT_NO_BOOLEAN = "not_a_boolean", "a text that is neither true nor false was found"
    NO_TIME = "not_a_time", "a value that cannot be read as a time was found"
    NUMBER_NO_TIME = "not_a_time", "a number was found where a time is expected"
    NOT_OF_FORMAT = "not_a_time", "a text that is not of the format was found"
    LIST_LIMIT = (
        "list_limit_reached",
        "a list has more values than `sme.core.list_limit` allows; the first ones are kept",
    )
    NO_JSON = "not_json", "a text that is no JSON was found"
    LONG_NAME = "long_name", "a name of more than 256 characters was found, and its pair is left out"
    NOT_DEFINED = "not_defined", "the function is not defined for a number that was found"
    SEVERAL_VALUES = "several_values", "several values were found where one is expected"
    TOO_MANY_VALUES = "too_many_values", "more values were asked for than a multivalue is made of"
    NO_BASE64 = "not_base64", "a text that is no base64 was found"
    NO_UTF8 = "not_utf8", "bytes that are no text in UTF-8 were found"
    INTEGER_OVERFLOW = "overflow", "an integer is beyond 64 bits"
    SUM_OVERFLOW = "overflow", "a sum is beyond 64 bits"
    FLOAT_OVERFLOW = "overflow", "a number is too large to be held"
    TIME_OVERFLOW = "overflow", "a time is too far from today to be held"

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message


@dataclass
class Noted:
    """What may be wrong with one call, which is at fault once in a row: what is looked for first counts.

    Attributes:
        span: the place in the query.
        is_lazy: whether the arguments are looked at one after the other; else at first how many values each has.
        flaws: what is wrong, each with the rows, as a condition, in the order in which it is looked for.
    """

    span: Span | None
    is_lazy: bool = False
    flaws: list[tuple[Flaw, str]] = field(default_factory=list)

    def add(self, flaw: Flaw, when: str) -> None:
        """Adds a flaw."""
        if (flaw, when) not in self.flaws:
            self.flaws.append((flaw, when))

    def counted(self, bind: Callable[[str], str]) -> Iterator[tuple[Flaw, str]]:
        """Each flaw once, with the rows in which it counts, as a condition.

        Args:
            bind: gives an expression that is used more than once a name.
        """
        numbers = {flaw: number for number, flaw in enumerate(dict.fromkeys(flaw for flaw, _ in self.flaws))}
        if len(numbers) == 1:
            yield self.flaws[0][0], sql.any_of(when for _, when in self.flaws)
            return
        flaws = self.flaws
        if not self.is_lazy:
            flaws = sorted(flaws, key=lambda found: found[0] is not Flaw.SEVERAL_VALUES)
        cases = " ".join(f"WHEN {when} THEN {numbers[flaw]}" for flaw, when in flaws)
        first = bind(f"CASE {cases} END")
        for flaw, number in numbers.items():
            yield flaw, f"{first} = {number}"


class Scope(Protocol):
    """Where an expression is compiled."""

    def bind(self, expression: str) -> str:
        """Gives an expression that is used more than once a name."""

    def note(self, flaw: Flaw, when: str) -> None:
        """Says that the data is at fault in rows in which a condition is true."""


class Inline:
    """Inside a lambda: nothing can be named or counted there."""

    def bind(self, expression: str) -> str:
        """The expression in brackets."""
        return f"({expression})"

    def note(self, flaw: Flaw, when: str) -> None:
        """Nothing is counted."""


INLINE: Final = Inline()


class Apart:
    """Where it has still to be seen whether what is wrong with a value is a fault.

    Attributes:
        noted: the conditions of rows, by what is wrong.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.noted: list[tuple[Flaw, str]] = []

    def bind(self, expression: str) -> str:
        """As around it."""
        return self._scope.bind(expression)

    def note(self, flaw: Flaw, when: str) -> None:
        """Keeps it."""
        self.noted.append((flaw, when))


class Silent:
    """Where a value is asked about: what is wrong with it is no fault."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def bind(self, expression: str) -> str:
        """As around it."""
        return self._scope.bind(expression)

    def note(self, flaw: Flaw, when: str) -> None:
        """Nothing is counted."""
