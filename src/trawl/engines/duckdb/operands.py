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
from trawl.engines.duckdb.scopes import INLINE, Flaw, Scope
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
    """

    sql: str
    kind: Kind | None
    many: bool = False
    wide: bool = False
    inside: Type = ANY
    constant: Scalar | None = None

    @property
    def sql_type(self) -> str:
        """The SQL type of the expression."""
        single = sql.WIDE if self.wide else sql.TYPES[self.kind]
        return f"{single}[]" if self.many else single


Operand: TypeAlias = tuple[Alternative, ...]
"""A value's alternatives; none of them for what is always null."""

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.FLOAT})


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
    wide = isinstance(value, int) and not -(1 << 63) <= value < 1 << 63
    return (Alternative(sql.literal(value), kind_of(value), wide=wide, constant=value),)


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
            number = f"{first} IN ('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')"
            yield Alternative(f"CASE WHEN {number} THEN try_cast({box} AS DOUBLE) END", Kind.FLOAT)
        elif Kind.FLOAT in inside.kinds:
            fraction = f"{first} IN ('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')"
            fraction += f" AND NOT regexp_full_match({box}, '-?[0-9]+')"
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


# --- what a function takes its argument for ----------------------------------------------------------

NUMERIC: Final = r"'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?'"
"""The texts that are numbers (`trawl.values.exact_number`); a cast alone takes blanks, `_` and `0x` too."""


def text_of(alternative: Alternative, to: Scope) -> str:
    """A single value as text (`trawl.values.text_of`)."""
    match alternative.kind:
        case Kind.STRING:
            return alternative.sql
        case Kind.FLOAT:
            value = to.bind(alternative.sql)
            whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
            is_whole = f"{value} = floor({value}) AND abs({value}) < 1e15"
            return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({value} AS VARCHAR) END"
        case Kind.TIME:
            digits = f"strftime(make_timestamp_ns({alternative.sql}), '%Y-%m-%dT%H:%M:%S.%n')"
            return f"(regexp_replace({digits}, '0{{1,6}}$', '') || 'Z')"
        case _:
            return f"CAST({alternative.sql} AS VARCHAR)"


def text(operand: Operand, to: Scope) -> str:
    """The value as text."""
    return sql.coalesce((text_of(found, to) for found in singles(operand, to)), "VARCHAR")


def number_of_text(value: str, to: Scope) -> str:
    """The nearest float of a text that is a number, else null."""
    value = to.bind(value)
    cast = f"try_cast({value} AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({value}, {NUMERIC}) AND isfinite({cast}) THEN {cast} END"


def number(operand: Operand, to: Scope) -> Alternative:
    """The value as a number: an integer where nothing else can come, else a float; numeric text as a float.

    Values that are no numbers are a fault of the data, which is noted.
    """
    found = []
    for given in singles(operand, to):
        match given.kind:
            case Kind.BOOLEAN:
                to.note(Flaw.BOOLEAN_NO_NUMBER, f"{given.sql} IS NOT NULL")
            case Kind.TIME:
                to.note(Flaw.TIME_NO_NUMBER, f"{given.sql} IS NOT NULL")
            case _:
                found.append(given)
    if found and all(given.kind is Kind.INTEGER for given in found):
        wide = any(given.wide for given in found)
        return Alternative(sql.coalesce((given.sql for given in found), "BIGINT"), Kind.INTEGER, wide=wide)
    return Alternative(sql.coalesce((floating(given, to) for given in found), "DOUBLE"), Kind.FLOAT)


def floating(alternative: Alternative, to: Scope) -> str:
    """A number or numeric text as a float; text that is none is noted."""
    match alternative.kind:
        case Kind.INTEGER:
            return f"CAST({alternative.sql} AS DOUBLE)"
        case Kind.STRING:
            written = to.bind(alternative.sql)
            near = to.bind(number_of_text(written, to))
            to.note(Flaw.TEXT_NO_NUMBER, f"{written} IS NOT NULL AND {near} IS NULL")
            return near
        case _:
            return alternative.sql


def as_float(given: Alternative) -> str:
    """A number as a float."""
    return f"CAST({given.sql} AS DOUBLE)" if given.kind is Kind.INTEGER else f"({given.sql})"


def whole(operand: Operand, to: Scope) -> str:
    """The value as an integer of 64 bits; numbers with a fraction are noted."""
    given = number(operand, to)
    if given.kind is Kind.INTEGER:
        return f"try_cast({given.sql} AS BIGINT)" if given.wide else given.sql
    value = to.bind(given.sql)
    to.note(Flaw.NO_INTEGER, f"{value} != floor({value})")
    return f"CASE WHEN {value} = floor({value}) THEN try_cast({value} AS BIGINT) END"


def finite(expression: str, to: Scope) -> str:
    """A float that is a number, else null; one that is too large is noted."""
    value = to.bind(expression)
    to.note(Flaw.FLOAT_OVERFLOW, f"NOT isfinite({value})")
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def of_kind(operand: Operand, kind: Kind, to: Scope) -> str:
    """The value where it is a single one of just this kind, else null."""
    found = (given.sql for given in singles(operand, to) if given.kind is kind)
    return sql.coalesce(found, sql.TYPES[kind])


def is_there(operand: Operand) -> str:
    """Whether the value is not null."""
    if any(given.constant is not None for given in operand):
        return "true"
    return f"({sql.any_of(f'{given.sql} IS NOT NULL' for given in operand)})"


# --- columns that are handed on ----------------------------------------------------------------------


def box(alternative: Alternative, to: Scope) -> str:
    """The value as one JSON text that keeps its type."""
    if alternative.many:
        item = box(element(alternative, "x"), INLINE)
        items = f"list_transform({alternative.sql}, lambda x: coalesce({item}, 'null'))"
        return f"('[' || array_to_string({items}, ',') || ']')"
    match alternative.kind:
        case None:
            return alternative.sql
        case Kind.STRING:
            return f"CAST(to_json({alternative.sql}) AS VARCHAR)"
        case Kind.TIME:
            return f"('{{\"t\":' || {alternative.sql} || '}}')"
        case _:
            return f"CAST({alternative.sql} AS VARCHAR)"


def boxed(operand: Operand, to: Scope) -> str:
    """The value boxed, whatever it is."""
    return sql.coalesce((box(alternative, to) for alternative in operand), "VARCHAR")


def laid_out(operand: Operand, type_: Type, to: Scope) -> str:
    """The value as the one column of the type's layout; times as nanoseconds."""
    if type_.is_null:
        return "NULL::VARCHAR"
    if type_.layout is Layout.BOXED:
        return boxed(operand, to)
    kind = type_.kind
    if type_.layout is Layout.LIST:
        listed = [given.sql for given in opened(operand, to) if given.many and given.kind is kind]
        listed += [_native(given, kind) for given in opened(operand, to) if given.many and given.kind is None]
        return sql.coalesce(listed, f"{sql.TYPES[kind]}[]")
    found = singles(operand, to)
    if kind is Kind.FLOAT:
        numbers = (given for given in found if given.kind in NUMBERS)
        return sql.coalesce((floating(given, to) for given in numbers), "DOUBLE")
    return sql.coalesce((given.sql for given in found if given.kind is kind), sql.TYPES[kind])


def _native(alternative: Alternative, kind: Kind | None) -> str:
    items = opened((element(alternative, "x"),), INLINE)
    item = sql.coalesce((found.sql for found in items if found.kind is kind), sql.TYPES[kind])
    return f"list_transform({alternative.sql}, lambda x: {item})"
