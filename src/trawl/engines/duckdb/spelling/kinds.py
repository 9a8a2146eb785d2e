"""DuckDB's spelling of questions about the kind of a value (`trawl.functions.kinds`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import NUMBERS, Operand, has_lists, is_there, one, singles
from trawl.engines.duckdb.scopes import Silent
from trawl.expr import Call
from trawl.schema import Kind


def _is(kinds: frozenset[Kind], *, whole: bool = False) -> Callable[[Expressions, Call], Operand]:
    def build(to: Expressions, call: Call) -> Operand:
        found = [given for given in singles(to.operand(call.arguments[0]), Silent(to)) if given.kind in kinds]
        conditions = [
            f"coalesce({given.sql} = floor({given.sql}), false)"
            if whole and given.kind is Kind.FLOAT
            else f"({given.sql}) IS NOT NULL"
            for given in found
        ]
        return one(Kind.BOOLEAN, sql.any_of(conditions))

    return build


def _type_of(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    cases = [
        f"WHEN ({given.sql}) IS NOT NULL THEN '{given.kind}'" for given in singles(operand, Silent(to)) if given.kind
    ]
    if has_lists(operand):
        cases.append(f"WHEN {is_there(operand)} THEN 'multivalue'")
    return one(Kind.STRING, f"CASE {' '.join(cases)} ELSE 'null' END" if cases else "'null'")


SCALARS: Final = {
    "isbool": _is(frozenset({Kind.BOOLEAN})),
    "isint": _is(NUMBERS, whole=True),
    "isnum": _is(NUMBERS),
    "isstr": _is(frozenset({Kind.STRING})),
    "typeof": _type_of,
}
