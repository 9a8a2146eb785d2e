"""Which signs the texts of a column are made of, so that a search passes over columns that cannot spell a word."""

from __future__ import annotations

import string
import struct
from typing import Final

import pyarrow as pa
from pyarrow import types

SPELLING: Final = frozenset((string.ascii_lowercase + string.digits).encode())
PIECE_BYTES: Final = 1 << 20
FIRST_BYTES: Final = 1 << 12


def signs_of(column: pa.Array) -> str | None:
    """The ASCII signs in the texts of a column, small letters for capital ones, in order.

    Args:
        column: texts or lists of texts.

    Returns:
        None where a text has other signs, or where all letters and digits occur, so that nothing is ruled out.
    """
    texts = column.flatten() if types.is_list(column.type) else column
    seen: set[int] = set()
    data = _bytes(texts)
    start, size = 0, FIRST_BYTES
    while start < len(data):
        piece = data[start : start + size].tobytes().lower()
        seen.update(piece.translate(None, bytes(seen)))
        if seen >= SPELLING or max(seen) > 127:
            return None
        start, size = start + size, PIECE_BYTES
    return bytes(sorted(seen)).decode()


def _bytes(texts: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return memoryview(b"")
    (first,) = struct.unpack_from("=i", offsets, texts.offset * 4)
    (last,) = struct.unpack_from("=i", offsets, (texts.offset + len(texts)) * 4)
    return memoryview(data)[first:last]
