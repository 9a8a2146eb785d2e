"""What columns a relation has, and of what types.

A field may be a number in one event, a string in another and an array in a third (language.md 6a),
so a type is a *set* of kinds and says whether values come single, as arrays, or as either.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from trawl.values import Instant, Value


class Kind(StrEnum):
    """The kinds of single values."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TIME = "time"


class Layout(StrEnum):
    """How a column of a type lies in memory and on disk."""

    NATIVE = "native"
    """one kind, single values: the kind's own column type"""
    LIST = "list"
    """one kind, always arrays: a list of the kind's own type"""
    BOXED = "boxed"
    """anything else: one JSON text a value (`trawl.values.box`)"""


@dataclass(frozen=True, slots=True)
class Type:
    """A set of kinds, and whether values come single and as arrays. No kinds: the column is always null."""

    kinds: frozenset[Kind]
    single: bool = True
    multivalue: bool = False

    @property
    def name(self) -> str:
        """The name on the wire: a kind, or `mixed` (api.md 4). What is always null is a `string`."""
        if not self.kinds:
            return Kind.STRING.value
        return next(iter(self.kinds)).value if len(self.kinds) == 1 else "mixed"

    @property
    def called(self) -> str:
        """The values as a sentence of an error has them: `an integer`, `a string`, `a value of mixed type`."""
        if len(self.kinds) > 1:
            return "a value of mixed type"
        return f"an {self.name}" if self.name[0] in "aeiou" else f"a {self.name}"

    @property
    def layout(self) -> Layout:
        """How a column of this type lies in memory and on disk."""
        if len(self.kinds) > 1 or (self.single and self.multivalue):
            return Layout.BOXED
        return Layout.LIST if self.multivalue else Layout.NATIVE

    @property
    def is_null(self) -> bool:
        """Whether no value but null can occur."""
        return not self.kinds

    @property
    def is_number(self) -> bool:
        """Whether every value is a number."""
        return bool(self.kinds) and self.kinds <= _NUMBERS

    @property
    def kind(self) -> Kind | None:
        """The one kind, if there is just one."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 else None

    def union(self, other: Type) -> Type:
        """The type that holds the values of both."""
        if self.is_null or other.is_null:
            return other if self.is_null else self
        return Type(self.kinds | other.kinds, self.single or other.single, self.multivalue or other.multivalue)

    @property
    def element(self) -> Type:
        """The type of one value of a multivalue."""
        return Type(self.kinds)

    def encode(self) -> str:
        """The type as text, for file metadata: `integer|string`, `string[]`, `string?[]` (single or array)."""
        suffix = "" if not self.multivalue else "?[]" if self.single else "[]"
        return ("|".join(sorted(self.kinds)) or "null") + suffix

    @classmethod
    def decode(cls, text: str) -> Type:
        """The type that `encode` wrote."""
        either, array = text.endswith("?[]"), text.endswith("[]")
        names = text.removesuffix("[]").removesuffix("?")
        kinds = frozenset(Kind(name) for name in names.split("|")) if names != "null" else frozenset()
        return cls(kinds, single=either or not array, multivalue=array)


_NUMBERS: Final = frozenset({Kind.INTEGER, Kind.FLOAT})

NULL: Final = Type(frozenset())
STRING: Final = Type(frozenset({Kind.STRING}))
INTEGER: Final = Type(frozenset({Kind.INTEGER}))
FLOAT: Final = Type(frozenset({Kind.FLOAT}))
NUMBER: Final = Type(_NUMBERS)
BOOLEAN: Final = Type(frozenset({Kind.BOOLEAN}))
TIME: Final = Type(frozenset({Kind.TIME}))
ANY: Final = Type(frozenset(Kind), single=True, multivalue=True)


def array_of(item: Type) -> Type:
    """The type of arrays of such values."""
    return Type(item.kinds or STRING.kinds, single=False, multivalue=True)


def type_of(value: Value) -> Type:
    """The narrowest type that holds the value."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return FLOAT
        case str():
            return STRING
        case Instant():
            return TIME
        case list():
            kinds: frozenset[Kind] = frozenset().union(*(type_of(item).kinds for item in value))
            return array_of(Type(kinds))


@dataclass(frozen=True, slots=True)
class Column:
    """A named column of a relation. Names are case-sensitive and hold any signs."""

    name: str
    type: Type


@dataclass(frozen=True)
class Schema:
    """The columns of a relation in order; names are unique.

    `open` says that more columns may come that only the data tells (`timechart … by`, `spath`):
    a field not listed may exist all the same (api.md 2).
    """

    columns: tuple[Column, ...] = ()
    open: bool = False

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(self._by_name)

    def find(self, name: str) -> Column | None:
        """The column of exactly this name."""
        return self._by_name.get(name)

    def type_of(self, name: str) -> Type:
        """The type of a column; a field that is not there is null, or anything where the schema is open."""
        column = self.find(name)
        return column.type if column else ANY if self.open else NULL

    def nearest(self, name: str, most: int = 3) -> list[str]:
        """Names that may have been meant: the same in other case first, then those spelled alike."""
        folded = name.casefold()
        same = [known for known in self._by_name if known.casefold() == folded and known != name]
        alike = difflib.get_close_matches(name, self._by_name, n=most, cutoff=0.7)
        return list(dict.fromkeys(same + [known for known in alike if known != name]))[:most]

    def with_columns(self, columns: Iterable[Column]) -> Schema:
        """This schema with columns replaced where the name is known, else added at the end."""
        merged = dict(self._by_name)
        merged.update((column.name, column) for column in columns)
        return Schema(tuple(merged.values()), self.open)

    def under(self, names: Iterable[tuple[str, str]]) -> Schema:
        """The columns that these pairs name, in their order: each the new name, and the one that the column has here.

        One that is not here is as `type_of` says, and no more are to come.
        """
        columns = []
        for new, old in names:
            column = self.find(old)
            columns.append(column if column and new == old else Column(new, self.type_of(old)))
        return Schema(tuple(columns))

    def closed(self) -> Schema:
        """The same columns, with no more to come."""
        return Schema(self.columns)
