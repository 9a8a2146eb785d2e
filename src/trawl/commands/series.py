"""What `timechart`, `chart` and `xyseries` share: the values of a field as series, each of which becomes a column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trawl.algebra import Aggregate, Extend, Filter, Lump, Measure, Relation
from trawl.errors import Code, Span, TrawlError, clip
from trawl.expr import Call, Field, Literal
from trawl.functions import find_aggregation
from trawl.functions.aggregates.collected import LIMITED_LIST
from trawl.language.names import Name

OTHER: Final = "OTHER"
MISSING: Final = "NULL"
LAST: Final = (OTHER, MISSING)
"""The series that come last, in this order."""
COMBINED: Final[Mapping[str, str]] = {"count": "sum", "min": "min", "max": "max"}
"""Aggregations that can be put together from parts of a group, and by which aggregation their values are."""


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

    def measured(
        self,
        events: Relation,
        row: tuple[str, Field],
        column: str,
        measures: Sequence[Measure],
        *,
        approximate: bool = False,
        span: Span | None = None,
    ) -> Relation:
        """The measures of each row and series: the name of the series stands in the field's own column.

        Where all measures can be put together from those of parts, the events are grouped by the values as they are,
        which is one pass, and the few groups are named and lumped; else each event is given its series first.

        Args:
            events: each has one value of the field at most.
            row: the column of the rows, and what its values are.
            column: the name of a column that is not there yet.
            measures: the first one ranks the series.
            approximate: whether an engine may approximate where it says so.
        """
        if not self.uses_null:
            events = Filter(events, Call("isnotnull", (self.by.field,)))
        series = (self.by.text, Field(column))
        combined = [_combined(measure) for measure in measures]
        if all(combined):
            events = Filter(events, Call("isnotnull", (row[1],)))
            parts = Aggregate(events, (row, (column, self.by.field)), tuple(measures), True, approximate, span)
            wholes = tuple(measure for measure in combined if measure is not None)
            named = self._named(parts, Field(column), column, row[0], wholes[0])
            return Aggregate(named, ((row[0], Field(row[0])), series), wholes, span=span)
        named = self._named(events, self.by.field, column, row[1].name, measures[0])
        return Aggregate(named, (row, series), tuple(measures), approximate=approximate, span=span)

    def _named(self, rows: Relation, value: Field, column: str, row: str, first: Measure) -> Relation:
        """The rows with their series as a text in `column`.

        Args:
            value: the value that makes the series.
            row: the column whose values become the rows.
            first: the measure by which series are ranked.
        """
        text = Extend(rows, ((column, Call("tostring", (value,), self.by.span)),))
        is_taken = Call("in", (Field(column), *map(Literal, LAST)))
        escaped = Call("if", (is_taken, Call("concat", (Field(column), Literal("_"))), Field(column)))
        apart = Extend(text, ((column, escaped),))
        if self.limit:
            weight = Measure("count", (), column) if first.function in ("values", "list", LIMITED_LIST) else first
            return Lump(apart, column, (row,), weight, self.limit, OTHER, MISSING)
        return Extend(apart, ((column, Call("coalesce", (Field(column), Literal(MISSING)))),))


def _combined(measure: Measure) -> Measure | None:
    """The measure of a whole from that of its parts, which has the same name; None where there is none."""
    aggregation = find_aggregation(measure.function)
    combining = COMBINED.get(aggregation.name) if aggregation is not None else None
    if combining is None:
        return None
    return Measure(combining, (Field(measure.name),), measure.name, measure.span)


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
