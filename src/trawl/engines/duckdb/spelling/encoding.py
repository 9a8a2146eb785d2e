"""DuckDB's spelling of percent-encoding and base64 (`trawl.functions.encoding`)."""

from __future__ import annotations

from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.scopes import Flaw
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call
from trawl.functions.encoding import BASE64, BLANKS, ESCAPED
from trawl.schema import Kind

_PIECES: Final = sql.text(f"(?s)(?:{ESCAPED})+|%|[^%]+")
"""A regular expression of runs of escapes of text, of other percent signs, and of what is between them."""

_TAKEN: Final = {**dict.fromkeys(BLANKS, ""), "-": "+", "_": "/"}
"""What signs of a text in base64 are taken for."""


def _url_decoded(to: Expressions, call: Call) -> Operand:
    """All at once, but for texts with escapes that stand for none: those piece by piece."""
    blanks = to.bind(f"replace({text(to.operand(call.arguments[0]), to)}, '+', ' ')")
    at_once = to.bind(f"CASE WHEN contains({blanks}, '%') THEN try(url_decode({blanks})) ELSE {blanks} END")
    pieces = f"regexp_extract_all({blanks}, {_PIECES})"
    decoded = f"list_transform({pieces}, lambda x: CASE WHEN x[2:2] != '' AND x[1] = '%' THEN url_decode(x) ELSE x END)"
    one_by_one = f"array_to_string({decoded}, '')"
    cases = f"WHEN {at_once} IS NOT NULL THEN {at_once} WHEN {blanks} IS NOT NULL THEN {one_by_one}"
    return one(Kind.STRING, f"CASE {cases} END")


def _url_encoded(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, f"url_encode({text(to.operand(call.arguments[0]), to)})")


def _base64_decoded(to: Expressions, call: Call) -> Operand:
    signs = text(to.operand(call.arguments[0]), to)
    for given, taken in _TAKEN.items():
        signs = f"replace({signs}, {sql.text(given)}, '{taken}')"
    padded = to.bind(signs)
    signs = to.bind(f"replace({padded}, '=', '')")
    right = to.bind(f"regexp_full_match({padded}, '{BASE64}=*') AND length({signs}) % 4 != 1")
    whole = f"{signs} || CASE length({signs}) % 4 WHEN 2 THEN '==' WHEN 3 THEN '=' ELSE '' END"
    decoded = to.bind(f"CASE WHEN {right} THEN try(decode(from_base64({whole}))) END")
    to.note(Flaw.NO_BASE64, f"NOT {right}")
    to.note(Flaw.NO_UTF8, f"{right} AND {decoded} IS NULL")
    return one(Kind.STRING, decoded)


def _base64_encoded(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, f"to_base64(encode({text(to.operand(call.arguments[0]), to)}))")


SCALARS: Final[dict[str, Builder]] = {
    "base64decode": _base64_decoded,
    "base64encode": _base64_encoded,
    "urldecode": _url_decoded,
    "urlencode": _url_encoded,
}
