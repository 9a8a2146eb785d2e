"""Parsed JSON objects to a chunk: exact integers, times, and what is put aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trawl.store.chunk import Chunk, Reject
from trawl.store.gathering import Gathering, NestingError
from trawl.store.timing import TimeRule, take_times

Objects = Sequence[dict[str, Any]]


def chunk_of(objects: Objects, lines: Sequence[int], texts: Sequence[bytes], rule: TimeRule) -> Chunk:
    """The chunk of some events in the order given.

    Args:
        objects: the events, as orjson reads them.
        lines: the line of each, from 1.
        texts: the line's text; JSON wherever an event holds floats.
        rule: where their time is.
    """
    gathering, refused = _gather(objects, texts)
    if refused:
        kept = [row for row in range(len(objects)) if row not in refused]
        rest = chunk_of(
            [objects[row] for row in kept], [lines[row] for row in kept], [texts[row] for row in kept], rule
        )
        return replace(rest, rejects=_rejects(refused, lines, texts) + rest.rejects)
    timed = take_times(gathering.finish(), len(objects), rule)
    return Chunk(
        times=timed.times,
        slots=timed.slots,
        rejects=_rejects(timed.aside, lines, texts),
        merged=gathering.merged,
        long_integers=gathering.long_integers,
    )


def _gather(objects: Objects, texts: Sequence[bytes]) -> tuple[Gathering, dict[int, str]]:
    """The objects gathered, or the rows to refuse before that can be done, each with a sentence."""
    gathering, rows = Gathering(), range(len(objects))
    try:
        gathering.add(objects, rows)
    except NestingError as error:
        return gathering, dict.fromkeys(error.rows, str(error))
    suspects = gathering.suspects()
    if not suspects:
        return gathering, {}
    exact, refused = list(objects), {}
    for row in suspects:
        try:
            exact[row] = json.loads(texts[row])
        except ValueError:  # Python reads no integers of more than 4,300 digits
            refused[row] = "an integer has more digits than can be read"
    gathering = Gathering()
    gathering.add(exact, rows)
    return gathering, refused


def _rejects(reasons: dict[int, str], lines: Sequence[int], texts: Sequence[bytes]) -> tuple[Reject, ...]:
    return tuple(Reject.of(lines[row], reasons[row], texts[row]) for row in sorted(reasons))
