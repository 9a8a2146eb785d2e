"""What columns the rows of a relation really have, where the plan left some open."""

from __future__ import annotations

from collections.abc import Sequence

from trawl.algebra import Extend, Locate, Match, Relation
from trawl.schema import Schema


def real_schema(relation: Relation, inputs: Sequence[Schema]) -> Schema:
    """The columns of the plan; where it left them open, those of the inputs with what the relation adds."""
    planned = relation.columns
    if not planned.open:
        return planned
    known = Schema()
    for schema in inputs[:1] if isinstance(relation, Match) else inputs:
        known = known.with_columns(schema)
    match relation:
        case Extend(assignments=added) | Match(taken=added) | Locate(taken=added):
            names = {name for name, _ in added}
            known = known.with_columns(column for column in planned if column.name in names)
    return known
