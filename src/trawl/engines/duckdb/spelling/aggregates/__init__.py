"""DuckDB's spelling of aggregates (`trawl.functions.aggregates`): one module a family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from trawl.algebra import Measure
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Key
from trawl.engines.duckdb.operands import Operand
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.aggregates import collected, counting, extremes, numbers, timed
from trawl.engines.duckdb.spelling.aggregates.gathering import Builder, Calls, Gathering
from trawl.errors import Span
from trawl.functions import find_aggregation

__all__ = ["Calls", "find", "measured"]


AGGREGATES: Final[Mapping[str, Builder]] = {
    name: builder
    for family in (collected, counting, extremes, numbers, timed)
    for name, builder in family.AGGREGATES.items()
}


def find(measure: Measure) -> Builder | None:
    """What the aggregate of a measure becomes; None where DuckDB has no spelling of it."""
    known = find_aggregation(measure.function)
    return AGGREGATES.get(known.name) if known else None


def measured(
    to: Expressions, measures: Iterable[Measure], order: tuple[Key, ...], calls: Calls
) -> tuple[dict[str, Operand], list[tuple[Flaw, Span | None, str]]]:
    """Measures as operands over the calls that they are made of, and what may be wrong with them."""
    columns: dict[str, Operand] = {}
    flaws: list[tuple[Flaw, Span | None, str]] = []
    for measure in measures:
        spelled = find(measure)
        assert spelled is not None, "the engine was asked whether it can"
        gathering = Gathering(to, measure.arguments, order, calls)
        with to.at(measure.span):
            columns[measure.name] = spelled(gathering)
        flaws += [(flaw, measure.span, condition) for flaw, condition in gathering.flaws]
    return columns, flaws
