"""The tree of a query: commands in order. What a command holds is its own business (`trawl.commands`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from trawl.errors import Notice, Span
from trawl.language.writer import Writer

if TYPE_CHECKING:
    from trawl.language.macros import Expansion


class Stage(Protocol):
    """What the language knows of a command: where it stands, and that it writes itself."""

    @property
    def span(self) -> Span:
        """From the command's name to its last token."""

    def write(self, writer: Writer) -> None:
        """Writes the command's canonical text."""


@dataclass(frozen=True)
class Query:
    """A pipeline as it was read: a whole query, or a subquery in square brackets.

    Attributes:
        commands: in order, at least one.
        text: what was read; spans refer to it. Empty for a subquery, whose spans refer to the text around it.
        notices: what the reader warns of (AND beside OR without brackets). None for a subquery, as they are the
            query's.
        expansions: the calls of macros in the text, and what they became.
        span: where a subquery stands, its brackets included; None for a whole query.
    """

    commands: tuple[Stage, ...]
    text: str = field(default="", compare=False, repr=False)
    notices: tuple[Notice, ...] = field(default=(), compare=False, repr=False)
    expansions: tuple[Expansion, ...] = field(default=(), compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)
