"""The file beside a segment that tells which stretches of its rows may hold a term (ADR 11).

    magic, version of Unicode; for each stretch its rows, newest and oldest time, bits and where they start; the bits

Each stretch has a Bloom filter over the terms of all its values but those of its clock. A term is looked for by a
hash of its folded text, so that whatever writes such a file has to fold and hash as is done here.
"""

from __future__ import annotations

import mmap
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIX: Final = ".terms"
"""In place of the segment's own."""

BITS_A_TERM: Final = 10
"""With six hashes 0.8 % of the terms that a stretch has not seem to be there."""

MULTIPLIERS: Final = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0xD6E8FEB86659FD93,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
)
"""What the CRC-32 of a term is multiplied with, modulo 2**64; the upper half says which bit is set."""

MAGIC: Final = b"trawlT1\n"
HEAD: Final = struct.Struct("<8s8sI")
STRETCH: Final = struct.Struct("<IqqQQ")

_TERM: Final = re.compile(r"\w+")
_LOW: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a segment, one after the other.

    Attributes:
        rows: how many.
        newest, oldest: times of the first and the last of them, in nanoseconds.
        bits: of its filter. start: where they are in the file.
    """

    rows: int
    newest: int
    oldest: int
    bits: int
    start: int


@dataclass(frozen=True)
class TermFilter:
    """What the file beside a segment says.

    Attributes:
        stretches: all rows of the segment, in its order.
    """

    stretches: tuple[Stretch, ...]
    content: mmap.mmap

    def holding(self, term: str) -> int:
        """The stretches that may hold a folded term, as the bits of a number; the first stretch is the lowest."""
        sum_ = zlib.crc32(term.encode())
        spots = [(sum_ * multiplier & _LOW) >> 32 for multiplier in MULTIPLIERS]
        found = 0
        for number, stretch in enumerate(self.stretches):
            if stretch.bits and all(self._has(stretch, spot * stretch.bits >> 32) for spot in spots):
                found |= 1 << number
        return found

    def _has(self, stretch: Stretch, bit: int) -> bool:
        return bool(self.content[stretch.start + (bit >> 3)] >> (bit & 7) & 1)


def folded(text: str) -> str:
    """A text as its terms are compared; the two small sigmas are one, as DuckDB and Python may fold them otherwise."""
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().replace("ς", "σ")


def terms_within(text: str) -> Iterator[str]:
    """The terms of a folded text: `\\w` of Python is letters, numbers and `_`, as it is of `functions.searching`."""
    return (found.group() for found in _TERM.finditer(text))


def unicode_version() -> bytes:
    """Which letters there are and how they fold, as far as Python knows: what terms are may change with it."""
    return unicodedata.unidata_version.encode()[:8].ljust(8)


def path_beside(segment: Path) -> Path:
    """Where the filter of a segment lies."""
    return segment.with_suffix(SUFFIX)


def beside(segment: str) -> TermFilter | None:
    """The filter of a segment; None where there is none that can be read, so that all rows have to be."""
    try:
        with path_beside(Path(segment)).open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # there is none, or it is empty
        return None
    if len(content) < HEAD.size:
        return None
    magic, unicode, count = HEAD.unpack_from(content)
    if magic != MAGIC or unicode != unicode_version() or len(content) < HEAD.size + count * STRETCH.size:
        return None
    stretches = tuple(Stretch(*STRETCH.unpack_from(content, HEAD.size + n * STRETCH.size)) for n in range(count))
    if any(stretch.start + (stretch.bits >> 3) > len(content) for stretch in stretches):
        return None
    return TermFilter(stretches, content)
