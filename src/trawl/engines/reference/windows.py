"""Measures over rows of the same group, added to every row."""

from __future__ import annotations

from collections.abc import Hashable

from trawl.algebra import BY_PLACE, CARRY, LAG, ROW_NUMBER, Measure, Window
from trawl.engines.reference.aggregation import running, sorted_by
from trawl.engines.reference.expressions import Faults, evaluate
from trawl.engines.reference.rows import Row
from trawl.expr import Literal
from trawl.functions.ordering import identity
from trawl.values import Value


def window(relation: Window, rows: list[Row], faults: Faults) -> list[Row]:
    """The rows in their order, with the measures; those of a null key get null.

    A multivalue key is one key: the array as it is, an array of one as its value.
    """
    groups: dict[Hashable, list[int]] = {}
    found = [dict(row) | {measure.name: None for measure in relation.measures} for row in rows]
    for place, row in enumerate(rows):
        keys = [alone(evaluate(key, row, faults)) for key in relation.partition]
        if None not in keys:
            groups.setdefault(tuple(identity(key) for key in keys), []).append(place)
    for places in groups.values():
        ordered = _in_order(relation, places, rows, faults)
        for measure in relation.measures:
            if measure.function in BY_PLACE:
                values = _by_place(measure, [rows[place] for place in ordered], faults)
                of_places = zip(ordered, values, strict=True)
            else:
                values = _over_frames(relation, measure, [rows[place] for place in places], faults)
                of_places = zip(places, values, strict=True)
            for place, value in of_places:
                found[place][measure.name] = value
    return found


def _by_place(measure: Measure, rows: list[Row], faults: Faults) -> list[Value]:
    """The value of a measure that goes by the place of each row among these."""
    if measure.function == ROW_NUMBER:
        return list(range(1, len(rows) + 1))
    values = [evaluate(measure.arguments[0], row, faults) for row in rows]
    if measure.function == CARRY:
        carried: list[Value] = []
        for value in values:
            carried.append(carried[-1] if value is None and carried else value)
        return carried
    assert measure.function == LAG
    count = measure.arguments[1]
    assert isinstance(count, Literal)
    assert isinstance(count.value, int)
    before: list[Value] = [None] * count.value
    return [*before, *values][: len(values)]


def _over_frames(relation: Window, measure: Measure, rows: list[Row], faults: Faults) -> list[Value]:
    """The value of an aggregate at each of the rows of a group."""
    if relation.frame == "all":
        return running(measure, [rows], rows, faults) * len(rows)
    return running(measure, [_frame(relation, rows, count) for count in range(len(rows))], rows, faults)


def _in_order(relation: Window, places: list[int], rows: list[Row], faults: Faults) -> list[int]:
    """The rows of a group in the window's own order."""
    by_row = {id(rows[place]): place for place in places}
    return [by_row[id(row)] for row in sorted_by(relation.order, [rows[place] for place in places], faults)]


def _frame(relation: Window, rows: list[Row], count: int) -> list[Row]:
    """The rows of a group that a running measure sees at the row of index `count`."""
    end = count + relation.include_current
    start = max(0, end - relation.size) if relation.size else 0
    return rows[start:end]


def alone(value: Value) -> Value:
    """A value as one key: an array of one is its value."""
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    return value
