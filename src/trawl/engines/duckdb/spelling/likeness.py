"""DuckDB's spelling of what the characters of texts tell: entropy, and the distance of two texts."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.schema import Kind

_BYTES: Final = range(3, 128)
"""Signs of one byte that stand for characters which both texts have; 1 and 2 stand for those of one text."""

_STANDINS: Final = " || ".join(f"chr({sign})" for sign in _BYTES)

_FAR: Final = 1_000_000_000


def _entropy(to: Expressions, call: Call) -> Operand:
    value = text(to.operand(call.arguments[0]), to)
    return one(Kind.FLOAT, f"list_aggregate(string_split({value}, ''), 'entropy')")


def _distance(to: Expressions, call: Call) -> Operand:
    """By DuckDB's function of bytes: where a text has other signs than ASCII's, of texts with a byte for each sign.

    Which byte stands for a sign counts for nothing, and all signs that only one of the texts has may share one.
    """
    left, right = (to.bind(text(to.operand(argument), to)) for argument in call.arguments)
    is_plain = f"length({left}) = strlen({left}) AND length({right}) = strlen({right})"
    signs = [
        to.bind(f"CASE WHEN {is_plain} THEN NULL ELSE list_distinct(string_split({given}, '')) END")
        for given in (left, right)
    ]
    shared = to.bind(f"array_to_string(list_intersect({signs[0]}, {signs[1]}), '')")
    standins = f"substring({_STANDINS}, 1, length({shared}))"
    texts = []
    for given, mine, other in ((left, signs[0], 1), (right, signs[1], 2)):
        rest = to.bind(f"array_to_string(list_filter({mine}, lambda x: NOT contains({shared}, x)), '')")
        texts.append(f"translate({given}, {shared} || {rest}, {standins} || repeat(chr({other}), length({rest})))")
    cases = f"WHEN {is_plain} THEN levenshtein({left}, {right}) "
    cases += f"WHEN length({shared}) <= {len(_BYTES)} THEN levenshtein({', '.join(texts)}) "
    cases += f"WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN {_by_table(left, right)}"
    return one(Kind.INTEGER, f"CASE {cases} END")


def _by_table(left: str, right: str) -> str:
    """The distance by the diagonals of the table of distances, each from the two before it."""
    mine, theirs = (f"string_split({given}, '')" for given in (left, right))
    places = f"range(length({left}) + 1)"
    first = f"list_transform({places}, lambda i: CASE WHEN i < 2 THEN 1 ELSE {_FAR} END::BIGINT)"
    corner = f"list_transform({places}, lambda i: CASE WHEN i = 0 THEN 0 ELSE {_FAR} END::BIGINT)"
    changed = f"last[2][i] + CASE WHEN {mine}[i] = {theirs}[k[1][1] - i] THEN 0 ELSE 1 END"
    cell = f"least(last[1][i] + 1, last[1][i + 1] + 1, {changed})"
    edges = f"WHEN i > k[1][1] OR k[1][1] - i > length({right}) THEN {_FAR} WHEN i IN (0, k[1][1]) THEN k[1][1]"
    diagonal = f"list_transform({places}, lambda i: CASE {edges} ELSE {cell} END::BIGINT)"
    steps = f"list_transform(range(2, length({left}) + length({right}) + 1), lambda k: [[k]])"
    reduced = f"list_reduce({steps}, lambda last, k: [{diagonal}, last[1]], [{first}, {corner}])"
    return f"{reduced}[1][length({left}) + 1]"


SCALARS: Final[dict[str, Builder]] = {"entropy": _entropy, "levenshtein": _distance}
