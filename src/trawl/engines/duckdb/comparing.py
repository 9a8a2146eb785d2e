"""Comparisons of two single values in SQL, exactly (`trawl.functions.ordering`): no integer passes through a float."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import number_of_text, text_of
from trawl.engines.duckdb.operands import NUMBERS, Alternative
from trawl.engines.duckdb.scopes import Scope
from trawl.engines.duckdb.times import time
from trawl.schema import Kind
from trawl.values import exact_number

FLIPPED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compare(left: Alternative, operator: str, right: Alternative, to: Scope) -> str | None:
    """`left operator right` as `==` and `<` mean it; None where the two have no order.

    Args:
        operator: `=`, `<`, `<=`, `>` or `>=`.
    """
    kinds = {left.kind, right.kind}
    if Kind.TIME in kinds:
        if not kinds <= NUMBERS | {Kind.TIME, Kind.STRING}:
            return None
        return f"({time((left,), 'UTC', to)} {operator} {time((right,), 'UTC', to)})"
    if Kind.BOOLEAN in kinds:
        if kinds == {Kind.BOOLEAN}:
            return f"({left.sql} {operator} {right.sql})"
        if kinds == {Kind.BOOLEAN, Kind.STRING} and operator == "=":
            return f"({text_of(left, to)} = {text_of(right, to)})"
        return None
    if kinds == {Kind.STRING}:
        return f"({left.sql} {operator} {right.sql})"
    if right.constant is None and left.constant is not None:
        left, right, operator = right, left, FLIPPED[operator]
    if right.constant is not None and left.constant is None:
        return _with_constant(left, operator, right, to)
    return _numbers(left, operator, right, to)


def _with_constant(left: Alternative, operator: str, right: Alternative, to: Scope) -> str | None:
    given = exact_number(right.constant) if isinstance(right.constant, str) else right.constant
    if given is None or isinstance(given, bool):
        return None
    assert isinstance(given, int | float | Decimal)
    return with_number(left, operator, given, to)


def with_number(left: Alternative, operator: str, given: int | float | Decimal, to: Scope) -> str | None:
    """`left operator given`, for a number or a text that is one."""
    match left.kind:
        case Kind.INTEGER:
            return _integer_with(left.sql, operator, given)
        case Kind.FLOAT:
            return _float_with(left.sql, operator, given)
        case Kind.STRING:
            return _text_with(to.bind(left.sql), operator, given, to)
        case _:
            return None


def _integer_with(column: str, operator: str, given: int | float | Decimal) -> str:
    """An integer column against a constant: the constant is rounded to the side that gives the same answer."""
    if isinstance(given, Decimal) and given.adjusted() > 40:
        return _beyond(column, operator, above=given > 0)
    whole = math.floor(given)
    if whole == given:
        if abs(whole) >= 1 << 126:
            return _beyond(column, operator, above=whole > 0)
        return f"({column} {operator} {sql.integer(whole)})"
    match operator:
        case "=":
            return _never(column)
        case "<" | "<=":
            return f"({column} <= {sql.integer(whole)})"
        case _:
            return f"({column} > {sql.integer(whole)})"


def _float_with(column: str, operator: str, given: int | float | Decimal) -> str:
    """A float column against a constant."""
    try:
        near = float(given)
    except OverflowError:
        return _beyond(column, operator, above=given > 0)
    whole = given == math.floor(given) if not isinstance(given, Decimal) or given.adjusted() < 310 else False
    if math.isinf(near):
        return _beyond(column, operator, above=near > 0)
    if isinstance(given, float) or not whole or int(near) == given:
        return f"({column} {operator} {sql.floating(near)})"
    if operator == "=":
        return _never(column)
    below = int(near) < given
    if operator in {"<", "<="}:
        return f"({column} {'<=' if below else '<'} {sql.floating(near)})"
    return f"({column} {'>' if below else '>='} {sql.floating(near)})"


def _text_with(column: str, operator: str, given: int | float | Decimal, to: Scope) -> str:
    """A text column against a constant: short texts are exact as floats, long whole ones as integers."""
    near = number_of_text(column, to)
    if isinstance(given, float) and not given.is_integer():
        return f"({near} {operator} {sql.floating(given)})"
    short = _float_with(f"({near})", operator, given)
    long = _long(column)
    wide = _integer_with(f"try_cast({column} AS HUGEINT)", operator, given)
    return f"CASE WHEN {long} THEN {wide} ELSE {short} END"


def _numbers(left: Alternative, operator: str, right: Alternative, to: Scope) -> str:
    """Two numbers or texts of numbers, neither known beforehand."""
    if left.kind is right.kind is Kind.INTEGER or left.kind is right.kind is Kind.FLOAT:
        return f"({left.sql} {operator} {right.sql})"
    if left.kind is Kind.STRING:
        text = to.bind(left.sql)
        return _by_form(text, lambda found: _numbers(found, operator, right, to), to)
    if right.kind is Kind.STRING:
        text = to.bind(right.sql)
        return _by_form(text, lambda found: _numbers(left, operator, found, to), to)
    if left.kind is Kind.FLOAT:
        return _integer_and_float(right.sql, FLIPPED[operator], to.bind(left.sql))
    return _integer_and_float(left.sql, operator, to.bind(right.sql))


def _integer_and_float(integer: str, operator: str, number: str) -> str:
    rounding = "ceil" if operator in {"<", ">="} else "floor"
    near = f"CAST({rounding}({number}) AS BIGINT)"
    exact = f"({integer} {operator} {near})"
    if operator == "=":
        exact = f"CASE WHEN {integer} IS NOT NULL THEN {number} = floor({number}) AND {integer} = {near} END"
    return f"CASE WHEN abs({number}) < 9.2e18 THEN {exact} ELSE CAST({integer} AS DOUBLE) {operator} {number} END"


def _by_form(text: str, compared: object, to: Scope) -> str:
    assert callable(compared)
    whole = Alternative(f"try_cast({text} AS HUGEINT)", Kind.INTEGER, wide=True)
    near = Alternative(number_of_text(text, to), Kind.FLOAT)
    return f"CASE WHEN {_long(text)} THEN {compared(whole)} ELSE {compared(near)} END"


def _long(text: str) -> str:
    """Whether a text is an integer of more digits than a float keeps, and of no more than an integer does."""
    return f"(length({text}) > 15 AND regexp_full_match({text}, '[+-]?[0-9]{{15,38}}([.]0*)?'))"


def _beyond(column: str, operator: str, *, above: bool) -> str:
    """A column against a number that none of its values reaches."""
    holds = operator in ({"<", "<="} if above else {">", ">="})
    return f"CASE WHEN {column} IS NOT NULL THEN {'true' if holds else 'false'} END"


def _never(column: str) -> str:
    return f"CASE WHEN {column} IS NOT NULL THEN false END"
