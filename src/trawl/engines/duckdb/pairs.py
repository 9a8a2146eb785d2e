"""Pairs of names and values in a text (`trawl.functions.pairs`) as two lists.

A regular expression whose groups are asked for takes several times as long as one that only says where it matches, and
that one several times as long as splitting at a sign. So pairs are found as a whole, by splitting where that comes to
the same, and plain functions part them. Trimming looks at every sign of a text, and so is done only where there is a
sign to trim.
"""

from __future__ import annotations

from collections.abc import Iterable

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.scopes import Scope
from trawl.expr import Call, Expr, Literal
from trawl.functions.pairs import BLANKS, LONGEST_NAME, Form


def text_of(expression: Expr, to: Expressions) -> str:
    """The text that a call finds pairs in."""
    assert isinstance(expression, Call)
    with to.at(expression.span):
        return to.bind(text(to.operand(expression.arguments[0]), to))


def found(value: str, expression: Expr, to: Scope) -> str:
    """All pairs of a text, each with its name and its value, as a list; null of null."""
    form = _form(expression)
    pairs = f"regexp_extract_all({value}, {sql.text(form.regex)})"
    if form.end is not None:
        pieces = _each(f"string_split({value}, {sql.text(form.end)})", _trimmed("x", BLANKS + form.equals))
        is_pair = sql.any_of(f"contains(x, {sql.text(sign)})" for sign in form.equals)
        pairs = f"CASE WHEN contains({value}, '\"') THEN {pairs} ELSE list_filter({pieces}, lambda x: {is_pair}) END"
    return to.bind(pairs)


def names(pairs: str, expression: Expr) -> str:
    """The names of such pairs, as a list."""
    form = _form(expression)
    named = _each(pairs, _named("x", form.equals))
    named = _each(named, _trimmed("x", form.before)) if form.before else named
    return _each(named, _trimmed("x", BLANKS, at_end=True))


def is_long(name: str) -> str:
    """Whether a name is longer than those of fields are."""
    return f"length({name}) > {LONGEST_NAME}"


def values(value: str, pairs: str, expression: Expr, to: Scope) -> str:
    """The values of the pairs of a text, as a list; those in double quotes without them."""
    equals = _form(expression).equals
    if set(equals).isdisjoint(BLANKS):
        rest = f"strpos(x, {sql.text(equals)}) + 1" if len(equals) == 1 else f"length({_named('x', equals)}) + 2"
        valued = _each(_each(pairs, f"substr(x, {rest})"), _trimmed("x", BLANKS))
    else:
        rest = _each(pairs, f"ltrim(substr(x, length({_named('x', equals)}) + 1), {sql.text(BLANKS)})")
        behind = f"ltrim(x[2:], {sql.text(BLANKS)})"
        valued = _each(rest, f"CASE WHEN x[1] IN ({_listed(equals)}) THEN {behind} ELSE x END")
    plain = to.bind(_each(valued, _trimmed("x", " \t", at_end=True)))
    is_quoted = "length(x) >= 2 AND x[1] = '\"' AND x[-1] = '\"'"
    within = f"WHEN {is_quoted} THEN replace(x[2:-2], '\\\"', '\"')"
    is_escaped = "length(x) >= 4 AND x[1:2] = '\\\"' AND x[-2:] = '\\\"'"
    in_json = f"WHEN {is_escaped} THEN replace(x[3:-3], '\\\\\\\"', '\"')"
    without = _each(plain, f"CASE {within} {in_json} ELSE x END")
    return f"CASE WHEN contains({value}, '\"') THEN {without} ELSE {plain} END"


def _form(expression: Expr) -> Form:
    assert isinstance(expression, Call)
    _, between, equals = expression.arguments
    assert isinstance(between, Literal)
    assert isinstance(equals, Literal)
    return Form.of(str(between.value), str(equals.value))


def _named(pair: str, equals: str) -> str:
    """What stands before the first of some signs."""
    for sign in equals:
        pair = f"split_part({pair}, {sql.text(sign)}, 1)"
    return pair


def _trimmed(value: str, signs: str, *, at_end: bool = False) -> str:
    function, place = ("rtrim", -1) if at_end else ("ltrim", 1)
    trimmed = f"{function}({value}, {sql.text(signs)})"
    return f"CASE WHEN {value}[{place}] IN ({_listed(signs)}) THEN {trimmed} ELSE {value} END"


def _each(several: str, made: str) -> str:
    return f"list_transform({several}, lambda x: {made})"


def _listed(signs: Iterable[str]) -> str:
    return ", ".join(map(sql.text, signs))
