"""Pieces of Markdown: a table, a block, parts with a line between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or nothing where there are no rows."""
    lines = ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) if lines else ""


def block(text: str) -> str:
    """A block of code, or nothing where the text is empty."""
    return f"```\n{text}\n```" if text else ""


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, an empty line between them."""
    return "\n\n".join(part for part in parts if part)
