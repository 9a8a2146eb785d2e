"""Rows that belong together in time: the walk that makes sessions of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from trawl.algebra import Session
from trawl.engines.reference.expressions import Faults, evaluate, is_true
from trawl.engines.reference.rows import Row
from trawl.engines.reference.windows import alone
from trawl.functions.ordering import identity
from trawl.values import Instant


@dataclass
class _Open:
    """A session that is being walked through.

    Attributes:
        number: the place of its first row.
        first, last: the times of its first and its last row.
        begins: whether it begins as it should. ends: whether its last row is an end.
        rows: those that belong to it.
    """

    number: int
    first: int
    last: int
    begins: bool
    ends: bool = False
    is_followed: bool = False
    rows: list[Row] = field(default_factory=list)


def sessions(relation: Session, rows: list[Row], faults: Faults) -> list[Row]:
    """The rows with their sessions."""
    found = [{**row, relation.number: None, relation.closed: None} for row in rows]
    latest: dict[Hashable, _Open] = {}
    every: list[_Open] = []
    place = 0
    for row in found:
        keys = [alone(evaluate(key, row, faults)) for key in relation.partition]
        time = evaluate(relation.time, row, faults)
        starts = relation.starts is not None and is_true(relation.starts, row, faults)
        ends = relation.ends is not None and is_true(relation.ends, row, faults)
        if None in keys or not isinstance(time, Instant):
            continue
        place += 1
        group = tuple(identity(key) for key in keys)
        session = latest.get(group)
        if session is None or starts or _is_full(relation, session, time.nanoseconds):
            if session is not None:
                session.is_followed = True
            session = _Open(place, time.nanoseconds, time.nanoseconds, relation.starts is None or starts)
            latest[group] = session
            every.append(session)
        session.last = time.nanoseconds
        session.ends = ends
        session.rows.append(row)
    for session in every:
        for row in session.rows:
            row[relation.number] = session.number
            row[relation.closed] = _is_closed(relation, session)
    return found


def _is_full(relation: Session, session: _Open, time: int) -> bool:
    """Whether a row of this time cannot belong to it any more."""
    return (
        session.ends
        or (relation.pause is not None and time - session.last > relation.pause)
        or (relation.length is not None and time - session.first > relation.length)
        or len(session.rows) == relation.most
    )


def _is_closed(relation: Session, session: _Open) -> bool:
    if relation.starts is not None or relation.ends is not None:
        return session.begins and (relation.ends is None or session.ends)
    return session.is_followed or len(session.rows) == relation.most
