"""Parsed JSON objects to a chunk: exact integers, times, and what is put aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from trawl.functions.flattening import MOST_NESTED
from trawl.store.chunk import Chunk, Reject
from trawl.store.gathering import Gathering, is_deep
from trawl.store.timing import TimeRule, take_times

Objects = Sequence[dict[str, Any]]

_TOO_DEEP: Final = f"objects or arrays nest deeper than {MOST_NESTED} levels"


def chunk_of(objects: Objects, lines: Sequence[int], texts: Sequence[bytes], rule: TimeRule) -> Chunk:
    """The chunk of some events in the order given.

    Args:
        objects: the events, as orjson reads them.
        lines: the line of each, from 1.
        texts: the line's text; JSON wherever an event holds floats.
        rule: where their time is.
    """
    gathering, refused = Gathering(), dict[int, str]()
    try:
        gathering.add(objects, range(len(objects)))
        if suspects := gathering.suspects():
            objects = [json.loads(texts[row]) if row in suspects else event for row, event in enumerate(objects)]
            gathering = Gathering()
            gathering.add(objects, range(len(objects)))
        slots = gathering.finish()
    except RecursionError:
        refused = {row: _TOO_DEEP for row, event in enumerate(objects) if is_deep(event)}
    if refused:
        kept = [row for row in range(len(objects)) if row not in refused]
        rest = chunk_of(
            [objects[row] for row in kept], [lines[row] for row in kept], [texts[row] for row in kept], rule
        )
        return replace(rest, rejects=_rejects(refused, lines, texts) + rest.rejects)
    timed = take_times(slots, len(objects), rule)
    return Chunk(
        times=timed.times,
        slots=timed.slots,
        rejects=_rejects(timed.aside, lines, texts),
        merged=gathering.merged,
        long_integers=gathering.long_integers,
    )


def _rejects(reasons: dict[int, str], lines: Sequence[int], texts: Sequence[bytes]) -> tuple[Reject, ...]:
    return tuple(Reject.of(lines[row], reasons[row], texts[row]) for row in sorted(reasons))
