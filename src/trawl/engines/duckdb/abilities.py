"""What DuckDB can run: relations all of whose functions and aggregates it has a spelling of."""

from __future__ import annotations

from collections.abc import Iterable

from trawl.algebra import (
    BY_PLACE,
    Aggregate,
    Explode,
    Extend,
    Fill,
    Filter,
    Generate,
    Given,
    Join,
    Locate,
    Lump,
    Match,
    Measure,
    Pivot,
    Profile,
    Project,
    Relation,
    Reverse,
    Rows,
    Scan,
    Session,
    Slice,
    Sort,
    Templates,
    Transpose,
    Union,
    Unpack,
    Unpivot,
    Window,
)
from trawl.engines.duckdb import spelling
from trawl.engines.duckdb.spelling import aggregates
from trawl.expr import Call, Expr, walk

_ALWAYS = (
    *(Scan, Generate, Given, Rows),
    *(Project, Slice, Reverse, Explode, Pivot, Unpivot, Transpose, Fill, Profile, Templates),
    *(Union, Join, Match, Locate),
)


def is_able(relation: Relation) -> bool:
    """Whether the relation, given its inputs, can be run with the meaning of the algebra."""
    match relation:
        case Filter():
            return _all([relation.condition])
        case Extend():
            return _all(expression for _, expression in relation.assignments)
        case Sort():
            return _all(key.value for key in relation.keys)
        case Aggregate():
            return _all(key for _, key in relation.keys) and all(map(_is_measured, relation.measures))
        case Window():
            keys = [*relation.partition, *(key.value for key in relation.order)]
            return _all(keys) and all(map(_is_measured_in_window, relation.measures))
        case Unpack():
            return _all([relation.text])
        case Session():
            conditions = [given for given in (relation.starts, relation.ends) if given is not None]
            return _all([*relation.partition, relation.time, *conditions])
        case Lump():
            return _is_measured(relation.weight)
        case _:
            return isinstance(relation, _ALWAYS)


def _is_measured_in_window(measure: Measure) -> bool:
    return _all(measure.arguments) if measure.function in BY_PLACE else _is_measured(measure)


def _is_measured(measure: Measure) -> bool:
    return aggregates.find(measure) is not None and _all(measure.arguments)


def _all(expressions: Iterable[Expr]) -> bool:
    return all(
        spelling.can(node.function) for expression in expressions for node in walk(expression) if isinstance(node, Call)
    )
