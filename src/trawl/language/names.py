"""Names as a query writes them: exact, or with `*` for any run of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from trawl.errors import Span


@dataclass(frozen=True)
class Name:
    """A name in a list. One in quotes is exact, whatever it holds."""

    text: str
    is_pattern: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile("(.*?)".join(re.escape(piece) for piece in self.text.split("*")), re.DOTALL)

    def matches(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that this one means, in their order."""
        if not self.is_pattern:
            return [self.text] if self.text in names else []
        return [name for name in names if self._compiled.fullmatch(name)]

    def stars(self, name: str) -> tuple[str, ...]:
        """What each `*` of the pattern stands for in a name that it matches."""
        match = self._compiled.fullmatch(name)
        return match.groups() if match else ()

    def filled(self, stars: Iterable[str]) -> str:
        """The name that the pattern becomes with its stars replaced, one after the other."""
        first, *rest = self.text.split("*")
        return first + "".join(star + piece for star, piece in zip(stars, rest, strict=True))


class Written(NamedTuple):
    """A text out of the query and where it stands; the place does not count in comparisons."""

    text: str
    span: Span

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Written) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)
