"""Random numbers that are the same on every attempt and every engine (language.md 4, ADR 9)."""

from __future__ import annotations

from typing import Final

from trawl.errors import Span
from trawl.functions.base import Clock, Example, Function, fixed
from trawl.schema import INTEGER

RANDOM: Final = "random"
_MASK: Final = (1 << 32) - 1
MIXING: Final = ((16, 0x21F0AAAD), (15, 0x735A2D97))
"""Shifts and factors of the mixing of 32 bits; a product of such a factor and 32 bits is an integer of 64."""
LAST_SHIFT: Final = 15


def seeds(clock: Clock, span: Span | None) -> tuple[int, int]:
    """Two numbers of 32 bits for a call, by the search's clock and where in the query the call stands."""
    place = 0 if span is None else span.start + 1
    ticks = clock.now.nanoseconds
    first = mixed(mixed(ticks & _MASK) ^ (ticks >> 32 & _MASK))
    return mixed(first ^ place), mixed(first + place & _MASK)


def mixed(bits: int) -> int:
    """32 bits, each of which hangs on all 32 bits that came in."""
    for shift, factor in MIXING:
        bits = (bits ^ bits >> shift) * factor & _MASK
    return bits ^ bits >> LAST_SHIFT


def _random(row: int, first: int, second: int) -> int:
    """The number of a row, from 1 on, under the seeds of the call."""
    low = mixed((row & _MASK) ^ first)
    return mixed(low ^ mixed((row >> 32) + second & _MASK)) >> 1


FUNCTIONS: Final = (
    Function(
        RANDOM,
        (),
        fixed(INTEGER),
        _random,
        "A number from 0 to 2147483647 by chance, another in every event and for every call: the same ones whenever "
        "and wherever the same search runs.",
        examples=(Example("random() >= 0", True), Example("random() == random()", False)),
    ),
)
