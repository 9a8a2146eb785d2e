"""JSON objects in texts: which paths lead to values, what the values are, and how they are boxed.

What a value is statements tell by a sign: `s` text, `i` an integer of 64 bits, `w` a wider one, `f` a float, `b` a
boolean, `o` an object, `a` an array, `x` a number that cannot be held; `as`, `ai` and so on what an array holds, where
objects and arrays are texts. No statement uses regular expressions, which take long to compile at hundreds of places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from trawl.engines.duckdb import sql
from trawl.engines.duckdb.hosts import Host
from trawl.functions.flattening import MOST_DIGITS, MOST_NESTED, Path
from trawl.schema import STRING, Kind, Type

__all__ = ["TEXT", "WIDE", "Path", "boxed", "extracted", "extracted_texts", "of_kind", "paths", "type_of"]

TEXT: Final = "s"
WIDE: Final = "w"
_OBJECT, _ARRAY, _BEYOND = "o", "a", "x"
_KINDS: Final = {TEXT: Kind.STRING, "i": Kind.INTEGER, WIDE: Kind.INTEGER, "f": Kind.FLOAT, "b": Kind.BOOLEAN}
_DIGITS_OF_64: Final = 18
_MORE: Final = 10
"""So many times the paths that are wanted are looked at on each level at most, the first ones by name."""


def paths(table: str, host: Host, most: int) -> Mapping[Path, Collection[str]]:
    """The paths to values that are not just objects or null, and what is there.

    Args:
        table: holds the objects in its column `document`.
        most: how many are wanted.
    """
    found: dict[Path, Collection[str]] = {}
    level = _members(table, [()], host, most)
    for _ in range(MOST_NESTED):
        if not level:
            break
        signs = _signs(table, level, host)
        found |= {path: signs[path] for path in level if signs[path] - {_OBJECT, _BEYOND}}
        level = _members(table, [path for path in level if _OBJECT in signs[path]], host, most)
    return found


def _members(table: str, parents: Sequence[Path], host: Host, most: int) -> list[Path]:
    """The paths to the members of the objects at some paths."""
    if not parents:
        return []
    numbered = f"SELECT unnest(range({len(parents)})) AS parent, unnest(json_keys(document, {_steps(parents)})) AS keys"
    members = f"SELECT DISTINCT parent, unnest(keys) AS key FROM ({numbered} FROM {table})"
    return [(*parents[parent], str(key)) for parent, key in host.rows(f"{members} ORDER BY ALL LIMIT {_MORE * most}")]


def _signs(table: str, level: Sequence[Path], host: Host) -> dict[Path, set[str]]:
    """What the values at some paths are, and what their arrays hold."""
    found: dict[Path, set[str]] = {path: set() for path in level}
    numbered = f"SELECT unnest(range({len(level)})) AS path, unnest({extracted('document', level)}) AS value"
    query = f"SELECT DISTINCT path, {_sign('value')} AS sign FROM ({numbered} FROM {table})"
    for number, sign in host.rows(f"SELECT * FROM ({query}) WHERE sign IS NOT NULL"):
        found[level[number]].add(sign)
    arrays = [path for path in level if _ARRAY in found[path]]
    if arrays:
        items = f"list_transform({extracted('document', arrays)}, lambda x: {_items('x')})"
        numbered = f"SELECT unnest(range({len(arrays)})) AS path, unnest({items}) AS items"
        every = f"SELECT path, unnest(items) AS item FROM ({numbered} FROM {table})"
        query = f"SELECT DISTINCT path, {_sign('item', 's')} AS sign FROM ({every})"
        for number, sign in host.rows(f"SELECT * FROM ({query}) WHERE sign IS NOT NULL"):
            found[arrays[number]].add(f"{_ARRAY}{sign}")
    return found


def _sign(value: str, nested: str | None = None) -> str:
    """The sign of a JSON value; null of null. Objects and arrays have the sign `nested` where it is given."""
    array, members = nested or _ARRAY, nested or _OBJECT
    return (
        f"CASE WHEN {value} IS NULL OR {value}[1] = 'n' THEN NULL WHEN {value}[1] = '\"' THEN 's' "
        f"WHEN {value}[1] IN ('t', 'f') THEN 'b' WHEN {value}[1] = '[' THEN '{array}' "
        f"WHEN {value}[1] = '{{' THEN '{members}' "
        f"WHEN {_is_broken(value)} THEN CASE WHEN {_is_finite(value)} THEN 'f' ELSE '{_BEYOND}' END "
        f"WHEN length({value}) <= {_DIGITS_OF_64} THEN 'i' WHEN {_is_long(value)} THEN 's' ELSE '{WIDE}' END"
    )


def _is_broken(number: str) -> str:
    """Whether a number is written with a fraction or an exponent."""
    return f"(contains({number}, '.') OR contains({number}, 'e') OR contains({number}, 'E'))"


def _is_long(number: str) -> str:
    """Whether a number is an integer of more digits than are kept."""
    digits = f"length({number}) - CAST({number}[1] = '-' AS INTEGER)"
    return f"{sql.begins_number(number)} AND {digits} > {MOST_DIGITS} AND NOT {_is_broken(number)}"


def _is_finite(value: str) -> str:
    """Whether a number can be held as a float."""
    return f"coalesce(isfinite(try_cast({value} AS DOUBLE)), false)"


def type_of(signs: Collection[str], *, merges: bool) -> Type:
    """What a field may be that has such values; one that several paths lead to may be an array of them."""
    kinds = frozenset(_KINDS[sign[-1]] for sign in signs if sign[-1] in _KINDS)
    return Type(kinds or STRING.kinds, not _KINDS.keys().isdisjoint(signs), merges or _ARRAY in signs)


def boxed(value: str, signs: Collection[str]) -> str:
    """A JSON value as a boxed one; null of null, of an object, and of a number that cannot be held."""
    cases = f"WHEN {value}[1] IN ('{{', 'n') THEN NULL"
    if not {f"{_ARRAY}{TEXT}", f"{_ARRAY}{_BEYOND}"}.isdisjoint(signs):
        item = (
            f"CASE WHEN x[1] IN ('{{', '[') OR ({_is_long('x')}) THEN {_quoted('x')} "
            f"WHEN {sql.begins_number('x')} AND NOT {_is_finite('x')} THEN 'null' ELSE x END"
        )
        items = f"array_to_string(list_transform({_items(value)}, lambda x: {item}), ',')"
        cases += f" WHEN {value}[1] = '[' THEN '[' || {items} || ']'"
    if TEXT in signs:
        cases += f" WHEN {_is_long(value)} THEN {_quoted(value)}"
    if _BEYOND in signs:
        cases += f" WHEN {sql.begins_number(value)} AND NOT {_is_finite(value)} THEN NULL"
    return f"CASE {cases} ELSE {value} END"


def of_kind(box: str, kind: Kind, *, is_wide: bool) -> str:
    """A boxed value as what it holds, where it is known to be of a kind."""
    match kind:
        case Kind.STRING:
            return f"json_extract_string({box}, '$')"
        case Kind.BOOLEAN:
            return f"({box} = 'true')"
        case Kind.INTEGER:
            return f"CAST({box} AS {sql.WIDE if is_wide else sql.TYPES[kind]})"
        case _:
            return f"CAST({box} AS {sql.TYPES[kind]})"


def extracted(document: str, wanted: Sequence[Path]) -> str:
    """The values at some paths, as a list of JSON texts."""
    return f"CAST(json_extract({document}, {_steps(wanted)}) AS VARCHAR[])" if wanted else "([]::VARCHAR[])"


def extracted_texts(document: str, wanted: Sequence[Path]) -> str:
    """The texts at some paths, as a list."""
    return f"json_extract_string({document}, {_steps(wanted)})" if wanted else "([]::VARCHAR[])"


def _items(array: str) -> str:
    return f"CAST(json_extract({array}, '$[*]') AS VARCHAR[])"


def _quoted(value: str) -> str:
    return f"CAST(to_json({value}) AS VARCHAR)"


def _steps(wanted: Iterable[Path]) -> str:
    """Paths as DuckDB writes them, as a list."""
    return sql.texts(map(_step, wanted))


def _step(path: Path) -> str:
    """A path as DuckDB writes it: the usual form has no place for an empty name, and takes a star for any."""
    if {"", "*"} & set(path):
        return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in path)
    return "$" + "".join(f'."{name}"' for name in escaped)
