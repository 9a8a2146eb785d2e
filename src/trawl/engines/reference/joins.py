"""Several inputs into one: rows after rows, and rows beside rows."""

from __future__ import annotations

from trawl import functions
from trawl.algebra import Join
from trawl.engines.reference.rows import Row, Sequence


def unite(inputs: list[Sequence]) -> list[Row]:
    """All rows of the first input, then all of the next."""
    return [row for input_ in inputs for row in input_.rows]


def join(relation: Join, left: Sequence, right: Sequence) -> list[Row]:
    """Each row of the left with the matching rows of the right, both in their order."""
    found = []
    for row in left.rows:
        matches = [other for other in right.rows if _matches(relation, row, other)]
        if not matches and relation.kind == "left":
            found.append(row)
        for other in matches[: relation.most or None]:
            found.append(_joined(relation, row, other, right.schema.names, left.schema.names))
    return found


def _matches(relation: Join, row: Row, other: Row) -> bool:
    equal = functions.find("eq")
    assert equal is not None
    return all(equal.apply((row.get(mine), other.get(theirs))) is True for mine, theirs in relation.keys)


def _joined(relation: Join, row: Row, other: Row, theirs: tuple[str, ...], mine: tuple[str, ...]) -> Row:
    """The row with the values of the other but its keys; what the other has no value for stays."""
    keys = {key for _, key in relation.keys}
    taken = (name for name in theirs if name not in keys and (relation.overwrite or name not in mine))
    return row | {name: other[name] for name in taken if other.get(name) is not None}
