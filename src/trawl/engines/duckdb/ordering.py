"""Orders in SQL (`trawl.functions.ordering.order_key`): numbers, then text, then booleans, then times; nulls last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trawl.algebra import SortKey, SortMode
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import floating, number_of_text, text_of
from trawl.engines.duckdb.frames import Key
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import NUMBERS, Alternative, Operand, firsts
from trawl.engines.duckdb.scopes import INLINE, Scope
from trawl.engines.duckdb.spelling.network import address_key
from trawl.schema import Kind


def keys(operand: Operand, to: Scope, *, descending: bool = False, mode: SortMode = SortMode.AUTO) -> list[Key]:
    """The keys that put rows in the order of a value's first value; a constant puts them in none."""
    if all(given.constant is not None for given in operand):
        return []
    found = firsts(operand, to)
    match mode:
        case SortMode.AUTO:
            expressions = _mixed(found, to)
        case SortMode.STRING:
            expressions = [sql.coalesce((text_of(given, to) for given in found), "VARCHAR")]
        case SortMode.NUMBER:
            expressions = _numbers([given for given in found if given.kind in NUMBERS | {Kind.STRING}], to)
        case SortMode.IP:
            texts = (given.sql for given in found if given.kind is Kind.STRING)
            expressions = [address_key(given, to) for given in texts]
    return [Key(expression, descending) for expression in expressions if expression]


def sort_keys(given: SortKey, operand: Operand, to: Scope) -> list[Key]:
    """The keys of one key of `sort`."""
    return keys(operand, to, descending=given.descending, mode=given.mode)


def _mixed(operand: Operand, to: Scope) -> list[str]:
    numbers = [given for given in operand if given.kind in NUMBERS]
    others = [[given.sql for given in operand if given.kind is kind] for kind in (Kind.STRING, Kind.BOOLEAN, Kind.TIME)]
    groups = [group for group in ([given.sql for given in numbers], *others) if group]
    expressions = []
    if len(groups) > 1:
        ranks = (
            f"WHEN {sql.any_of(f'{value} IS NOT NULL' for value in map(to.bind, group))} THEN {rank}"
            for rank, group in enumerate(groups)
        )
        expressions.append(f"CASE {' '.join(ranks)} END")
    expressions += _numbers(numbers, to)
    for kind, group in zip((Kind.STRING, Kind.BOOLEAN, Kind.TIME), others, strict=True):
        if group:
            expressions.append(sql.coalesce(group, sql.TYPES[kind]))
    return expressions


def _numbers(numbers: list[Alternative], to: Scope) -> list[str]:
    """Numbers of several types: by the nearest float, then by the integer itself, which floats may round."""
    integers = [given.sql for given in numbers if given.kind is Kind.INTEGER]
    if len(integers) == len(numbers):
        return [sql.coalesce(integers, "BIGINT")] if integers else []
    near = sql.coalesce(
        (number_of_text(given.sql, to) if given.kind is Kind.STRING else floating(given, to) for given in numbers),
        "DOUBLE",
    )
    if not integers:
        return [near]
    floats = [to.bind(given.sql) for given in numbers if given.kind is Kind.FLOAT]
    exact = (f"CASE WHEN abs({given}) < 9.2e18 THEN CAST(floor({given}) AS BIGINT) END" for given in floats)
    return [near, sql.coalesce([*integers, *exact], "BIGINT")]


def each(given: Alternative, computed: Callable[[Alternative], str]) -> str:
    """Something computed of each value of a list."""
    return f"list_transform({given.sql}, lambda x: {computed(replace(given, sql='x', many=False))})"


def struct(given: Alternative, boxed: str | None = None) -> str:
    """A struct that orders values of several kinds as `sort` does, with the boxed value last.

    Args:
        boxed: another text in place of the boxed value.
    """
    rank = {Kind.STRING: 1, Kind.BOOLEAN: 2, Kind.TIME: 3}.get(given.kind, 0)  # type: ignore[arg-type]  # numbers are none of these
    near, exact, text = "0.0::DOUBLE", "0::HUGEINT", "''"
    match given.kind:
        case Kind.STRING:
            text = given.sql
        case Kind.FLOAT:
            near, exact = given.sql, f"CASE WHEN {sql.is_whole(given.sql)} THEN CAST({given.sql} AS HUGEINT) ELSE 0 END"
        case _:
            near, exact = f"CAST({given.sql} AS DOUBLE)", f"CAST({given.sql} AS HUGEINT)"
    return f"{{'r': {rank}, 'n': {near}, 'i': {exact}, 's': {text}, 'b': {boxed or box(given, INLINE)}}}"


def shared_struct(given: Alternative) -> str:
    """As `struct`, but equal numbers give equal structs: a whole float counts as the integer that it may be."""
    if given.kind is not Kind.FLOAT:
        return struct(given)
    integer = f"CAST(CAST({given.sql} AS BIGINT) AS VARCHAR)"
    return struct(given, f"CASE WHEN {sql.is_whole(given.sql)} THEN {integer} ELSE {box(given, INLINE)} END")
