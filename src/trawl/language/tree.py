"""The tree of a query: commands in order. What a command holds is its own business (`trawl.commands`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from trawl.errors import Notice, Span
from trawl.language.writer import Writer


class Stage(Protocol):
    """What the language knows of a command: where it stands, and that it writes itself."""

    @property
    def span(self) -> Span:
        """From the command's name to its last token."""

    def write(self, writer: Writer) -> None:
        """Writes the command's canonical text."""


@dataclass(frozen=True)
class Query:
    """A pipeline as it was read.

    Attributes:
        commands: in order, at least one.
        text: what was read; spans refer to it.
        notices: what the reader warns of (AND beside OR without brackets).
    """

    commands: tuple[Stage, ...]
    text: str = field(default="", compare=False, repr=False)
    notices: tuple[Notice, ...] = field(default=(), compare=False, repr=False)
