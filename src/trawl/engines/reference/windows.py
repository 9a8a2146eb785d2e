"""Measures over rows of the same group, added to every row."""

from __future__ import annotations

from collections.abc import Hashable

from trawl.algebra import Window
from trawl.engines.reference.aggregation import ROW_NUMBER, measured, sorted_by
from trawl.engines.reference.expressions import Faults, evaluate
from trawl.engines.reference.rows import Row
from trawl.functions.ordering import identity
from trawl.values import Value


def window(relation: Window, rows: list[Row], faults: Faults) -> list[Row]:
    """The rows in their order, with the measures; those of a null key get null.

    A multivalue key is one key: the array as it is, an array of one as its value.
    """
    groups: dict[Hashable, list[int]] = {}
    found = [dict(row) | {measure.name: None for measure in relation.measures} for row in rows]
    for place, row in enumerate(rows):
        keys = [_alone(evaluate(key, row, faults)) for key in relation.partition]
        if None not in keys:
            groups.setdefault(tuple(identity(key) for key in keys), []).append(place)
    for places in groups.values():
        for measure in relation.measures:
            if measure.function == ROW_NUMBER:
                for number, place in enumerate(_in_order(relation, places, rows, faults), 1):
                    found[place][measure.name] = number
            elif relation.frame == "all":
                value = measured(measure, [rows[place] for place in places], faults)
                for place in places:
                    found[place][measure.name] = value
            else:
                for count, place in enumerate(places):
                    frame = _frame(relation, places, count)
                    found[place][measure.name] = measured(measure, [rows[other] for other in frame], faults)
    return found


def _in_order(relation: Window, places: list[int], rows: list[Row], faults: Faults) -> list[int]:
    """The rows of a group in the window's own order."""
    by_row = {id(rows[place]): place for place in places}
    return [by_row[id(row)] for row in sorted_by(relation.order, [rows[place] for place in places], faults)]


def _frame(relation: Window, places: list[int], count: int) -> list[int]:
    """The rows of a group that a running measure sees at the row of index `count`."""
    end = count + relation.include_current
    start = max(0, end - relation.size) if relation.size else 0
    return places[start:end]


def _alone(value: Value) -> Value:
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    return value
