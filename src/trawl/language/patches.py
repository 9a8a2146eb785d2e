"""Texts put together out of pieces of another, and where in that one each place of them stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple, TypeVar

from trawl.errors import Span, TrawlError

T = TypeVar("T")


class _Piece(NamedTuple):
    start: int
    """in the text put together"""
    origin: Span
    is_copied: bool


class Patched:
    """A text that grows by pieces: some are copied from where they stand, others put in place of something else."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._pieces: list[_Piece] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All pieces so far."""
        return "".join(self._texts)

    def copy(self, text: str, start: int) -> None:
        """Adds a piece that stands at `start` of the other text."""
        self._add(text, Span(start, start + len(text)), True)

    def put(self, text: str, instead: Span) -> None:
        """Adds a piece in place of what stands there."""
        self._add(text, instead, False)

    def origin(self, span: Span) -> Span:
        """The place in the other text: of what was put in, the place of what it was put in for."""
        if not self._pieces:
            return span
        first, last = self._at(span.start), self._at(max(span.start, span.end - 1))
        start = first.origin.start + (span.start - first.start if first.is_copied else 0)
        end = last.origin.start + span.end - last.start if last.is_copied else last.origin.end
        return Span(start, max(start, end))

    def _add(self, text: str, origin: Span, is_copied: bool) -> None:
        if text:
            self._pieces.append(_Piece(self._length, origin, is_copied))
            self._texts.append(text)
            self._length += len(text)

    def _at(self, place: int) -> _Piece:
        return self._pieces[max(0, bisect_right(self._pieces, place, key=lambda piece: piece.start) - 1)]


def moved(tree: T, change: Callable[[Span], Span]) -> T:
    """A tree with all its places changed."""
    found: Any = _moved(tree, change)
    result: T = found
    return result


def _moved(node: Any, change: Callable[[Span], Span]) -> Any:
    if isinstance(node, Span):
        return change(node)
    if isinstance(node, tuple):
        items = [_moved(item, change) for item in node]
        if all(new is old for new, old in zip(items, node, strict=True)):
            return node
        return type(node)._make(items) if hasattr(node, "_make") else tuple(items)
    if is_dataclass(node) and not isinstance(node, type):
        changes = {}
        for item in fields(node):
            old = getattr(node, item.name)
            new = _moved(old, change)
            if new is not old:
                changes[item.name] = new
        return replace(node, **changes) if changes else node
    return node


def moved_error(error: TrawlError, change: Callable[[Span], Span]) -> TrawlError:
    """An error, and those found with it, with their places changed."""
    others = [moved_error(other, change) for other in error.others]
    span = change(error.span) if error.span else None
    return TrawlError(error.code, error.reason, hint=error.hint, span=span, facts=error.facts, others=others)
