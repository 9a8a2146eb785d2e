"""Formats of one event a line: blocks of whole lines, and a function that makes a block a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, TypeAlias

from trawl.store.chunk import Chunk, Reject
from trawl.store.events import chunk_of
from trawl.store.timing import TimeRule

BLOCK_BYTES: Final = 4 << 20
LONGEST_LINE: Final = 64 << 20
"""Of a longer line only about so much is read, which makes it a broken one."""

_BOM: Final = b"\xef\xbb\xbf"

ReadLines: TypeAlias = Callable[[Sequence[bytes]], list[Any]]
"""Makes each line an event's fields, or a sentence that says why it is none."""


@dataclass(frozen=True)
class Block:
    """Some lines that follow each other.

    Attributes:
        first: the number of the first, from 1.
        content: the lines without their ends, or one text of all of them.
    """

    first: int
    content: bytes | Sequence[bytes]

    @property
    def lines(self) -> Sequence[bytes]:
        """The lines, each by itself."""
        return self.content.split(b"\n") if isinstance(self.content, bytes) else self.content


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """The lines of a stream, some megabytes at a time."""
    number, rest = 1, stream.read(len(_BOM)).removeprefix(_BOM)
    while data := stream.read(BLOCK_BYTES):
        whole, newline, after = data.rpartition(b"\n")
        if newline:
            text = rest + whole
            yield Block(number, text)
            number, rest = number + text.count(b"\n") + 1, after
        elif len(rest) <= LONGEST_LINE:
            rest += data
    if rest:
        yield Block(number, rest)


def chunk_of_block(block: Block, read: ReadLines, rule: TimeRule) -> Chunk:
    """The chunk of the events of some lines; blank ones are passed over.

    Args:
        block: the lines.
        read: the format.
        rule: where the time is.
    """
    lines = block.lines
    numbers = [number for number, line in enumerate(lines, block.first) if line and not line.isspace()]
    texts = lines if len(numbers) == len(lines) else [lines[number - block.first] for number in numbers]
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
