"""DuckDB's spelling of digests and checksums (`trawl.functions.hashing`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind

_POLYNOMIAL: Final = 0xEDB88320
_ONES: Final = 0xFFFFFFFF


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_REMAINDERS: Final = f"[{', '.join(str(_remainder(byte)) for byte in range(256))}]::UBIGINT[]"


def _digest(function: str) -> Builder:
    def build(to: Expressions, call: Call) -> Operand:
        return one(Kind.STRING, f"{function}({text(to.operand(call.arguments[0]), to)})")

    return build


def _checksum(to: Expressions, call: Call) -> Operand:
    """Byte by byte, with a table of what each of them leaves."""
    value = to.bind(text(to.operand(call.arguments[0]), to))
    points = f"list_transform(string_split({value}, ''), lambda x: ord(x)::UBIGINT)"
    is_plain = f"length({value}) = strlen({value})"
    values = f"CASE WHEN {value} = '' THEN [] WHEN {is_plain} THEN {points} ELSE {_bytes(points)} END"
    step = f"lambda sum, byte: xor(sum >> 8, ({_REMAINDERS})[xor(sum & 255, byte)::BIGINT + 1])"
    return one(Kind.INTEGER, f"CAST(xor(list_reduce({values}, {step}, {_ONES}::UBIGINT), {_ONES}::UBIGINT) AS BIGINT)")


def _bytes(points: str) -> str:
    """The bytes that are UTF-8 for a list of code points."""
    tail = [f"(x >> {bits} & 63) | 128" for bits in (0, 6, 12)]
    lengths = (
        "WHEN x < 128 THEN [x]",
        f"WHEN x < 2048 THEN [x >> 6 | 192, {tail[0]}]",
        f"WHEN x < 65536 THEN [x >> 12 | 224, {tail[1]}, {tail[0]}]",
        f"ELSE [x >> 18 | 240, {tail[2]}, {tail[1]}, {tail[0]}]",
    )
    return f"flatten(list_transform({points}, lambda x: CASE {' '.join(lengths)} END))"


SCALARS: Final[dict[str, Builder]] = {
    "crc32": _checksum,
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
}
