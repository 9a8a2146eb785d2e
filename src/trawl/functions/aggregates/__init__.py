"""Aggregations: one value out of the values of many events (language.md 6).

An aggregation measures a field, or an expression: `sum(bytes / 1024)`. `count(eval(status >= 400))` counts the events
for which a condition is true. An event without a value does not count, and one with several counts with each of them,
but once in `count(f)`. What is of numbers takes numeric text as the number it is, and leaves other text out, which is
counted in a warning. Where nothing is measured a count is 0, and all others are null.

The examples measure five events, from the newest on 20 seconds apart: `f` is 14, 4, 4, 2, and missing in the oldest.
"""

from __future__ import annotations

from typing import Final

from trawl.functions.aggregates import collected, counting, extremes, numbers, timed

AGGREGATIONS: Final = tuple(
    aggregation for family in (counting, numbers, extremes, collected, timed) for aggregation in family.AGGREGATIONS
)
