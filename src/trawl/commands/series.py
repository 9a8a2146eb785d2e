"""What `timechart`, `chart` and `xyseries` share: the values of a field as series, each of which becomes a column."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from trawl.algebra import Extend, Filter, Lump, Measure, Relation
from trawl.errors import Code, TrawlError, clip
from trawl.expr import Call, Field, Literal
from trawl.functions import find_aggregation
from trawl.language.names import Name

OTHER: Final = "OTHER"
MISSING: Final = "NULL"
LAST: Final = (OTHER, MISSING)
"""The series that come last, in this order."""


@dataclass(frozen=True)
class Series:
    """The series that the values of a field make.

    Attributes:
        by: the field.
        limit: so many stay, the rest becomes `OTHER`; 0 for all.
        uses_null: whether events without a value make a series too.
    """

    by: Name
    limit: int = 10
    uses_null: bool = True

    def added(self, events: Relation, column: str, row: str, first: Measure) -> Relation:
        """The events with their series as a text in `column`; each has one value of the field at most.

        Args:
            row: the column whose values become the rows.
            first: the measure by which series are ranked.
        """
        if not self.uses_null:
            events = Filter(events, Call("isnotnull", (self.by.field,)))
        text = Extend(events, ((column, Call("tostring", (self.by.field,), self.by.span)),))
        is_taken = Call("in", (Field(column), *map(Literal, LAST)))
        escaped = Call("if", (is_taken, Call("concat", (Field(column), Literal("_"))), Field(column)))
        apart = Extend(text, ((column, escaped),))
        if self.limit:
            weight = Measure("count", (), column) if first.function in ("values", "list") else first
            return Lump(apart, column, (row,), weight, self.limit, OTHER, MISSING)
        return Extend(apart, ((column, Call("coalesce", (Field(column), Literal(MISSING)))),))


def counts(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The columns of the measures that are 0 where nothing is counted."""
    return tuple(measure.name for measure in measures if _is_count(measure))


def refuse_taken(measures: Iterable[Measure], taken: Collection[str]) -> None:
    """Refuses a measure that goes to one of the columns taken.

    Raises:
        TrawlError: `INVALID_ARGUMENT`.
    """
    for measure in measures:
        if measure.name in taken:
            reason = f"a measure goes to the column `{clip(measure.name)}`, which is there already"
            raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="another name with `as`", span=measure.span)


def _is_count(measure: Measure) -> bool:
    aggregation = find_aggregation(measure.function)
    return aggregation is not None and aggregation.name == "count"
