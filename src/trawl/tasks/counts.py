"""How many rows went into and came out of each command: the pipeline counted again, cut after each of them."""

from __future__ import annotations

from collections.abc import Sequence

from trawl.algebra import Aggregate, Extend, Measure, Project, Relation, Reverse, Sort, Window
from trawl.arrow import to_values
from trawl.engines.base import Engine
from trawl.planning import Plan, split
from trawl.schema import INTEGER, Column, Schema
from trawl.tasks.cost import CommandCost
from trawl.tasks.executions import Executions

_ROW_FOR_ROW = Extend | Project | Reverse | Sort | Window


def of_commands(
    chain: Sequence[Plan], executions: Executions, engine: Engine, total: int | None
) -> tuple[CommandCost, ...]:
    """The commands of the plans that a search went through, in order.

    Args:
        chain: plans that each go on from the one in front.
        executions: run the counting. engine: to tell what was pushed down to it.
        total: the rows of the whole, where they are known already.

    Raises:
        TrawlError: as running the query does.
    """
    found: list[CommandCost] = []
    before, counted = 0, None
    placed = [(number, step) for number, planned in enumerate(chain) for step in planned.steps]
    for position, (number, step) in enumerate(placed):
        source = _source_of_rows(step.relation)
        if position == len(placed) - 1 and total is not None:
            rows = total
        elif source is counted:
            rows = before
        else:
            rows = _count(source, chain[:number], executions)
        where = "pushed" if split(step.relation, engine).local is None else "local"
        found.append(CommandCost(step.command, step.text, where, before, rows))
        before, counted = rows, source
    return tuple(found)


def _source_of_rows(relation: Relation) -> Relation:
    """The relation below that has as many rows."""
    while isinstance(relation, _ROW_FOR_ROW):
        relation = relation.input
    return relation


def _count(relation: Relation, before: Sequence[Plan], executions: Executions) -> int:
    schema = Schema((Column("count", INTEGER),))
    counting = Aggregate(relation, keys=(), measures=(Measure("count", (), "count"),), schema=schema)
    batches = [batch for batch in executions.run(counting, before) if batch.num_rows]
    (count,) = to_values(batches[0].column(0), INTEGER)
    assert isinstance(count, int)
    return count
