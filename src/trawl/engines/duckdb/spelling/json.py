"""DuckDB's spelling of JSON inside of texts (`trawl.functions.json`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import text, text_of
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.layouts import box
from trawl.engines.duckdb.operands import Alternative, Operand, element, one, opened
from trawl.engines.duckdb.scopes import INLINE, Flaw, Scope
from trawl.engines.duckdb.spelling.operators import Builder
from trawl.expr import Call, Expr, Literal
from trawl.functions.json import VALUE
from trawl.functions.jsonpath import Path, read_path
from trawl.schema import Kind

_LAX: Final = r"'(?i)(^|[\[:,\s-])(nan|inf|infinity)\s*($|[,\]}])|,\s*[\]}]'"
"""What DuckDB takes for JSON outside of strings, and RFC 8259 does not: such numbers, a comma that nothing follows."""
_MAY_BE_LAX: Final = "({0} ILIKE '%nan%' OR {0} ILIKE '%inf%' OR regexp_matches({0}, ',\\s*[\\]}}]'))"
"""What all such texts have, and hardly any other; to look for it takes half the time."""
_STRINGS: Final = r"""'"(?:[^"\\]|\\.)*"', '""', 'g'"""


def is_valid_json(value: str) -> str:
    """Whether a text is JSON; null where it is null."""
    without = f"regexp_replace({value}, {_STRINGS})"
    lax = f"CASE WHEN {_MAY_BE_LAX.format(value)} THEN regexp_matches({without}, {_LAX}) ELSE false END"
    return f"(json_valid({value}) AND NOT {lax})"


def _given(to: Expressions, call: Call) -> str:
    """The text that is given, where it is JSON; one that is none is noted."""
    value = to.bind(text(to.operand(call.arguments[0]), to))
    found = to.bind(is_valid_json(value))
    to.note(Flaw.NO_JSON, f"NOT {found}")
    return to.bind(f"CASE WHEN {found} THEN {value} END")


def _valid(to: Expressions, call: Call) -> Operand:
    value = to.bind(text(to.operand(call.arguments[0]), to))
    return one(Kind.BOOLEAN, is_valid_json(value))


def _canonical(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, f"CAST(json({_given(to, call)}) AS VARCHAR)")


def _keys(to: Expressions, call: Call) -> Operand:
    given = _given(to, call)
    keys = f"CAST(to_json(json_keys({given})) AS VARCHAR)"
    return one(Kind.STRING, f"CASE WHEN json_type({given}) = 'OBJECT' THEN {keys} END")


def _value(to: Expressions, call: Call) -> Operand:
    given = _given(to, call)
    path = read_path(_constant(call.arguments[1])) if len(call.arguments) > 1 else ()
    boxed = _boxed(to.bind(f"CAST({_found(given, path) if path else f'json({given})'} AS VARCHAR)"))
    return (Alternative(f"({boxed})", None, inside=VALUE),)


def _values(to: Expressions, call: Call) -> Operand:
    given = _given(to, call)
    lists = []
    for argument in call.arguments[1:]:
        path = read_path(_constant(argument))
        found = _found(given, path)
        lists.append(f"CAST({found} AS VARCHAR[])" if None in path else f"[CAST({found} AS VARCHAR)]")
    every = to.bind(f"CASE WHEN {given} IS NOT NULL THEN list_concat({', '.join(lists)}) END")
    boxes = to.bind(f"list_filter(list_transform({every}, lambda x: {_boxed('x')}), lambda x: x IS NOT NULL)")
    return (Alternative(f"CASE WHEN len({boxes}) > 0 THEN {boxes} END", None, many=True, inside=VALUE),)


def _constant(path: Expr) -> str:
    assert isinstance(path, Literal)
    return str(path.value)


def _found(given: str, path: Path) -> str:
    """What lies at a path, as JSON; a list of it where the path leads to every element of an array."""
    found, is_list = given, False
    for steps in _pieces(path):
        piece = sql.text(_written(steps))
        if is_list:
            found = f"list_transform({found}, lambda j: json_extract(j, {piece}))"
            found = f"flatten({found})" if None in steps else found
        else:
            found = f"json_extract({found}, {piece})"
        is_list = is_list or None in steps
    return found


def _pieces(path: Path) -> Iterator[Path]:
    """The path in pieces that DuckDB can write: a name that is just a star is one of its own."""
    for is_star, steps in groupby(path, key=lambda step: step == "*"):
        piece = tuple(steps)
        yield from zip(piece, strict=True) if is_star else (piece,)


def _written(steps: Path) -> str:
    """A piece of a path as DuckDB writes it."""
    if steps == ("*",):
        return "/*"
    return "$" + "".join(
        f'."{_escaped(step)}"' if isinstance(step, str) else "[*]" if step is None else f"[{step}]" for step in steps
    )


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _boxed(found: str) -> str:
    """A piece of JSON as a boxed value: objects and arrays are texts, and null is none."""
    number = f"try_cast({found} AS DOUBLE)"
    return (
        f"CASE WHEN {found}[1] IN ('{{', '[') THEN CAST(to_json({found}) AS VARCHAR) "
        f"WHEN {found}[1] IN ('\"', 't', 'f') OR regexp_full_match({found}, '-?[0-9]+') THEN {found} "
        f"WHEN {found} != 'null' AND isfinite({number}) THEN CAST({number} AS VARCHAR) END"
    )


def _text(to: Expressions, call: Call) -> Operand:
    operand = to.operand(call.arguments[0])
    is_json = call.arguments[1]
    if isinstance(is_json, Literal) and is_json.value is True:
        return one(Kind.STRING, f"coalesce({text(operand, to)}, 'null')")
    found = [_json(given, to) for given in opened(operand, to)]
    return one(Kind.STRING, f"coalesce({', '.join([*found, repr('null')])})")


def _json(given: Alternative, to: Scope) -> str:
    if given.many:
        items = opened((element(given, "x"),), INLINE)
        inner = sql.coalesce((_json(item, INLINE) for item in items), "VARCHAR")
        kept = f"list_filter(list_transform({given.sql}, lambda x: {inner}), lambda x: x IS NOT NULL)"
        return f"('[' || array_to_string({kept}, ',') || ']')"
    return f"""('"' || {text_of(given, to)} || '"')""" if given.kind is Kind.TIME else box(given, to)


def _array(to: Expressions, call: Call) -> Operand:
    return one(Kind.STRING, _joined("[", [text(to.operand(argument), to) for argument in call.arguments], "]"))


def _object(to: Expressions, call: Call) -> Operand:
    names = [to.operand(argument) for argument in call.arguments[::2]]
    values = [text(to.operand(argument), to) for argument in call.arguments[1::2]]
    members = [
        f"CAST(to_json({text(name, to)}) AS VARCHAR) || ':' || {value}"
        for name, value in zip(names, values, strict=True)
    ]
    made = _joined("{", members, "}")
    lists = [given.sql for name in names for given in opened(name, to) if given.many]
    if lists:  # a name of several values is a fault, not one that is left out
        several = sql.any_of(f"len(list_filter({each}, lambda x: x IS NOT NULL)) > 1" for each in lists)
        made = f"CASE WHEN {several} THEN NULL ELSE {made} END"
    return one(Kind.STRING, made)


def _joined(opening: str, pieces: list[str], closing: str) -> str:
    """The pieces that are there with commas between them, in brackets."""
    return f"('{opening}' || concat_ws(',', {', '.join(pieces)}) || '{closing}')" if pieces else f"'{opening}{closing}'"


SCALARS: Final[dict[str, Builder]] = {
    "json": _canonical,
    "json_valid": _valid,
    "json_value": _value,
    "json_values": _values,
    "json_keys": _keys,
    "json_object": _object,
    "json_array": _array,
    "json_text": _text,
}
