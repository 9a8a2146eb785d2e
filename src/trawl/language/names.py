"""Names as a query writes them: exact, or with `*` for any run of characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from trawl import wildcards
from trawl.errors import Span
from trawl.expr import Field


@dataclass(frozen=True)
class Name:
    """A name in a list. One in quotes is exact, whatever it holds."""

    text: str
    is_pattern: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def field(self) -> Field:
        """The value of the field of this name."""
        return Field(self.text, self.span)

    def matches(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that this one means, in their order."""
        if not self.is_pattern:
            return [name for name in names if name == self.text]
        return [name for name in names if self.stars(name) is not None]

    def stars(self, name: str) -> tuple[str, ...] | None:
        """What each `*` of the pattern stands for in a name; None where it does not match."""
        return wildcards.stars(self.text, name)

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
