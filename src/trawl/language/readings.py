"""The warning where AND and OR meet without brackets: how the language reads it, and how habit would."""

from __future__ import annotations

from collections.abc import Sequence

from trawl.errors import Notice, Span, clip

_LONGEST = 200


def mixture(text: str, conjuncts: Sequence[tuple[Span, ...]], span: Span) -> Notice:
    """The warning, with both readings.

    Args:
        text: the query.
        conjuncts: for each operand of an AND the places of the operands of its OR, or its own place.
        span: the place of the whole.
    """
    ours: list[str] = []
    groups: list[list[str]] = [[]]
    for places in conjuncts:
        parts = [clip(text[place.start : place.end]) for place in places]
        ours.append(_joined(" OR ", parts))
        groups[-1].append(parts[0])
        groups.extend([part] for part in parts[1:])
    theirs = [_joined(" AND ", parts) for parts in groups]
    message = (
        f"AND and OR meet without brackets; OR binds tighter: this is `{clip(' AND '.join(ours), _LONGEST)}`, "
        f"not `{clip(' OR '.join(theirs), _LONGEST)}`"
    )
    return Notice("and_or_without_brackets", message, span)


def _joined(word: str, parts: list[str]) -> str:
    return f"({word.join(parts)})" if len(parts) > 1 else parts[0]
