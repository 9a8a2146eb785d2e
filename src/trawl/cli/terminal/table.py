"""Rows of a result as text: side by side where they fit the line, else one field a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

import orjson
from rich.cells import cell_len

LOOKED_AT: Final = 100
"""Rows that column widths are taken from."""
WIDEST: Final = 60
"""Cells of a terminal that a column takes, where the line has an end."""
GAP: Final = "  "


def written(names: Sequence[str], rows: Iterable[Mapping[str, Any]], width: int | None) -> Iterator[str]:
    """The lines to print.

    Args:
        names: the columns in order. rows: read as they are printed.
        width: cells of a line; None where a line may be of any length.
    """
    remaining = iter(rows)
    first = list(islice(remaining, LOOKED_AT))
    texts = [[text(row.get(name)) for name in names] for row in first]
    widths = [max(cell_len(name), *(cell_len(line[i]) for line in texts), 0) for i, name in enumerate(names)]
    if width is not None:
        widths = [min(found, WIDEST) for found in widths]
        if sum(widths) + len(GAP) * (len(widths) - 1) > width:
            yield from _one_a_field(names, chain(first, remaining))
            return
    numeric = [all(_is_number(row.get(name)) for row in first) for name in names]
    later = ([text(row.get(name)) for name in names] for row in remaining)
    for line in chain((list(names), ["─" * found for found in widths]), texts, later):
        if width is not None:
            line = [_cut(cell, found) for cell, found in zip(line, widths, strict=True)]
        padded = [_pad(cell, found, right) for cell, found, right in zip(line, widths, numeric, strict=True)]
        yield GAP.join(padded).rstrip()


def text(value: Any) -> str:
    """A value on one line: strings as they are but for control characters, arrays by commas, missing as nothing."""
    match value:
        case None:
            return ""
        case str():
            return value if value.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in value)
        case list():
            return ", ".join(text(item) for item in value)
    return orjson.dumps(value).decode()


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cut(cell: str, width: int) -> str:
    if cell_len(cell) <= width:
        return cell
    cell = cell[: width - 1]
    while cell_len(cell) > width - 1:
        cell = cell[:-1]
    return cell + "…"


def _pad(cell: str, width: int, right: bool) -> str:
    missing = " " * (width - cell_len(cell))
    return missing + cell if right else cell + missing


def _one_a_field(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    widest = max(cell_len(name) for name in names)
    for number, row in enumerate(rows, 1):
        yield f"── {number} " + "─" * 40
        for name in names:
            if name in row:
                yield f"{_pad(name, widest, False)}  {text(row[name])}"
