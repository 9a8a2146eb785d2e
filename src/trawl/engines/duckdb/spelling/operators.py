"""DuckDB's spelling of comparisons and of logic (`trawl.functions.operators`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.comparing import compare
from trawl.engines.duckdb.expressions import Expressions, Holds, any_value
from trawl.engines.duckdb.operands import Alternative, Operand, element, has_lists, one, opened, singles
from trawl.engines.duckdb.scopes import INLINE, Flaw, Scope
from trawl.expr import Call
from trawl.schema import Kind

Predicate = Callable[[Expressions, Call], list[str]]

Builder = Callable[[Expressions, Call], Operand]


def equal(to: Expressions, left: Operand, right: Operand) -> list[str]:
    """Whether two values, or one of the values of either, are equal; null where one is."""
    return any_pair(to, left, right, _equals)


def any_pair(to: Expressions, left: Operand, right: Operand, holding: Callable[[Alternative], Holds]) -> list[str]:
    """Whether something holds for two values, or for one of the values of either; null where one is.

    Args:
        holding: by the right value, whether it holds for a left one.
    """
    found = []
    for other in opened(right, to):
        if other.many:
            found += _among(to, left, other, holding)
        else:
            conditions = any_value(left, holding(other), to)
            if has_lists(left) and other.constant is None:  # an empty list of null is null, not false
                conditions = [f"CASE WHEN {other.sql} IS NOT NULL THEN {each} END" for each in conditions]
            found += conditions
    return found


def _equals(other: Alternative) -> Holds:
    def holds(value: Alternative, to: Scope) -> str | None:
        both = f"{value.sql} IS NOT NULL" + ("" if other.constant is not None else f" AND {other.sql} IS NOT NULL")
        never = f"CASE WHEN {both} THEN false END"
        found = compare(value, "=", other, to)
        if found is None:
            return never
        return found if value.kind is other.kind else f"coalesce({found}, {never})"

    return holds


def _among(to: Expressions, left: Operand, others: Alternative, holding: Callable[[Alternative], Holds]) -> list[str]:
    """Whether it holds for one of the values of a list and the left value, or one of its values."""
    found = []
    for mine in opened(left, to):
        held = []
        for item in opened((element(others, "y"),), INLINE):
            held += any_value((mine,), holding(item), INLINE)
        among = f"len(list_filter({others.sql}, lambda y: {sql.any_of(held)})) > 0"
        found.append(f"CASE WHEN {mine.sql} IS NOT NULL THEN {among} END")
    return found


def _equal(to: Expressions, call: Call) -> list[str]:
    left, right = (to.operand(argument) for argument in call.arguments)
    return equal(to, left, right)


def _not_equal(to: Expressions, call: Call) -> list[str]:
    return [f"(NOT {sql.coalesce(_equal(to, call), 'BOOLEAN')})"]


def _ordered(operator: str) -> Predicate:
    def build(to: Expressions, call: Call) -> list[str]:
        left, right = (singles(to.operand(argument), to) for argument in call.arguments)
        pairs = (compare(one_left, operator, one_right, to) for one_left in left for one_right in right)
        return [pair for pair in pairs if pair is not None]

    return build


def _in(to: Expressions, call: Call) -> list[str]:
    value = to.operand(call.arguments[0])
    items = [to.operand(item) for item in call.arguments[1:]]
    plain = _plain_list(value, items)
    if plain is not None:
        return [plain]
    conditions = [sql.coalesce(equal(to, value, item), "BOOLEAN") for item in items]
    known = sql.any_of(f"{given.sql} IS NOT NULL" for given in value)
    lists = [given.sql for operand in (value, *items) for given in opened(operand, to) if given.many]
    found = f"WHEN {known} THEN {sql.any_of(conditions)} END"
    if lists:  # of a list without values there is no pair to compare
        empty = (f"len(list_filter({given}, lambda x: x IS NOT NULL)) = 0" for given in lists)
        found = f"WHEN {sql.any_of(empty)} THEN false {found}"
    return [f"CASE {found}"]


def _plain_list(value: Operand, items: Sequence[Operand]) -> str | None:
    """`IN` as it is in SQL, where text is looked for among texts or integers among integers."""
    if len(value) != 1 or value[0].many or value[0].kind not in {Kind.STRING, Kind.INTEGER}:
        return None
    constants = [item[0] for item in items if len(item) == 1 and item[0].constant is not None]
    if len(constants) != len(items) or any(item.kind is not value[0].kind for item in constants):
        return None
    return f"({value[0].sql} IN ({', '.join(item.sql for item in constants)}))"


def _and(to: Expressions, call: Call) -> Operand:
    return _joined(to, call, sql.all_of, "({}) IS DISTINCT FROM false")


def _or(to: Expressions, call: Call) -> Operand:
    return _joined(to, call, sql.any_of, "({}) IS DISTINCT FROM true")


def _joined(to: Expressions, call: Call, join: Callable[[list[str]], str], going_on: str) -> Operand:
    """Conditions, each computed only where those before it left the answer open.

    What is no boolean is a fault where the answer stays open.
    """
    found: list[str] = []
    flaws: list[tuple[Flaw, str]] = []
    with ExitStack() as before:
        for argument in call.arguments:
            condition = to.apart(argument)
            flaws += condition.flaws
            found.append(to.bind(condition.truth))
            before.enter_context(to.where(going_on.format(found[-1])))
    joined = join(found)
    if flaws:
        joined = to.bind(joined)
        for flaw, when in flaws:
            to.note(flaw, f"{joined} IS NULL AND {when}")
    return one(Kind.BOOLEAN, joined)


def _not(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, f"(NOT {to.condition(call.arguments[0]).truth})")


PREDICATES: Final[dict[str, Predicate]] = {
    "eq": _equal,
    "ne": _not_equal,
    "lt": _ordered("<"),
    "le": _ordered("<="),
    "gt": _ordered(">"),
    "ge": _ordered(">="),
    "in": _in,
}

SCALARS: Final[dict[str, Builder]] = {
    "and": _and,
    "or": _or,
    "not": _not,
}
