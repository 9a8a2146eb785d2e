"""DuckDB's spelling of JSON texts of fields (`trawl.functions.documents`, `trawl.functions.pairs`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import pairs, sql
from trawl.engines.duckdb.arguments import text_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Alternative, Operand, element, one, opened
from trawl.engines.duckdb.scopes import INLINE, Scope
from trawl.expr import Call, Literal
from trawl.functions.jsontext import string
from trawl.schema import Kind

_QUOTED: Final = frozenset({Kind.STRING, Kind.TIME})
_RESPELLED: Final = frozenset({Kind.FLOAT, Kind.TIME})
"""Kinds whose boxed values are not JSON as it is written here."""


def _event_json(to: Expressions, call: Call) -> Operand:
    members = []
    for name, value in zip(call.arguments[::2], call.arguments[1::2], strict=True):
        assert isinstance(name, Literal)
        written = [_written(given, to) for given in to.operand(value)]
        if written:
            key = sql.text(string(str(name.value)) + ":")
            members.append(f"{key} || {sql.coalesce(written, 'VARCHAR')}")
    return one(Kind.STRING, f"'{{' || concat_ws(',', {', '.join([*members, 'NULL::VARCHAR'])}) || '}}'")


def _written(given: Alternative, to: Scope) -> str:
    """The value as JSON."""
    if given.many:
        item = _written(element(given, "x"), INLINE)
        items = f"list_transform({given.sql}, lambda x: coalesce({item}, 'null'))"
        return f"'[' || array_to_string({items}, ',') || ']'"
    if given.kind is None:
        if not given.inside.kinds & _RESPELLED:
            return given.sql
        return sql.coalesce((_written(found, to) for found in opened((given,), to)), "VARCHAR")
    written = text_of(given, to)
    return f"CAST(to_json({written}) AS VARCHAR)" if given.kind in _QUOTED else written


def _pairs(to: Expressions, call: Call) -> Operand:
    value = pairs.text_of(call, to)
    several = pairs.found(value, call, to)
    names, values = to.bind(pairs.names(several, call)), to.bind(pairs.values(value, several, call, to))
    member = "CAST(to_json(p[1]) AS VARCHAR) || ':' || CAST(to_json(p[2]) AS VARCHAR)"
    found = to.bind(f"list_transform(list_zip({names}, {values}), lambda p: {member})")
    return one(Kind.STRING, f"CASE WHEN len({found}) > 0 THEN '{{' || array_to_string({found}, ',') || '}}' END")


SCALARS: Final = {"event_json": _event_json, "pairs": _pairs}
