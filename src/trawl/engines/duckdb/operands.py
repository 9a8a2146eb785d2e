"""Compiled values: what an expression is in SQL, as alternatives of which an event has at most one.

A column of one type is one alternative. A field that is a number in one event and text in another stays
two, so that a condition on it still reads two plain columns. Only where a value of several types has to
lie in one column is it boxed (`trawl.values.box`), and a boxed one is taken apart again by `opened`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.scopes import Flaw, Scope
from trawl.schema import ANY, Kind, Layout, Type
from trawl.values import Scalar


@dataclass(frozen=True, slots=True)
class Alternative:
    """SQL that is null wherever the value is not of this kind.

    Attributes:
        sql: an expression over the columns of the frame that it belongs to.
        kind: what it holds; None for boxed values.
        many: whether it holds lists.
        wide: whether its integers may need more than 64 bits.
        inside: what boxed values may be.
        constant: the value, where it is a constant.
        signs: the ASCII signs that its texts are made of, letters small; None where they may have any.
    """

    sql: str
    kind: Kind | None
    many: bool = False
    wide: bool = False
    inside: Type = ANY
    constant: Scalar | None = None
    signs: str | None = None

    @property
    def sql_type(self) -> str:
        """The SQL type of the expression."""
        single = sql.WIDE if self.wide else sql.TYPES[self.kind]
        return f"{single}[]" if self.many else single


Operand: TypeAlias = tuple[Alternative, ...]
"""A value's alternatives; none of them for what is always null."""

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.FLOAT})
_NO_VALUES: Final = r"\[(null,?)*\]"
"""A boxed list without any value."""


def of_column(column: str, type_: Type, *, wide: bool = False) -> Operand:
    """The operand that a column of the type's layout is; times already as nanoseconds."""
    if type_.is_null:
        return ()
    if type_.layout is Layout.BOXED:
        return (Alternative(column, None, inside=type_),)
    return (Alternative(column, type_.kind, many=type_.multivalue, wide=wide),)


def constant(value: Scalar | None) -> Operand:
    """The operand that a constant is."""
    if value is None:
        return ()
    return (Alternative(sql.literal(value), kind_of(value), wide=sql.is_wide(value), constant=value),)


def kind_of(value: Scalar) -> Kind:
    """The kind of a value."""
    match value:
        case bool():
            return Kind.BOOLEAN
        case int():
            return Kind.INTEGER
        case float():
            return Kind.FLOAT
        case str():
            return Kind.STRING
        case _:
            return Kind.TIME


def one(kind: Kind, expression: str) -> Operand:
    """The operand of a computed single value."""
    return (Alternative(expression if expression.isidentifier() else f"({expression})", kind),)


def opened(operand: Operand, to: Scope) -> Operand:
    """The operand with boxed values taken apart into alternatives of a kind each."""
    found: list[Alternative] = []
    for alternative in operand:
        if alternative.kind is None and not alternative.many:
            found.extend(_unboxed(to.bind(alternative.sql), alternative.inside))
        else:
            found.append(alternative)
    return tuple(found)


def _unboxed(box: str, inside: Type) -> Iterable[Alternative]:
    """The alternatives of a boxed text, told apart by how it begins."""
    first = f"{box}[1]"
    if inside.single or not inside.multivalue:
        if Kind.INTEGER in inside.kinds:
            digits = f"regexp_full_match({box}, '-?[0-9]+')"
            yield Alternative(f"CASE WHEN {digits} THEN try_cast({box} AS HUGEINT) END", Kind.INTEGER, wide=True)
        if Kind.FLOAT in inside.kinds and Kind.INTEGER not in inside.kinds:
            yield Alternative(f"CASE WHEN {sql.begins_number(box)} THEN try_cast({box} AS DOUBLE) END", Kind.FLOAT)
        elif Kind.FLOAT in inside.kinds:
            fraction = f"{sql.begins_number(box)} AND NOT regexp_full_match({box}, '-?[0-9]+')"
            yield Alternative(f"CASE WHEN {fraction} THEN try_cast({box} AS DOUBLE) END", Kind.FLOAT)
        if Kind.STRING in inside.kinds:
            yield Alternative(f"CASE WHEN {first} = '\"' THEN json_extract_string({box}, '$') END", Kind.STRING)
        if Kind.BOOLEAN in inside.kinds:
            yield Alternative(f"CASE {box} WHEN 'true' THEN true WHEN 'false' THEN false END", Kind.BOOLEAN)
        if Kind.TIME in inside.kinds:
            yield Alternative(f"CASE WHEN {first} = '{{' THEN try_cast({box}[6:-2] AS BIGINT) END", Kind.TIME)
    if inside.multivalue:
        items = f"CASE WHEN {first} = '[' THEN list_transform(CAST(json_extract({box}, '$[*]') AS VARCHAR[]), "
        items += "lambda x: nullif(x, 'null')) END"
        yield Alternative(items, None, many=True, inside=inside.element)


def element(alternative: Alternative, variable: str) -> Alternative:
    """One value of a list, under the name that a lambda gives it."""
    return replace(alternative, sql=variable, many=False)


def singles(operand: Operand, to: Scope) -> Operand:
    """The operand as one value: a list of one is its value, of none or several it is null.

    Several are a fault of the data, which is noted.
    """
    found: list[Alternative] = []
    for alternative in opened(operand, to):
        if alternative.many:
            listed = to.bind(f"list_filter({alternative.sql}, lambda x: x IS NOT NULL)")
            to.note(Flaw.SEVERAL_VALUES, f"len({listed}) > 1")
            first = element(alternative, f"CASE WHEN len({listed}) = 1 THEN {listed}[1] END")
            found.extend(opened((first,), to))
        else:
            found.append(alternative)
    return tuple(found)


def firsts(operand: Operand, to: Scope) -> Operand:
    """The operand as its first value."""
    found: list[Alternative] = []
    for alternative in opened(operand, to):
        if alternative.many:
            first = f"list_filter({alternative.sql}, lambda x: x IS NOT NULL)[1]"
            found.extend(opened((element(alternative, first),), to))
        else:
            found.append(alternative)
    return tuple(found)


def is_there(operand: Operand) -> str:
    """Whether the value is not null."""
    if any(given.constant is not None for given in operand):
        return "true"
    return f"({sql.any_of(f'{given.sql} IS NOT NULL' for given in operand)})"


def has_value(operand: Operand) -> str:
    """Whether the value is not null, nor a list without any but null."""
    if any(given.constant is not None for given in operand):
        return "true"
    return f"({sql.any_of(map(_has_value, operand))})"


def _has_value(given: Alternative) -> str:
    if given.many:
        return f"list_aggregate({given.sql}, 'count') > 0"
    if given.kind is None and given.inside.multivalue:
        return f"NOT regexp_full_match({given.sql}, '{_NO_VALUES}')"
    return f"{given.sql} IS NOT NULL"


def has_lists(operand: Operand) -> bool:
    """Whether the value may be a list."""
    return any(given.many or (given.kind is None and given.inside.multivalue) for given in operand)
