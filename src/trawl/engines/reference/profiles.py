"""What the values of each column are: the sidebar and `fieldsummary`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable

from trawl.algebra import Profile
from trawl.engines.reference.rows import Row, Sequence
from trawl.functions.base import spread
from trawl.functions.ordering import distinct, identity, in_order, order_key
from trawl.schema import Column
from trawl.values import Instant, Scalar, Value, box


def profile(relation: Profile, input_: Sequence) -> list[Row]:
    """One row a column that has a value, most covered first."""
    described = [
        row for column in input_.schema if (row := _described(column, input_.rows, relation.top))["count"] != 0
    ]
    return sorted(described, key=lambda row: (-_count(row), str(row["field"])))


def _count(row: Row) -> int:
    count = row["count"]
    assert isinstance(count, int)
    return count


def _described(column: Column, rows: list[Row], top: int) -> Row:
    there: list[Value] = [value for row in rows if (value := row.get(column.name)) is not None]
    values = [item for value in there for item in spread(value)]
    counts: Counter[Hashable] = Counter(identity(value) for value in values)
    each = distinct(values)
    ranked = sorted(each, key=lambda value: (-counts[identity(value)], order_key(value)))[:top]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    times: list[Scalar] = [value for value in values if isinstance(value, Instant)]
    ordered = in_order(numbers or times)
    return {
        "field": column.name,
        "type": column.type.encode(),
        "count": len(there),
        "distinct": len(each),
        "top": [box(value) for value in ranked],
        "top_counts": [counts[identity(value)] for value in ranked],
        "minimum": box(ordered[0]) if ordered else None,
        "maximum": box(ordered[-1]) if ordered else None,
        "average": math.fsum(numbers) / len(numbers) if numbers else None,
    }
