"""What rows hold as a whole: the values of each column, and the patterns of their texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable

from trawl.algebra import Profile, Templates
from trawl.drain import masked, mine
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


def templates(relation: Templates, rows: list[Row]) -> list[Row]:
    """One row a pattern, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        text = row.get(relation.text)
        if isinstance(text, str):
            groups.setdefault(masked(text), []).append(text)
    distinct_texts = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    found = mine(((text, len(texts), min(texts)) for text, texts in distinct_texts), relation.threshold)
    return [{"pattern": one.pattern, "count": one.count, "sample": one.sample} for one in found]
