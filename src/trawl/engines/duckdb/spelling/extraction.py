"""DuckDB's spelling of what commands take out of values (`trawl.functions.extraction`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text, text_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.grouping import in_order
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, element, one, opened
from trawl.engines.duckdb.scopes import INLINE, Flaw
from trawl.engines.duckdb.spelling.search import like_pattern
from trawl.expr import Call, Literal
from trawl.functions.extraction import unnamed
from trawl.functions.regex import compile_re2
from trawl.functions.text import as_re2
from trawl.schema import Kind, Type
from trawl.values import Scalar

_BEFORE, _BETWEEN, _AFTER = "\ufdd0", "\ufdd1", "\ufdd2"
"""Signs that no text has: Unicode keeps them for marks inside a program."""


def _constant(call: Call, place: int) -> Scalar | None:
    argument = call.arguments[place]
    assert isinstance(argument, Literal)
    return argument.value


def _texts(expression: str) -> Operand:
    return (Alternative(expression, Kind.STRING, many=True),)


def _subject(to: Expressions, call: Call) -> str:
    return text(to.operand(call.arguments[0]), to)


def _groups(to: Expressions, call: Call) -> Operand:
    pattern = str(_constant(call, 1))
    count = compile_re2(pattern).groups
    if not count:
        return ()
    names = [f"g{number}" for number in range(1, count + 1)]
    value = to.bind(_subject(to, call))
    found = to.bind(f"regexp_extract({value}, {sql.text(unnamed(pattern))}, {sql.texts(names)})")
    taken = ", ".join(f"nullif({found}.{name}, '')" for name in names)
    return _texts(f"CASE WHEN {value} IS NOT NULL THEN [{taken}] END")


def _all_of_group(to: Expressions, call: Call) -> Operand:
    pattern, group, most = (_constant(call, place) for place in (1, 2, 3))
    found = f"regexp_extract_all({_subject(to, call)}, {sql.text(unnamed(str(pattern)))}, {group})"
    kept = to.bind(f"list_filter({found}, lambda x: x != ''){f'[1:{most}]' if most else ''}")
    return _texts(f"CASE WHEN len({kept}) > 0 THEN {kept} END")


def _member(to: Expressions, call: Call) -> Operand:
    place = _constant(call, 1)
    found: list[Alternative] = []
    for given in opened(to.operand(call.arguments[0]), to):
        if given.many:
            found += opened((element(given, to.bind(f"{given.sql}[{place}]")),), to)
        elif place == 1:
            found.append(given)
    return tuple(found)


def _leading(to: Expressions, call: Call) -> Operand:
    count = _constant(call, 1)
    lists = in_order(to.operand(call.arguments[0]), to)
    return tuple(replace(given, sql=f"({given.sql})[1:{count}]") for given in lists)


def _replace_nth(to: Expressions, call: Call) -> Operand:
    pattern, replacement, number = (_constant(call, place) for place in (1, 2, 3))
    value, regex, written = _subject(to, call), sql.text(unnamed(str(pattern))), as_re2(str(replacement))
    if number == 1:
        return one(Kind.STRING, f"regexp_replace({value}, {regex}, {sql.text(written)})")
    marked = sql.text(f"{_BEFORE}\\0{_BETWEEN}{written}{_AFTER}")
    parts = f"string_split(regexp_replace({value}, {regex}, {marked}, 'g'), {sql.text(_BEFORE)})"
    as_was = f"split_part(x, {sql.text(_BETWEEN)}, 1)"
    rest = f"split_part(x, {sql.text(_BETWEEN)}, 2)"
    taken = f"CASE WHEN i - 1 = {number} THEN split_part({rest}, {sql.text(_AFTER)}, 1) ELSE {as_was} END"
    piece = f"CASE WHEN i = 1 THEN x ELSE {taken} || split_part({rest}, {sql.text(_AFTER)}, 2) END"
    return one(Kind.STRING, f"array_to_string(list_transform({parts}, lambda x, i: {piece}), '')")


def _translate(to: Expressions, call: Call) -> Operand:
    signs, others = (sql.text(str(_constant(call, place))) for place in (1, 2))
    return one(Kind.STRING, f"translate({_subject(to, call)}, {signs}, {others})")


def _pieces(to: Expressions, call: Call) -> Operand:
    delimiter, keeps_empty = _constant(call, 1), _constant(call, 2)
    found = f"string_split({_subject(to, call)}, {sql.text(str(delimiter))})"
    if keeps_empty is not True:
        every = to.bind(found)
        some = f"list_filter({every}, lambda x: x != '')"  # a quarter of the time of `makemv`, `mvexpand`
        kept = to.bind(f"CASE WHEN list_contains({every}, '') THEN {some} ELSE {every} END")
        found = f"CASE WHEN len({kept}) > 0 THEN {kept} END"
    return _texts(found)


def _replace_values(to: Expressions, call: Call) -> Operand:
    pairs = [
        (str(_constant(call, place)), str(_constant(call, place + 1))) for place in range(1, len(call.arguments), 2)
    ]
    found: list[Alternative] = []
    texts: list[str] = []
    for given in opened(to.operand(call.arguments[0]), to):
        if given.many:
            found.append(_replaced_list(given, pairs))
            continue
        value = to.bind(given.sql)
        spelled = to.bind(text_of(replace(given, sql=value), to))
        if given.kind is Kind.STRING:
            texts.append(_replaced(spelled, pairs, spelled))
        else:
            new = to.bind(_replaced(spelled, pairs, "NULL"))
            texts.append(new)
            found.append(replace(given, sql=f"CASE WHEN {new} IS NULL THEN {value} END", constant=None))
    if texts:
        found.append(Alternative(sql.coalesce(texts, "VARCHAR"), Kind.STRING))
    return tuple(found)


def _replaced_list(given: Alternative, pairs: Sequence[tuple[str, str]]) -> Alternative:
    if given.kind is Kind.STRING:
        return replace(given, sql=f"list_transform({given.sql}, lambda x: {_replaced('x', pairs, 'x')})")
    items = opened((element(given, "x"),), INLINE)
    written = sql.coalesce((text_of(item, INLINE) for item in items), "VARCHAR")
    new = f"CAST(to_json({_replaced(written, pairs, 'NULL')}) AS VARCHAR)"
    taken = f"list_transform({given.sql}, lambda x: coalesce({new}, {box(element(given, 'x'), INLINE)}))"
    kinds = frozenset({Kind.STRING, *(item.kind for item in items if item.kind)})
    return Alternative(taken, None, many=True, inside=Type(kinds))


def _replaced(value: str, pairs: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The text as the first pair that matches replaces it."""
    cases = " ".join(f"WHEN {_is_like(value, old)} THEN {_new(value, old, new)}" for old, new in pairs)
    return f"CASE {cases} ELSE {otherwise} END"


