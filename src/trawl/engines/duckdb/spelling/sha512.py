"""DuckDB's spelling of SHA-512, which it has no function of: FIPS 180-4 step by step, in lists of 64-bit words.

Words are held in 128 bits, so that sums do not overflow before they are cut off. A message takes about 0.1 ms
for each 128 bytes: a function in Python could be faster, but needs a package besides that holds up the threads.
"""

from __future__ import annotations

import math
from typing import Final

from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind

_ROUNDS: Final = 80
_MASK: Final = (1 << 64) - 1


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root(number: int) -> int:
    """The integer below the cube root, by Newton's method from above."""
    root = 1 << (number.bit_length() + 2) // 3
    while (lower := (2 * root + number // (root * root)) // 3) < root:
        root = lower
    return root


def _wide(number: int) -> str:
    return f"{number}::UHUGEINT"


def _words(numbers: list[int]) -> str:
    return f"[{', '.join(map(_wide, numbers))}]"


_START: Final = _words([math.isqrt(prime << 128) & _MASK for prime in _primes(8)])
_CONSTANTS: Final = f"[{', '.join(_words([_cube_root(prime << 192) & _MASK]) for prime in _primes(_ROUNDS))}]"


def _cut(word: str) -> str:
    """The lower 64 bits."""
    return f"(({word}) & {_wide(_MASK)})"


def _mixed(word: str, *turns: int, shift: int | None = None) -> str:
    """The word turned to the right by so many bits each, and shifted, all put together by exclusive or."""
    twice = f"({word} * {_wide((1 << 64) + 1)})"
    parts = [f"({twice} >> {bits})" for bits in turns]
    if shift is not None:
        parts.append(f"({word} >> {shift})")
    first, second, third = parts
    return _cut(f"xor(xor({first}, {second}), {third})")


def _round() -> str:
    """One round over a list `s`: the eight words of the state, and the sixteen words of the schedule to come."""
    a, b, c, d, e, f, g, h, *w = (f"s[{place}]" for place in range(1, 25))
    chosen = f"xor({g}, {e} & xor({f}, {g}))"
    majority = f"(({a} & {b}) | ({c} & ({a} | {b})))"
    first = f"{h} + {_mixed(e, 14, 18, 41)} + {chosen} + k[1] + {w[0]}"
    second = f"{_mixed(a, 28, 34, 39)} + {majority}"
    following = _cut(f"{w[0]} + {_mixed(w[1], 1, 8, shift=7)} + {w[9]} + {_mixed(w[14], 19, 61, shift=6)}")
    pieces = (f"[{_cut(f't + {second}')}]", "s[1:3]", f"[{_cut(f'{d} + t')}]", "s[5:7]", "s[10:24]", f"[{following}]")
    return f"list_transform([{first}], lambda t: list_concat({', '.join(pieces)}))[1]"


def _digest(value: str) -> str:
    """The digest of a text, which is used several times."""
    size = f"strlen({value})"
    blocks = f"(({size} + 144) // 128)"
    padding = f"'80' || repeat('0', {blocks} * 256 - {size} * 2 - 34) || printf('%032x', {size} * 8)"
    digits = f"regexp_extract_all(hex(encode({value})) || {padding}, '.{{16}}')"
    words = f"list_transform({digits}, lambda x: ('0x' || x)::UBIGINT::UHUGEINT)"
    cut = f"list_transform(range({blocks}), lambda b: v[b * 16 + 1 : b * 16 + 16])"
    rounds = f"list_reduce({_CONSTANTS}, lambda s, k: {_round()}, list_concat(h, w))"
    added = f"list_transform(range(1, 9), lambda i: {_cut('h[i] + r[i]')})"
    block = f"list_transform([{rounds}], lambda r: {added})[1]"
    state = f"list_reduce(list_transform([{words}], lambda v: {cut})[1], lambda h, w: {block}, {_START})"
    return f"array_to_string(list_transform({state}, lambda x: lpad(lower(hex(x::UBIGINT)), 16, '0')), '')"


def _sha512(to: Expressions, call: Call) -> Operand:
    value = to.bind(text(to.operand(call.arguments[0]), to))
    return one(Kind.STRING, _digest(value))  # null of null; inside a CASE it would take four times as long


SCALARS: Final[dict[str, Builder]] = {"sha512": _sha512}
