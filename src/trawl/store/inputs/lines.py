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
"""Bytes. A longer line is put aside, and only about so much of it is kept."""

_BOM: Final = b"\xef\xbb\xbf"

ReadLines: TypeAlias = Callable[[Sequence[bytes]], list[Any]]
"""Makes each line an event's fields, or a sentence that says why it is none."""


@dataclass(frozen=True)
class Block:
    """Some lines that follow each other.

    Attributes:
        first: the number of the first, from 1.
        content: the lines without their ends, or one text of all of them.
        rejects: input next to these lines that was put aside.
    """

    first: int
    content: bytes | Sequence[bytes]
    rejects: tuple[Reject, ...] = ()

    @property
    def lines(self) -> Sequence[bytes]:
        """The lines, each by itself."""
        return self.content.split(b"\n") if isinstance(self.content, bytes) else self.content


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """The lines of a stream, some megabytes at a time."""
    number, rest = 1, b""
    for data in _pieces(stream):
        if len(rest) > LONGEST_LINE:
            _, newline, data = data.partition(b"\n")
            if not newline:
                continue
            yield _too_long(number, rest)
            number, rest = number + 1, b""
        whole, newline, after = data.rpartition(b"\n")
        if newline:
            text = rest + whole
            yield Block(number, text)
            number, rest = number + text.count(b"\n") + 1, after
        else:
            rest += data
    if rest:
        yield _too_long(number, rest) if len(rest) > LONGEST_LINE else Block(number, rest)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a stream without a mark at its start."""
    yield stream.read(BLOCK_BYTES).removeprefix(_BOM)
    while data := stream.read(BLOCK_BYTES):
        yield data


def _too_long(number: int, start: bytes) -> Block:
    reason = f"the line is longer than {LONGEST_LINE >> 20} MiB, its start is kept"
    return Block(number, (), (Reject.of(number, reason, start),))


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
    broken = (
        Reject.of(number, event, text)
        for number, event, text in zip(numbers, found, texts, strict=True)
        if type(event) is str
    )
    rejects = (*block.rejects, *broken)
    if not rejects:
        return chunk_of(found, numbers, texts, rule)
    kept = [row for row, event in enumerate(found) if type(event) is not str]
    chunk = chunk_of([found[row] for row in kept], [numbers[row] for row in kept], [texts[row] for row in kept], rule)
    return replace(chunk, rejects=tuple(sorted((*rejects, *chunk.rejects), key=lambda reject: reject.line)))
