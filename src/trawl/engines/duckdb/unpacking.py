"""The fields of JSON objects in texts (`trawl.algebra.Unpack`): found level by level, then read at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from trawl.algebra import Unpack
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.arguments import of_kind
from trawl.engines.duckdb.expressions import Expressions
from trawl.engines.duckdb.frames import Frame
from trawl.engines.duckdb.hosts import Host, kept
from trawl.engines.duckdb.operands import Alternative, Operand, opened
from trawl.engines.duckdb.scopes import Silent
from trawl.functions.flattening import MOST_DIGITS, MOST_NESTED
from trawl.schema import STRING, Column, Kind, Schema, Type

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a value in its object."""

_OBJECT, _ARRAY, _WIDE = "o", "a", "w"
_KINDS: Final = {"s": Kind.STRING, "i": Kind.INTEGER, _WIDE: Kind.INTEGER, "f": Kind.FLOAT, "b": Kind.BOOLEAN}
"""What a value is, by the sign that statements tell it with; `w` is an integer that 64 bits may not hold."""
_WIDEST_OF_64: Final = 18


def unpack(to: Expressions, relation: Unpack, known: Schema, host: Host, shared: Collection[str]) -> Schema:
    """Adds the fields to the frame, and tells what columns it has then; the data is looked at first to learn which."""
    frame = to.frame
    text = of_kind(to.operand(relation.text), Kind.STRING, Silent(to))
    document = frame.compute(f"CASE WHEN json_valid({text}) AND json_type({text}) = 'OBJECT' THEN {text} END")
    kept(frame, host, shared)
    paths = _found(frame, document, host, relation.most)
    fields: dict[str, list[Path]] = {}
    for path in sorted(paths):
        fields.setdefault(".".join(path), []).append(path)
    names = sorted(fields.keys() - set(relation.kept))
    if len(names) > relation.most:
        host.tell(relation.notice)
    names = names[: relation.most]
    boxes = _boxes(frame, document, {path: paths[path] for name in names for path in fields[name]})
    merged = {
        name: frame.bind(_merged(own)) if len(own) > 1 else own[0]
        for name in names
        for own in [[boxes[path] for path in fields[name]]]
    }
    columns, described = dict(frame.columns), []
    for name, box in merged.items():
        signs = {sign for path in fields[name] for sign in paths[path]}
        type_ = _type(signs, merges=len(fields[name]) > 1)
        old = frame.columns.get(name, ())
        masked = (replace(g, sql=f"CASE WHEN {box} IS NULL THEN {g.sql} END", constant=None) for g in old)
        columns[name] = (*masked, *_value(box, type_, frame, is_wide=_WIDE in signs))
        described.append(Column(name, known.type_of(name).union(type_)))
    frame.settle(columns)
    return Schema(known.with_columns(described).columns)


# --- which fields there are --------------------------------------------------------------------------


def _found(frame: Frame, document: str, host: Host, most: int) -> Mapping[Path, frozenset[str]]:
    """The paths to values that are no objects, and what the values are."""
    found: dict[Path, frozenset[str]] = {}
    level: list[Path] = [()]
    signs: dict[Path, set[str]] = {(): {_OBJECT}}
    for _ in range(MOST_NESTED):
        parents = [path for path in level if _OBJECT in signs[path]]
        level = _members(frame, document, parents, host, most)
        if not level:
            break
        signs = _signs(frame, document, level, host)
        for path in level:
            plain = signs[path] - {_OBJECT}
            if plain:
                found[path] = frozenset(plain)
    return found


def _members(frame: Frame, document: str, parents: Sequence[Path], host: Host, most: int) -> list[Path]:
    """The paths to the members of the objects at some paths."""
    if not parents:
        return []
    keys = f"unnest(json_keys({document}, {_steps(parents)})) AS keys"
    numbered = f"SELECT unnest(range({len(parents)})) AS parent, {keys} FROM {frame.source}"
    query = f"SELECT DISTINCT parent, unnest(keys) AS key FROM ({numbered}) ORDER BY parent, key LIMIT {10 * most}"
    return [(*parents[parent], str(key)) for parent, key in host.rows(query)]


def _signs(frame: Frame, document: str, paths: Sequence[Path], host: Host) -> dict[Path, set[str]]:
    """What the values at some paths are; of arrays what their elements are, with the sign of arrays."""
    value = f"unnest({_extracted(document, paths)}) AS value"
    numbered = f"SELECT unnest(range({len(paths)})) AS path, {value} FROM {frame.source}"
    found: dict[Path, set[str]] = {path: set() for path in paths}
    for number, sign in host.rows(f"SELECT DISTINCT path, {_sign('value')} AS sign FROM ({numbered})"):
        if sign is not None:
            found[paths[number]].add(sign)
    arrays = [path for path in paths if _ARRAY in found[path]]
    if arrays:
        items = f"unnest(list_transform({_extracted(document, arrays)}, lambda x: {_items('x')})) AS items"
        numbered = f"SELECT unnest(range({len(arrays)})) AS path, {items} FROM {frame.source}"
        item = f"SELECT path, unnest(items) AS item FROM ({numbered})"
        for number, sign in host.rows(f"SELECT DISTINCT path, {_sign('item', 's')} AS sign FROM ({item})"):
            if sign is not None:
                found[arrays[number]].add(f"{_ARRAY}{sign}")
    return found


