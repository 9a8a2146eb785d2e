"""DuckDB's spelling of operators and conditions (`trawl.functions.operators`, `trawl.functions.conditions`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.comparing import compare
from trawl.engines.duckdb.expressions import Expressions, Holds, any_value, same
from trawl.engines.duckdb.operands import (
    Alternative,
    Operand,
    element,
    finite,
    number,
    of_kind,
    one,
    opened,
    singles,
    text,
)
from trawl.engines.duckdb.times import SECOND, in_range
from trawl.expr import Call, Expr
from trawl.schema import Kind

Predicate = Callable[[Expressions, Call], list[str]]
Builder = Callable[[Expressions, Call], Operand]


def equal(to: Expressions, left: Operand, right: Operand) -> list[str]:
    """Whether two values, or one of the values of either, are equal; null where one is."""
    found = []
    for other in opened(right, to.bind):
        if other.many:
            found += _among(to, left, other)
        else:
            found += any_value(left, _equals(other), to.bind)
    return found


def _equals(other: Alternative) -> Holds:
    return lambda value, bind: compare(value, "=", other, bind)


def _among(to: Expressions, left: Operand, others: Alternative) -> list[str]:
    """Whether one of the values of a list equals the left value, or one of its values."""
    found = []
    for mine in opened(left, to.bind):
        held = []
        for item in opened((element(others, "y"),), same):
            held += any_value((mine,), _equals(item), same)
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
        left, right = (singles(to.operand(argument), to.bind) for argument in call.arguments)
        pairs = (compare(one_left, operator, one_right, to.bind) for one_left in left for one_right in right)
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
    return [f"CASE WHEN {known} THEN {sql.any_of(conditions)} END"]


def _plain_list(value: Operand, items: Sequence[Operand]) -> str | None:
    """`IN` as it is in SQL, where text is looked for among texts or integers among integers."""
    if len(value) != 1 or value[0].many or value[0].kind not in {Kind.STRING, Kind.INTEGER}:
        return None
    constants = [item[0] for item in items if len(item) == 1 and item[0].constant is not None]
    if len(constants) != len(items) or any(item.kind is not value[0].kind for item in constants):
        return None
    return f"({value[0].sql} IN ({', '.join(item.sql for item in constants)}))"


def _and(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, sql.all_of(to.condition(argument) for argument in call.arguments))


def _or(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, sql.any_of(to.condition(argument) for argument in call.arguments))


def _not(to: Expressions, call: Call) -> Operand:
    return one(Kind.BOOLEAN, f"(NOT {to.condition(call.arguments[0])})")


# --- arithmetic --------------------------------------------------------------------------------------


def _arithmetic(operator: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        left, right = (to.operand(argument) for argument in call.arguments)
        times = [any(given.kind is Kind.TIME for given in operand) for operand in (left, right)]
        if any(times):
            return _time_arithmetic(to, operator, left, right, times)
        first, second = number(left, to.bind), number(right, to.bind)
        if first.kind is second.kind is Kind.INTEGER:
            return one(Kind.INTEGER, _held(f"try({first.sql} {operator} {second.sql})", first.wide or second.wide))
        return one(Kind.FLOAT, finite(f"{_as_float(first)} {operator} {_as_float(second)}", to.bind))

    return build


def _held(result: str, wide: bool) -> str:
    return f"try_cast({result} AS BIGINT)" if wide else result


def _as_float(given: Alternative) -> str:
    return f"CAST({given.sql} AS DOUBLE)" if given.kind is Kind.INTEGER else f"({given.sql})"


def _time_arithmetic(to: Expressions, operator: str, left: Operand, right: Operand, times: Sequence[bool]) -> Operand:
    if all(times):
        first, second = (of_kind(operand, Kind.TIME, to.bind) for operand in (left, right))
        return one(Kind.FLOAT, f"(CAST({first} AS HUGEINT) - {second}) / {SECOND}.0::DOUBLE")
    instant, seconds = (left, right) if times[0] else (right, left)
    shift = number(seconds, to.bind)
    length = f"CAST({shift.sql} AS HUGEINT) * {SECOND}"
    if shift.kind is Kind.FLOAT:
        length = f"try_cast(round_even({shift.sql} * {SECOND}, 0) AS HUGEINT)"
    moved = f"try(CAST({of_kind(instant, Kind.TIME, to.bind)} AS HUGEINT) {operator} {length})"
    return one(Kind.TIME, in_range(moved, to.bind))


def _divide(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to.bind) for argument in call.arguments)
    return one(Kind.FLOAT, finite(f"{_as_float(left)} / nullif({_as_float(right)}, 0)", to.bind))


def _remainder(to: Expressions, call: Call) -> Operand:
    left, right = (number(to.operand(argument), to.bind) for argument in call.arguments)
    if left.kind is right.kind is Kind.INTEGER:
        return one(Kind.INTEGER, _held(f"try({left.sql} % nullif({right.sql}, 0))", left.wide or right.wide))
    return one(Kind.FLOAT, finite(f"{_as_float(left)} % nullif({_as_float(right)}, 0)", to.bind))


def _negate(to: Expressions, call: Call) -> Operand:
    given = number(to.operand(call.arguments[0]), to.bind)
    if given.kind is Kind.INTEGER:
        return one(Kind.INTEGER, _held(f"try(-({given.sql}))", given.wide))
    return one(Kind.FLOAT, f"(-({given.sql}))")


def _concatenate(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, f"({' || '.join(text(to.operand(part), to.bind) for part in call.arguments)})")


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
    return chosen([(to.bind(to.truth(condition)), to.operand(then)), (None, to.operand(otherwise))])


def _case(to: Expressions, call: Call) -> Operand:
    return chosen([(to.bind(to.truth(when)), to.operand(value)) for when, value in _pairs(call.arguments)])


def _validate(to: Expressions, call: Call) -> Operand:
    pairs = _pairs(call.arguments)
    return chosen([(to.bind(f"({to.truth(when)}) IS NOT TRUE"), to.operand(value)) for when, value in pairs])


def _pairs(arguments: Sequence[Expr]) -> Iterable[tuple[Expr, Expr]]:
    return zip(arguments[::2], arguments[1::2], strict=True)


def is_there(operand: Operand) -> str:
    """Whether the value is not null."""
    return sql.any_of(f"{given.sql} IS NOT NULL" for given in operand)


def _coalesce(to: Expressions, call: Call) -> Operand:
    branches: list[tuple[str | None, Operand]] = []
    for argument in call.arguments:
        operand = tuple(_named(given, to) for given in to.operand(argument))
        branches.append((is_there(operand), operand))
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
