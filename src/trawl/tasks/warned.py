"""The warnings of a task as they come up: each once in its status, and as a line of its log."""

from __future__ import annotations

from collections.abc import Iterable

from trawl.errors import Notice, locate
from trawl.planning import Step
from trawl.tasks.journal import Level, Note, Phase

MOST: int = 200
"""More warnings than this say nothing more."""


class Warnings:
    """The warnings so far. Those known from before the attempt are in the log too, from `begin` on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._all: dict[Notice, None] = {}

    def add(self, notices: Iterable[Notice], phase: Phase, steps: Iterable[Step] = ()) -> list[Note]:
        """Adds those that are new; the log lines that say so.

        Args:
            notices: in any order.
            phase: in which they came up.
            steps: the commands of the query, to name the one that a warning is about.
        """
        fresh = [notice for notice in dict.fromkeys(notices) if notice not in self._all][: MOST - len(self._all)]
        self._all.update(dict.fromkeys(fresh))
        known = list(steps)
        return [Note(Level.WARN, phase, self._placed(notice), _command(notice, known)) for notice in fresh]

    @property
    def all(self) -> tuple[Notice, ...]:
        """All of them, in the order they came up."""
        return tuple(self._all)

    def _placed(self, notice: Notice) -> str:
        if notice.span is None:
            return words(notice)
        place = locate(self._text, notice.span)
        return f"{words(notice)} (line {place['line']}, column {place['column']})"


def words(notice: Notice) -> str:
    """A warning as a line of a log says it."""
    return notice.message if notice.count is None else f"{notice.message}, {notice.count:,} times"


def _command(notice: Notice, steps: list[Step]) -> str | None:
    if notice.span is None:
        return None
    around = (step.command for step in steps if step.span.start <= notice.span.start < step.span.end)
    return next(around, None)
