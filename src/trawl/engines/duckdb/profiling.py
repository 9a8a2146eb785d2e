"""What the values of each column are (`trawl.algebra.Profile`): a GROUP BY a column, run one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from trawl.engines.duckdb import grouping, ordering, sql
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.operands import Operand, as_float, boxed, is_there
from trawl.schema import Column, Kind
from trawl.values import Value

Row = tuple[Value, ...]


def describe(frame: Frame, column: Column, top: int, rows: Callable[[str], list[tuple[Any, ...]]]) -> Row | None:
    """The row of one column; None where no row has a value.

    Args:
        frame: the input; it is left as it is.
        rows: runs a query.
    """
    operand = frame.columns.get(column.name, ())
    if not operand:
        return None
    narrow = frame.copy()
    narrow.settle({column.name: operand})
    has_lists = grouping.has_lists(operand)
    total: int | None = None
    if has_lists:
        ((total,),) = rows(narrow.copy().select([f"count(*) FILTER ({is_there(operand)})"])) or ((0,),)
    found = rows(_query(narrow, operand, top))
    if not found:
        return (column.name, column.type.encode(), total, 0, [], [], None, None, None) if total else None
    _, _, distinct, counted, least, most, average = found[0]
    return (
        column.name,
        column.type.encode(),
        counted if total is None else total,
        distinct,
        [value for value, *_ in found],
        [count for _, count, *_ in found],
        least,
        most,
        average,
    )


def _query(frame: Frame, operand: Operand, top: int) -> str:
    """The most frequent values, each with its count and what is known of all of them together."""
    to = Expressions(frame, "UTC")
    if grouping.has_lists(operand):
        operand, _ = grouping.spread(frame, operand, distinct=False)
    key = grouping.group_key(operand, to)
    frame.filter(is_there(key.values))
    names = tuple(replace(given, sql=frame.names.new()) for given in key.values)
    count = frame.names.new()
    items = [f"{given.sql} AS {new.sql}" for given, new in zip(key.values, names, strict=True)]
    items.append(f"count(*) AS {count}")
    if key.is_integer:
        seen = frame.names.new()
        items.append(f"count_if({key.is_integer}) AS {seen}")
        names = grouping.as_seen(names, f"{seen} > 0")
    groups = ", ".join(given.sql for given in key.values)
    source = f"({frame.select(items)} GROUP BY {groups})"
    values = Frame(frame.names, source, {"": names})
    values.settle({"": names})
    names = values.columns[""]
    order = ", ".join([f"{count} DESC", *map(str, ordering.keys(names, values))])
    values.hold(count)
    listed = ", ".join([boxed(names, values), count, *_totals(names, count)])
    values.close()
    return f"SELECT {listed} FROM {values.source} ORDER BY {order} LIMIT {top}"


def _totals(names: Operand, count: str) -> list[str]:
    """Distinct values, values, least, greatest, average: the same in every row."""
    numbers = [given for given in names if given.kind in {Kind.INTEGER, Kind.FLOAT}]
    ranged = numbers or [given for given in names if given.kind is Kind.TIME]
    structs = [f"CASE WHEN {given.sql} IS NOT NULL THEN {ordering.struct(given)} END" for given in ranged]
    totals = ["count(*) OVER ()", f"CAST(sum({count}) OVER () AS BIGINT)"]
    if structs:
        totals += [f"({function}({sql.coalesce(structs, '')}) OVER ()).b" for function in ("min", "max")]
    else:
        totals += ["NULL", "NULL"]
    if not numbers:
        return [*totals, "NULL"]
    weighed = sql.coalesce((f"{as_float(given)} * {count}" for given in numbers), "DOUBLE")
    weight = f"CASE WHEN {is_there(tuple(numbers))} THEN {count} END"
    return [*totals, f"fsum({weighed}) OVER () / (sum({weight}) OVER ())"]