def _is_like(value: str, pattern: str) -> str:
    if "*" not in pattern:
        return f"{value} = {sql.text(pattern)}"
    return f"{value} LIKE {sql.text(like_pattern(pattern))} ESCAPE '\\'"


def _new(value: str, pattern: str, replacement: str) -> str:
    if "*" not in replacement:
        return sql.text(replacement)
    *before, last = map(_literal, pattern.split("*"))
    regex = f"^{'(.*?)'.join(before)}(.*){last}$"
    pieces = replacement.replace("\\", "\\\\").split("*")
    written = pieces[0] + "".join(f"\\{number}{piece}" for number, piece in enumerate(pieces[1:], 1))
    return f"regexp_replace({value}, {sql.text(regex)}, {sql.text(written)}, 's')"


def _literal(piece: str) -> str:
    """A text as a regular expression that matches it alone."""
    return "".join(f"\\{sign}" if sign in "\\.+*?()|[]{}^$" else sign for sign in piece)


def _integer(to: Expressions, call: Call) -> Operand:
    written = to.bind(_subject(to, call))
    is_number = f"regexp_full_match({written}, '[+-]?[0-9]+([.][0-9]*)?')"
    found = to.bind(f"try_cast(split_part({written}, '.', 1) AS BIGINT)")
    to.note(Flaw.TEXT_NO_NUMBER, f"NOT {is_number}")
    to.note(Flaw.INTEGER_OVERFLOW, f"{is_number} AND {found} IS NULL")
    return one(Kind.INTEGER, f"CASE WHEN {is_number} THEN {found} END")


SCALARS: Final = {
    "regex_groups": _groups,
    "regex_all": _all_of_group,
    "member": _member,
    "leading": _leading,
    "replace_nth": _replace_nth,
    "translate": _translate,
    "pieces": _pieces,
    "replace_values": _replace_values,
    "leading_integer": _integer,
}
