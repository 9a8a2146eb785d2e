"""Makes the filter that tells which rows of a segment may hold a term, and writes it beside the segment (ADR 11)."""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from trawl.catalog.terms import (
    BITS_A_TERM,
    HEAD,
    MAGIC,
    MULTIPLIERS,
    STRETCH,
    Stretch,
    folded,
    path_beside,
    terms_within,
    unicode_version,
)
from trawl.schema import Kind, Layout, Type
from trawl.values import Instant, Value, number_text, text_of, unbox

STRETCH_ROWS: Final = 20_480
"""A sixth of a row group, ten of DuckDB's vectors: the fewer rows, the less is read of a term's few events."""

_SEPARATORS: Final = bytes(
    ord(character.lower()) if character.isascii() and (character.isalnum() or character == "_") else ord(" ")
    for character in map(chr, range(256))
)
_TEXTS_AT_ONCE: Final = 4_096
_LOOKED_AT: Final = 64


@dataclass(frozen=True)
class Column:
    """The values of one field and type.

    Attributes:
        type: of the values.
        values: one a row, as they lie in the segment.
    """

    type: Type
    values: pa.Array


@dataclass(frozen=True)
class _Made:
    """The filter of some rows."""

    rows: int
    newest: int
    oldest: int
    bits: bytes


class Filtering:
    """The filter of a segment in the making, by threads that work beside the one that writes the segment.

    Args:
        clock: the time of each event, in the segment's order.
        columns: all others.
    """

    def __init__(self, clock: pa.Array, columns: Sequence[Column], threads: Executor) -> None:
        self._making: list[Future[_Made]] = [
            threads.submit(_filter, clock[start : start + STRETCH_ROWS], columns, start)
            for start in range(0, len(clock), STRETCH_ROWS)
        ]

    def write(self, segment: Path) -> int:
        """Writes and syncs the file beside the segment; its bytes."""
        made = [future.result() for future in self._making]
        start = HEAD.size + len(made) * STRETCH.size
        path = path_beside(segment)
        with path.open("wb") as file:
            file.write(HEAD.pack(MAGIC, unicode_version(), len(made)))
            for one in made:
                stretch = Stretch(one.rows, one.newest, one.oldest, 8 * len(one.bits), start)
                file.write(STRETCH.pack(stretch.rows, stretch.newest, stretch.oldest, stretch.bits, stretch.start))
                start += len(one.bits)
            for one in made:
                file.write(one.bits)
            file.flush()
            os.fsync(file.fileno())
        return start


def _filter(clock: pa.Array, columns: Sequence[Column], start: int) -> _Made:
    """The filter of the rows from `start` on, as many as there are times."""
    texts = [found for column in columns for found in _texts(column.type, column.values[start : start + len(clock)])]
    return _Made(len(clock), clock[0].value, clock[-1].value, _bits(_terms(texts)))


def _texts(type_: Type, values: pa.Array) -> Iterator[pa.Array]:
    """The distinct texts that values are looked for as. Which lines of texts are distinct is found out sooner."""
    values = (values.flatten() if types.is_list(values.type) else values).drop_null()
    if not len(values):
        return
    if type_.layout is Layout.BOXED:
        yield pa.array({text for boxed in pc.unique(values).to_pylist() for text in _spread(unbox(boxed))}, pa.string())
    elif type_.kind is Kind.STRING:
        yield pc.unique(pc.split_pattern(values, "\n").flatten() if _has_lines(values) else values)
    elif type_.kind is Kind.BOOLEAN:
        yield pa.array(["true false"])
    elif type_.kind is Kind.INTEGER:
        yield pc.unique(values).cast(pa.string())
    elif type_.kind is Kind.FLOAT:
        yield pa.array([number_text(number) for number in pc.unique(values).to_pylist()], pa.string())
    else:
        yield pa.array([str(Instant(time)) for time in pc.unique(values).cast(pa.int64()).to_pylist()], pa.string())


def _has_lines(values: pa.Array) -> bool:
    """Whether texts seem to have several lines, of which many may be alike."""
    few = values[:_LOOKED_AT]
    return bool(pc.sum(pc.count_substring(few, "\n")).as_py() >= len(few))


def _spread(value: Value) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if item is not None:
            yield text_of(item)


def _terms(texts: Iterable[pa.Array]) -> pa.Array:
    """The distinct terms of texts, folded."""
    plain: list[bytes] = []
    others: set[str] = set()
    for column in texts:
        is_plain = pc.string_is_ascii(column)
        if is_plain.false_count:
            for text in column.filter(pc.invert(is_plain)).to_pylist():
                others.update(terms_within(folded(text)))
            column = column.filter(is_plain)
        for start in range(0, len(column), _TEXTS_AT_ONCE):
            plain.append(_joined(column[start : start + _TEXTS_AT_ONCE]).translate(_SEPARATORS))
    found = [pc.unique(pc.ascii_split_whitespace(_one_text(b" ".join(plain))).flatten())]
    if others:
        found.append(pa.array(others, pa.string()))
    return pc.unique(pa.concat_arrays(found))


def _joined(texts: pa.Array) -> bytes:
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined: bytes = pc.binary_join(whole, " ")[0].as_buffer().to_pybytes()
    return joined


def _one_text(content: bytes) -> pa.Array:
    ends = pa.array([0, len(content)], pa.int32())
    return pa.StringArray.from_buffers(1, ends.buffers()[1], pa.py_buffer(content))


def _bits(terms: pa.Array) -> bytes:
    """The Bloom filter of folded terms."""
    bits = -(-max(1, len(terms)) * BITS_A_TERM // 8) * 8
    sums = array("Q", map(zlib.crc32, _joined(terms).split(b" ")))
    hashes = pa.UInt64Array.from_buffers(pa.uint64(), len(sums), [None, pa.py_buffer(sums)])
    spots = pa.concat_arrays([_scaled(pc.multiply(hashes, _word(by)), bits) for by in MULTIPLIERS])
    marks = pc.scatter(pa.repeat(pa.scalar(True), len(spots)), spots, max_index=bits - 1)
    content: bytes = pc.is_valid(marks).buffers()[1].to_pybytes()
    return content[: bits // 8]


def _scaled(hashes: pa.Array, bits: int) -> pa.Array:
    """The upper halves of hashes as numbers of bits; arithmetic is modulo 2**64."""
    upper = pc.shift_right(hashes, _word(32))
    return pc.shift_right(pc.multiply(upper, _word(bits)), _word(32)).cast(pa.int32())


def _word(number: int) -> pa.Scalar:
    return pa.scalar(number, pa.uint64())
