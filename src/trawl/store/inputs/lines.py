"""Formats of one event a line: blocks of whole lines, and a function that makes a block a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final, TypeAlias

from trawl.store.chunk import Chunk, Reject
from trawl.store.events import chunk_of
from trawl.store.timing import TimeRule

BLOCK_BYTES: Final = 8 << 20
LONGEST_LINE: Final = 64 << 20
"""A longer line is put aside, cut to its start."""

_BOM: Final = b"\xef\xbb\xbf"

ReadLines: TypeAlias = Callable[[list[bytes]], list[Any]]
"""Makes each line an event's fields, or a sentence that says why it is none."""


def blocks(stream: BinaryIO) -> Iterator[tuple[int, list[bytes]]]:
    """The lines of a stream some megabytes at a time, with the number of each block's first line, from 1."""
    number, rest = 1, stream.read(len(_BOM)).removeprefix(_BOM)
    while data := stream.read(BLOCK_BYTES):
        whole, newline, after = data.rpartition(b"\n")
        if newline:
            lines = (rest + whole).split(b"\n")
            yield number, lines
            number, rest = number + len(lines), after
        elif len(rest) <= LONGEST_LINE:
            rest += data
    if rest:
        yield number, rest.split(b"\n")


def chunk_of_lines(first: int, lines: list[bytes], read: ReadLines, rule: TimeRule) -> Chunk:
    """The chunk of the events of some lines; blank ones are passed over.

    Args:
        first: the number of the first line.
        lines: without their ends.
        read: the format.
        rule: where the time is.
    """
    numbers = [number for number, line in enumerate(lines, first) if line and not line.isspace()]
    texts = lines if len(numbers) == len(lines) else [lines[number - first] for number in numbers]
    found = read(texts)
    rejects = [
        Reject.of(number, event, text)
        for number, event, text in zip(numbers, found, texts, strict=True)
        if type(event) is str
    ]
    if not rejects:
        return chunk_of(found, numbers, texts, rule)
    kept = [row for row, event in enumerate(found) if type(event) is not str]
    chunk = chunk_of([found[row] for row in kept], [numbers[row] for row in kept], [texts[row] for row in kept], rule)
    return replace(chunk, rejects=tuple(sorted((*rejects, *chunk.rejects), key=lambda reject: reject.line)))
