"""What rows hold as a whole: the values of each column, and the patterns of their texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable

from trawl.algebra import Profile, Templates
from trawl.drain import masked, mine
from trawl.engines.reference.rows import Row, Sequence
from trawl.functions import find_aggregation
from trawl.functions.base import Fault, spread
from trawl.functions.coercion import number
from trawl.functions.ordering import distinct, identity, in_order, order_key
from trawl.schema import Column
from trawl.values import Instant, Scalar, Value, box


def profile(relation: Profile, input_: Sequence) -> list[Row]:
    """One row a column that has a value, most covered first."""
    described = [row for column in input_.schema if (row := _described(column, input_.rows, relation))["count"] != 0]
    return sorted(described, key=lambda row: (-_count(row), str(row["field"])))


def _count(row: Row) -> int:
    count = row["count"]
    assert isinstance(count, int)
    return count


def _described(column: Column, rows: list[Row], relation: Profile) -> Row:
    there: list[Value] = [value for row in rows if (value := row.get(column.name)) is not None]
    values = [item for value in there for item in spread(value)]
    counts: Counter[Hashable] = Counter(identity(value) for value in values)
    each = distinct(values)
    ranked = sorted(each, key=lambda value: (-counts[identity(value)], order_key(value)))[: relation.top]
    numbers = [value for value in values if _is_number(value)]
    times = [value for value in each if isinstance(value, Instant)]
    ordered = in_order([value for value in each if _is_number(value)] or times)
    described: Row = {
        "field": column.name,
        "type": column.type.encode(),
        "count": len(there),
        "distinct": len(each),
        "numeric": len(numbers),
        "top": [box(value) for value in ranked],
        "top_counts": [counts[identity(value)] for value in ranked],
        "minimum": box(ordered[0]) if ordered else None,
        "maximum": box(ordered[-1]) if ordered else None,
        "average": math.fsum(map(number, numbers)) / len(numbers) if numbers else None,
    }
    if relation.deviates:
        described["deviation"] = _deviation(numbers)
    return described


def _deviation(numbers: list[Scalar]) -> Value:
    """That of a sample; the data is not at fault here, so there is no warning where it is too large."""
    aggregation = find_aggregation("stdev")
    assert aggregation is not None
    try:
        return aggregation.evaluate(numbers)
    except Fault:
        return None


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def templates(relation: Templates, rows: list[Row]) -> list[Row]:
    """One row a pattern, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        text = row.get(relation.text)
        if isinstance(text, str):
            groups.setdefault(masked(text), []).append(text)
    lines = sorted(groups, key=lambda line: (-len(groups[line]), line))
    found = mine(((line, len(groups[line]), min(map(len, groups[line]))) for line in lines), relation.threshold)
    return [
        {"pattern": each.pattern, "count": each.count, "sample": min(groups[each.first], key=_shortness)}
        for each in found
    ]


def _shortness(text: str) -> tuple[int, str]:
    return len(text), text
