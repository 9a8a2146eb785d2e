"""Which stretches of a segment's rows may hold what a scan is asked for, by the filter of its terms (ADR 11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Final
from weakref import WeakKeyDictionary

from trawl.algebra import Scan
from trawl.catalog.base import Segment
from trawl.catalog.terms import Stretch, TermFilter, beside, folded, terms_within
from trawl.expr import Call, Expr, Field, Literal
from trawl.functions.searching import network
from trawl.schema import Kind
from trawl.values import exact_number, number_text, text_of

LONGEST: Final = Decimal(10**40)
"""Integers are kept as numbers up to 38 digits."""

MOST_TERMS: Final = 20
"""Of a longer text the first ones are looked up; few stretches have all of them by chance."""

_known: WeakKeyDictionary[Scan, dict[str, tuple[Stretch, ...] | None]] = WeakKeyDictionary()


def stretches(segment: Segment, scan: Scan) -> tuple[Stretch, ...] | None:
    """The stretches that may hold events for which `Scan.where` holds, in their order; None where nothing is known."""
    known = _known.setdefault(scan, {})
    if segment.path not in known:
        known[segment.path] = _found(segment, scan.where)
    return known[segment.path]


def _found(segment: Segment, where: Expr | None) -> tuple[Stretch, ...] | None:
    if where is None or segment.modified is not None:  # nobody keeps what lies beside a file of others true to it
        return None
    filter_ = beside(segment.path)
    if filter_ is None or sum(stretch.rows for stretch in filter_.stretches) != segment.rows:
        return None
    found = _Looking(segment, filter_).holding(where)
    if found is None:
        return None
    return tuple(stretch for number, stretch in enumerate(filter_.stretches) if found >> number & 1)


class _Looking:
    """Looks a condition up in the filter of a segment. Stretches are the bits of a number; None is for all of them."""

    def __init__(self, segment: Segment, filter_: TermFilter) -> None:
        self._segment = segment
        self._filter = filter_

    def holding(self, condition: Expr) -> int | None:
        """The stretches that may have events for which the condition holds."""
        match condition:
            case Call("and", arguments):
                return self._all(map(self.holding, arguments))
            case Call("or", arguments):
                return self._any(map(self.holding, arguments))
            case Call("search_text", (Literal(value), *fields)) if value is not None:
                is_unknown = any(isinstance(field, Field) and self._is_clock(field.name) for field in fields)
                return None if is_unknown else self._with_text(text_of(value))
            case Call("search_eq" | "search_in", (Field(name), *literals)) if not self._has_times(name):
                values = [literal.value for literal in literals if isinstance(literal, Literal)]
                return self._any(self._equal(text_of(value)) for value in values if value is not None)
        return None

    def _with_text(self, text: str) -> int | None:
        if "*" in text:
            return self._with_all(_terms_of_pattern(text))
        return self._with_all(terms_within(folded(text)))

    def _equal(self, wanted: str) -> int | None:
        """Where a value may be that is equal to a text, or is the same number, or lies in the network."""
        if "*" in wanted:
            return self._with_all(_terms_of_pattern(wanted))
        if network(wanted) is not None:
            return None
        return self._any(self._with_all(terms_within(folded(text))) for text in {wanted, *_same_numbers(wanted)})

    def _with_all(self, terms: Iterable[str]) -> int | None:
        return self._all(self._filter.holding(term) for term in islice(dict.fromkeys(terms), MOST_TERMS))

    def _all(self, parts: Iterable[int | None]) -> int | None:
        found: int | None = None
        for part in parts:
            if part is not None:
                found = part if found is None else found & part
            if found == 0:
                break
        return found

    def _any(self, parts: Iterable[int | None]) -> int | None:
        found = 0
        for part in parts:
            if part is None:
                return None
            found |= part
        return found

    def _has_times(self, field: str) -> bool:
        """Whether values of a field are times, which are equal to many texts."""
        return any(Kind.TIME in part.type.kinds for part in self._segment.fields.get(field, ()))

    def _is_clock(self, field: str) -> bool:
        """Whether a field may be the time that the segment is ordered by, whose texts are in no filter."""
        first, last = self._segment.first.nanoseconds, self._segment.last.nanoseconds
        parts = self._segment.fields.get(field, ())
        return any(Kind.TIME in part.type.kinds and (part.minimum, part.maximum) == (first, last) for part in parts)


def _terms_of_pattern(pattern: str) -> Iterator[str]:
    """The terms that a text has if a pattern with `*` is the whole of it: those that do not touch a `*`."""
    pieces = folded(pattern).split("*")
    for number, piece in enumerate(pieces):
        for found in re.finditer(r"\w+", piece):
            is_open = (found.start() == 0 and number > 0) or (found.end() == len(piece) and number < len(pieces) - 1)
            if not is_open:
                yield found.group()


def _same_numbers(text: str) -> Iterator[str]:
    """How the number that a text is would be spelled as an integer, and as a float."""
    number = exact_number(text)
    if number is None:
        return
    if abs(number) < LONGEST and number == number.to_integral_value():
        yield str(int(number))
    nearest = float(number)
    if isfinite(nearest):
        yield number_text(nearest)
