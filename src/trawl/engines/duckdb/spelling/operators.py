"""DuckDB's spelling of operators and conditions (`trawl.functions.operators`, `trawl.functions.conditions`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.comparing import compare
from trawl.engines.duckdb.expressions import Expressions, Holds, any_value
from trawl.engines.duckdb.grouping import has_lists
from trawl.engines.duckdb.operands import (
    Alternative,
    Operand,
    as_float,
    element,
    finite,
    is_there,
    number,
    of_kind,
    one,
    opened,
    singles,
    text,
)
from trawl.engines.duckdb.scopes import INLINE, Flaw, Scope
from trawl.engines.duckdb.times import SECOND, in_range
from trawl.expr import Call, Expr
from trawl.schema import Kind

Predicate = Callable[[Expressions, Call], list[str]]
Builder = Callable[[Expressions, Call], Operand]


def equal(to: Expressions, left: Operand, right: Operand) -> list[str]:
    """Whether two values, or one of the values of either, are equal; null where one is."""
    found = []
    for other in opened(right, to):
        if other.many:
            found += _among(to, left, other)
        else:
            conditions = any_value(left, _equals(other), to)
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


def _among(to: Expressions, left: Operand, others: Alternative) -> list[str]:
    """Whether one of the values of a list equals the left value, or one of its values."""
    found = []
    for mine in opened(left, to):
        held = []
        for item in opened((element(others, "y"),), INLINE):
            held += any_value((mine,), _equals(item), INLINE)
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
    lists = [given for operand in (value, *items) for given in opened(operand, to) if given.many]
    found = f"WHEN {known} THEN {sql.any_of(conditions)} END"
    if lists:  # of an empty list there is no pair to compare
        found = f"WHEN {sql.any_of(f'len({given.sql}) = 0' for given in lists)} THEN false {found}"
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
    return one(Kind.BOOLEAN, sql.all_of(_conditions(to, call, "({}) IS DISTINCT FROM false")))


def _or(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, sql.any_of(_conditions(to, call, "({}) IS DISTINCT FROM true")))


def _conditions(to: Expressions, call: Call, going_on: str) -> list[str]:
    """The conditions, each computed only where those before it left the answer open."""
    found = []
    with ExitStack() as before:
        for argument in call.arguments:
            found.append(to.bind(to.condition(argument)))
            before.enter_context(to.where(going_on.format(found[-1])))
    return found


def _not(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, f"(NOT {to.condition(call.arguments[0])})")


# --- arithmetic --------------------------------------------------------------------------------------


def _arithmetic(operator: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        left, right = (to.operand(argument) for argument in call.arguments)
        times = [any(given.kind is Kind.TIME for given in operand) for operand in (left, right)]
        if any(times):
            return _time_arithmetic(to, operator, left, right, times)
        first, second = number(left, to), number(right, to)
        if first.kind is second.kind is Kind.INTEGER:
            result = f"try({first.sql} {operator} {second.sql})"
            return one(Kind.INTEGER, held(to, result, first.wide or second.wide, [first.sql, second.sql]))
        return one(Kind.FLOAT, finite(f"{as_float(first)} {operator} {as_float(second)}", to))

    return build


def held(to: Expressions, result: str, wide: bool, of: Sequence[str]) -> str:
    """An integer that 64 bits hold, else null, which is noted."""
    held = to.bind(f"try_cast({result} AS BIGINT)" if wide else result)
    to.note(Flaw.INTEGER_OVERFLOW, sql.all_of([f"{held} IS NULL", *(f"{given} IS NOT NULL" for given in of)]))
    return held


def _time_arithmetic(to: Expressions, operator: str, left: Operand, right: Operand, times: Sequence[bool]) -> Operand:
    if all(times):
        first, second = (of_kind(operand, Kind.TIME, to) for operand in (left, right))
        return one(Kind.FLOAT, f"(CAST({first} AS HUGEINT) - {second}) / {SECOND}.0::DOUBLE")
    instant, seconds = (left, right) if times[0] else (right, left)
    shift = number(seconds, to)
    length = f"CAST({shift.sql} AS HUGEINT) * {SECOND}"
    if shift.kind is Kind.FLOAT:
        length = f"try_cast(round_even({shift.sql} * {SECOND}, 0) AS HUGEINT)"
    moved = f"try(CAST({of_kind(instant, Kind.TIME, to)} AS HUGEINT) {operator} {length})"
    return one(Kind.TIME, in_range(moved, to))


def _divide(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to) for argument in call.arguments)
    return one(Kind.FLOAT, finite(f"{as_float(left)} / nullif({as_float(right)}, 0)", to))


def _remainder(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to) for argument in call.arguments)
    if left.kind is right.kind is Kind.INTEGER:
        return one(Kind.INTEGER, f"CAST(try({left.sql} % nullif({right.sql}, 0)) AS BIGINT)")
    return one(Kind.FLOAT, finite(f"{as_float(left)} % nullif({as_float(right)}, 0)", to))


def _negate(to: Expressions, call: Call) -> Operand:
    given = number(to.operand(call.arguments[0]), to)
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, held(to, f"try(-({given.sql}))", given.wide, [given.sql]))
    return one(Kind.FLOAT, f"(-({given.sql}))")


def _concatenate(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, f"({' || '.join(text(to.operand(part), to) for part in call.arguments)})")


# --- conditions --------------------------------------------------------------------------------------


def chosen(branches: Sequence[tuple[str | None, Operand]]) -> Operand:
    """The value of the first branch whose condition is true; None is the condition of the branch for all others."""
    shapes: dict[tuple[object, ...], Alternative] = {}
    for _, operand in branches:
        for given in operand:
            key = (given.kind, given.many)
            known = shapes.get(key)
            wide = given.wide or (known is not None and known.wide)
            inside = given.inside if known is None else given.inside.union(known.inside)
            shapes[key] = Alternative("", given.kind, many=given.many, wide=wide, inside=inside)
    found = []
    for shape in shapes.values():
        cases, otherwise = [], sql.null(shape.sql_type)
        for condition, operand in branches:
            mine = [given.sql for given in operand if (given.kind, given.many) == (shape.kind, shape.many)]
            value = sql.coalesce(mine, shape.sql_type)
            if condition is None:
                otherwise = value
            else:
                cases.append(f"WHEN {condition} THEN {value}")
        result = f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else otherwise
        found.append(Alternative(result, shape.kind, shape.many, shape.wide, shape.inside))
    return tuple(found)


def _if(to: Expressions, call: Call) -> Operand:
    condition, then, otherwise = call.arguments
    holds = to.bind(to.truth(condition))
    with to.where(holds):
        taken = to.operand(then)
    with to.where(f"({holds}) IS NOT TRUE"):
        return chosen([(holds, taken), (None, to.operand(otherwise))])


def _case(to: Expressions, call: Call) -> Operand:
    return _first_pair(to, call, "({}) IS TRUE")


def _validate(to: Expressions, call: Call) -> Operand:
    return _first_pair(to, call, "({}) IS NOT TRUE")


def _first_pair(to: Expressions, call: Call, form: str) -> Operand:
    """The value of the first pair whose condition is in a form; what comes after it is not computed."""
    branches: list[tuple[str | None, Operand]] = []
    with ExitStack() as before:
        for when, value in _pairs(call.arguments):
            holds = to.bind(form.format(to.truth(when)))
            with to.where(holds):
                branches.append((holds, to.operand(value)))
            before.enter_context(to.where(f"NOT {holds}"))
    return chosen(branches)


def _pairs(arguments: Sequence[Expr]) -> Iterable[tuple[Expr, Expr]]:
    return zip(arguments[::2], arguments[1::2], strict=True)


def _coalesce(to: Expressions, call: Call) -> Operand:
    branches: list[tuple[str | None, Operand]] = []
    with ExitStack() as before:
        for argument in call.arguments:
            operand = tuple(_named(given, to) for given in to.operand(argument))
            branches.append((is_there(operand), operand))
            before.enter_context(to.where(f"NOT {is_there(operand)}"))
    return chosen(branches)


def _named(given: Alternative, to: Expressions) -> Alternative:
    if given.constant is not None:
        return given
    return Alternative(to.bind(given.sql), given.kind, given.many, given.wide, given.inside)


def _null_if(to: Expressions, call: Call) -> Operand:
    value, other = (to.operand(argument) for argument in call.arguments)
    same_value = to.bind(sql.any_of(equal(to, value, other)))
    return chosen([(f"({same_value}) IS NOT TRUE", value)])


def _is_null(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, f"(NOT {is_there(to.operand(call.arguments[0]))})")


def _is_not_null(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, is_there(to.operand(call.arguments[0])))


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
    "add": _arithmetic("+"),
    "sub": _arithmetic("-"),
    "mul": _arithmetic("*"),
    "div": _divide,
    "mod": _remainder,
    "neg": _negate,
    "concat": _concatenate,
    "if": _if,
    "case": _case,
    "validate": _validate,
    "coalesce": _coalesce,
    "nullif": _null_if,
    "isnull": _is_null,
    "isnotnull": _is_not_null,
}
