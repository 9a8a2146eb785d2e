"""Measures over all rows of a group, added to every row of it: one GROUP BY, joined to the rows.

A window of DuckDB would hold all columns of all rows, and a list that an aggregate gathers once for each row.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from trawl.algebra import BY_PLACE, Extend, Filter, Generate, Given, Project, Relation, Rows, Scan, Window
from trawl.engines.duckdb import checks
from trawl.engines.duckdb.checks import Check
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import Host, Shared, asking
from trawl.engines.duckdb.operands import Operand
from trawl.engines.duckdb.spelling import aggregates
from trawl.engines.duckdb.windows import Partition, settle


@dataclass(frozen=True)
class Totals:
    """What is measured of each group.

    Attributes:
        source: the groups, as what stands after FROM.
        keys: its columns that tell the group, in the order of a `Partition`.
        measures: its columns that hold the measures.
    """

    source: str
    keys: tuple[str, ...]
    measures: Mapping[str, Operand]

    def kept(self, host: Host, shared: list[Shared]) -> Totals:
        """The same, computed into a table."""
        return replace(self, source=host.keep(asking(f"SELECT * FROM {self.source}", host, shared)))


def can(relation: Relation) -> TypeGuard[Window]:
    """Whether a relation is a window that measures whole groups, and nothing by the place of a row."""
    if not isinstance(relation, Window) or relation.frame != "all":
        return False
    return not any(measure.function in BY_PLACE for measure in relation.measures)


def measure(frame: Frame, relation: Window, zone: str) -> tuple[Totals, list[Check]]:
    """The groups of the rows of a frame, which is used up, and what counts the faults on the way."""
    to = Expressions(frame, zone)
    groups = Partition.of(relation, to)
    frame.filter(groups.is_whole)
    calls = aggregates.Calls(frame.names)
    measures, flaws = aggregates.measured(to, relation.measures, frame.order, calls)
    found = checks.of_rows(to)
    keys = tuple(frame.names.new() for _ in groups.columns)
    items = [f"{old} AS {new}" for old, new in zip(groups.columns, keys, strict=True)]
    body = frame.select([*items, *calls.selected] or ["count(*) AS rows"])
    if keys:
        body += f" GROUP BY {', '.join(keys)}"
    result = Frame(frame.names, f"({body})", measures)
    found += checks.of_groups(result.copy(), flaws)
    result.settle(measures)
    for key in keys:
        result.hold(key)
    result.close()
    return Totals(result.source, keys, result.columns), found


def join(frame: Frame, relation: Window, totals: Totals, zone: str) -> None:
    """Adds the measures of its group to each row of a frame; the rows keep their order, but lie in any."""
    groups = Partition.of(relation, Expressions(frame, zone))
    frame.close()
    measures = {given.sql for operand in totals.measures.values() for given in operand if given.constant is None}
    same = " AND ".join(
        f"{mine} IS NOT DISTINCT FROM {theirs}" for mine, theirs in zip(groups.columns, totals.keys, strict=True)
    )
    columns = ", ".join([*frame.selected(), *sorted(measures)])
    matched = f"LEFT JOIN {totals.source} ON {same}" if same else f"CROSS JOIN {totals.source}"
    frame.wrap(f"(SELECT {columns} FROM {frame.source} {matched})")
    for name in measures:
        frame.hold(name)
    frame.is_ordered = False
    settle(frame, relation, groups, totals.measures)


def is_streamed(relation: Relation) -> bool:
    """Whether the rows are read and computed one by one, so that they can as well be twice as be kept."""
    while isinstance(relation, Filter | Extend | Project):
        relation = relation.input
    return isinstance(relation, Given | Rows | Generate) or (isinstance(relation, Scan) and relation.newest is None)


def is_filtered(relation: Relation, known: Container[int]) -> bool:
    """Whether not all of the rows that are read come through, so that the others are better read once.

    Args:
        known: identities of relations whose rows are kept already.
    """
    while isinstance(relation, Extend | Project) and id(relation) not in known:
        relation = relation.input
    return isinstance(relation, Filter)
