"""How a value lies in one column that is handed on: as its type's layout says, or boxed."""

from __future__ import annotations

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import floating
from trawl.engines.duckdb.operands import NUMBERS, Alternative, Operand, element, opened, singles
from trawl.engines.duckdb.scopes import INLINE, Scope
from trawl.schema import Kind, Layout, Type


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
        return sql.null("VARCHAR")
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
