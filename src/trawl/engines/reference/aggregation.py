"""Groups and measures: what an aggregate is over the rows of a group."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import product

from trawl import functions
from trawl.algebra import Aggregate, Measure, SortKey
from trawl.engines.reference.expressions import Faults, evaluate
from trawl.engines.reference.rows import Row
from trawl.expr import Expr, Literal
from trawl.functions.base import Aggregation, Fault, spread
from trawl.functions.ordering import OrderKey, distinct, identity, order_key, sort_key
from trawl.instants import read_time
from trawl.values import Instant, Scalar, Value


def aggregate(relation: Aggregate, rows: list[Row], faults: Faults) -> list[Row]:
    """One row a group, ordered by key; a multivalue key puts its row into the group of each of its values."""
    groups: dict[Hashable, list[Row]] = {} if relation.keys else {(): rows}
    names: dict[Hashable, list[list[Scalar]]] = {(): []}
    for row in rows if relation.keys else ():
        choices = [_key_values(key, row, relation.keep_null, faults) for _, key in relation.keys]
        for chosen in product(*choices):
            key = identity(list(chosen))
            groups.setdefault(key, []).append(row)
            seen = names.setdefault(key, [[] for _ in chosen])
            for place, value in enumerate(chosen):
                if value is not None:
                    seen[place].append(value)
    found = []
    for key, members in groups.items():
        row = {
            name: next(iter(distinct(values)), None)
            for (name, _), values in zip(relation.keys, names[key], strict=True)
        }
        found.append(row | {measure.name: measured(measure, members, faults) for measure in relation.measures})
    found.sort(key=lambda row: [null_last(row[name]) for name, _ in relation.keys])
    return found


def measured(measure: Measure, rows: Iterable[Row], faults: Faults) -> Value:
    """The value of an aggregate over rows; what a fault of the data leaves of it, mostly null."""
    aggregation = functions.find_aggregation(measure.function)
    assert aggregation is not None, f"{measure.function} is not bound"
    return _evaluated(aggregation, measure, _arguments(aggregation, measure, rows, faults), faults)


def running(measure: Measure, frames: Iterable[list[Row]], rows: Iterable[Row], faults: Faults) -> list[Value]:
    """The value of an aggregate for each frame of rows; a row at fault counts once, however many frames have it.

    Args:
        frames: what the aggregate sees, frame by frame. rows: all of them, each once.
    """
    aggregation = functions.find_aggregation(measure.function)
    assert aggregation is not None, f"{measure.function} is not bound"
    _arguments(aggregation, measure, rows, faults)
    found = (_arguments(aggregation, measure, frame, Faults()) for frame in frames)
    return [_evaluated(aggregation, measure, arguments, faults) for arguments in found]


def _evaluated(aggregation: Aggregation, measure: Measure, arguments: list[object], faults: Faults) -> Value:
    try:
        return aggregation.evaluate(*arguments)
    except Fault as fault:
        faults.add(fault, measure.span)
        return fault.value


def _arguments(aggregation: Aggregation, measure: Measure, rows: Iterable[Row], faults: Faults) -> list[object]:
    if not measure.arguments:
        return [[True for _ in rows]]
    argument, *rest = measure.arguments
    if aggregation.name == "count":
        return [[value for row in rows if (value := evaluate(argument, row, faults)) is not None]]
    pairs = [(value, row) for row in rows for value in _kept(aggregation, measure, argument, row, faults)]
    if aggregation.needs_time:
        timed = [(value, instant) for value, row in pairs if (instant := _time(rest[0], row, faults)) is not None]
        return [timed]
    constants = [constant.value for constant in rest if isinstance(constant, Literal)]
    return [[value for value, _ in pairs], *constants]


def _kept(aggregation: Aggregation, measure: Measure, argument: Expr, row: Row, faults: Faults) -> list[Scalar]:
    """The values of a row that count; a row counts as at fault once, however many of them are left out."""
    kept = []
    found = Faults()
    for value in spread(evaluate(argument, row, faults)):
        fault = aggregation.skips(value) if aggregation.skips else None
        if fault is None:
            kept.append(value)
        else:
            found.add(fault, measure.span)
    faults.add_once(found)
    return kept


def _time(field: Expr, row: Row, faults: Faults) -> Instant | None:
    return read_time(evaluate(field, row, faults))


def _key_values(key: Expr, row: Row, keep_null: bool, faults: Faults) -> list[Scalar] | list[None]:
    """The values that a row counts under, each once; none where it has no value and nulls are dropped."""
    values = distinct(spread(evaluate(key, row, faults)))
    return values if values or not keep_null else [None]


def null_last(value: Value) -> tuple[bool, OrderKey]:
    """The place of a single value in an ascending order."""
    (first,) = spread(value) or (None,)
    return (True, (0, 0)) if first is None else (False, order_key(first))


def sorted_by(keys: tuple[SortKey, ...], rows: list[Row], faults: Faults) -> list[Row]:
    """The rows by keys: nulls last in both directions, ties as they came."""
    for key in reversed(keys):
        placed = [(sort_key(evaluate(key.value, row, faults), key.mode), row) for row in rows]
        known = [(place, row) for place, row in placed if place is not None]
        known.sort(key=lambda item: item[0], reverse=key.descending)
        rows = [row for _, row in known] + [row for place, row in placed if place is None]
    return rows