def _sign(value: str, nested: str | None = None) -> str:
    """The sign of what a JSON value is; null of null. Objects and arrays in arrays are texts."""
    array, members = (nested or _ARRAY), (nested or _OBJECT)
    number = (
        f"CASE WHEN NOT regexp_full_match({value}, '-?[0-9]+') THEN 'f' "
        f"WHEN length({value}) <= {_WIDEST_OF_64} THEN 'i' WHEN {_is_long(value)} THEN 's' ELSE '{_WIDE}' END"
    )
    return (
        f"CASE WHEN {value} IS NULL OR {value}[1] = 'n' THEN NULL WHEN {value}[1] = '\"' THEN 's' "
        f"WHEN {value}[1] IN ('t', 'f') THEN 'b' WHEN {value}[1] = '[' THEN '{array}' "
        f"WHEN {value}[1] = '{{' THEN '{members}' ELSE {number} END"
    )


def _is_long(value: str) -> str:
    """Whether a number is an integer of more digits than are kept."""
    return f"regexp_full_match({value}, '-?[0-9]{{{MOST_DIGITS + 1},}}')"


def _type(signs: Collection[str], *, merges: bool) -> Type:
    """What a field may be that has such values; one that several paths lead to may be an array of them."""
    kinds = frozenset(_KINDS[sign[-1]] for sign in signs if sign != _ARRAY)
    single = any(len(sign) == 1 and sign != _ARRAY for sign in signs)
    return Type(kinds or STRING.kinds, single, merges or _ARRAY in signs)


# --- what they are -----------------------------------------------------------------------------------


def _boxes(frame: Frame, document: str, paths: Mapping[Path, Collection[str]]) -> dict[Path, str]:
    """The values at some paths, boxed: columns of the frame, each layer for all paths at once."""
    every = frame.compute(_extracted(document, list(paths)))
    values = {path: frame.compute(f"{every}[{number}]") for number, path in enumerate(paths, 1)}
    return {path: frame.compute(_boxed(values[path], signs)) for path, signs in paths.items()}


def _boxed(value: str, signs: Collection[str]) -> str:
    """A JSON value as a boxed one: null of null and of an object."""
    cases = f"WHEN {value}[1] IN ('{{', 'n') THEN NULL"
    if f"{_ARRAY}s" in signs:
        item = f"CASE WHEN x[1] IN ('{{', '[') OR {_is_long('x')} THEN {_quoted('x')} ELSE x END"
        items = f"array_to_string(list_transform({_items(value)}, lambda x: {item}), ',')"
        cases += f" WHEN {value}[1] = '[' THEN '[' || {items} || ']'"
    if "s" in signs:
        cases += f" WHEN {_is_long(value)} THEN {_quoted(value)}"
    return f"CASE {cases} ELSE {value} END"


def _merged(boxes: Sequence[str]) -> str:
    """What several paths of one name lead to: the one value, or an array of all."""
    single = sql.coalesce(boxes, "VARCHAR")
    count = " + ".join(f"CAST({box} IS NOT NULL AS INTEGER)" for box in boxes)
    items = ", ".join(f"nullif(CASE WHEN {box}[1] = '[' THEN {box}[2:-2] ELSE {box} END, '')" for box in boxes)
    return f"CASE WHEN {count} > 1 THEN '[' || concat_ws(',', {items}) || ']' ELSE {single} END"


def _value(box: str, type_: Type, frame: Frame, *, is_wide: bool) -> Operand:
    """A boxed value, as the kinds that it may be where it is of one."""
    operand: Operand = (Alternative(box, None, inside=type_),)
    if len(type_.kinds) > 1 or type_.multivalue:
        return operand
    return tuple(
        replace(given, sql=f"CAST({given.sql} AS BIGINT)", wide=False) if given.wide and not is_wide else given
        for given in opened(operand, frame)
    )


# --- JSON --------------------------------------------------------------------------------------------


def _extracted(document: str, paths: Sequence[Path]) -> str:
    """The values at some paths, as a list of JSON texts."""
    return f"CAST(json_extract({document}, {_steps(paths)}) AS VARCHAR[])" if paths else "[]::VARCHAR[]"


def _items(array: str) -> str:
    return f"CAST(json_extract({array}, '$[*]') AS VARCHAR[])"


def _quoted(value: str) -> str:
    return f"CAST(to_json({value}) AS VARCHAR)"


def _steps(paths: Iterable[Path]) -> str:
    """Paths as DuckDB writes them, as a list."""
    return sql.texts("$" + "".join(map(_step, path)) for path in paths)


def _step(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'."{escaped}"'
