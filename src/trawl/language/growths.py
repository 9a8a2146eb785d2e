"""Widths of buckets of numbers that grow by a factor, as `span=2log10` has them (after Splunk's `bin`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trawl.errors import Code, Span, TrawlError, clip
from trawl.values import number_text

_GROWTH: Final = re.compile(r"(\d{0,9}(?:\.\d{1,9})?)log(\d{0,9}(?:\.\d{1,9})?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Growth:
    """Buckets that begin at `coefficient` × `base`ⁿ for each whole n.

    Attributes:
        coefficient: from 1 on and below the base. base: above 1.
    """

    coefficient: float
    base: float

    def __str__(self) -> str:
        shown = "" if self.coefficient == 1 else number_text(self.coefficient)
        return f"{shown}log{number_text(self.base)}"


def read_growth(text: str, span: Span | None = None) -> Growth | None:
    """What a text such as `log2` or `1.5log10` says; None for one that says nothing of the kind.

    Raises:
        TrawlError: `INVALID_ARGUMENT` for a base or a coefficient that makes no buckets.
    """
    match = _GROWTH.fullmatch(text)
    if match is None:
        return None
    coefficient, base = float(match[1] or 1), float(match[2] or 10)
    if base <= 1 or not 1 <= coefficient < base:
        reason = (
            f"`{clip(text)}` makes no buckets: the base is above 1, what stands before `log` is 1 or more and below it"
        )
        raise TrawlError(Code.INVALID_ARGUMENT, reason, hint="`span=log10`, `span=2log10`", span=span)
    return Growth(coefficient, base)
