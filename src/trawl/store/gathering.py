"""Turns parsed JSON objects into typed columns, a column at a time (language.md 6a)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress
from typing import Any, Final

import orjson
import pyarrow as pa

from trawl.arrow import to_array
from trawl.functions.flattening import MOST_DIGITS, MOST_NESTED, Path
from trawl.schema import BOOLEAN, FLOAT, INTEGER, STRING, TIME, Type, array_of, type_of
from trawl.store.chunk import ROW_TYPE, Slot, Values, slot_of
from trawl.values import Instant, Value

_TYPES: Final[dict[type, Type]] = {str: STRING, int: INTEGER, float: FLOAT, bool: BOOLEAN, Instant: TIME}
_INT64: Final = 1 << 63
_LONGEST: Final = 10**MOST_DIGITS
_SCALARS: Final = frozenset(_TYPES)


class _Column:
    """What is known of one field so far: its values, their rows, and where they stood in the objects."""

    __slots__ = ("paths", "rows", "types", "values")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.values: list[Any] = []
        self.types: set[type] = set()
        self.paths: set[Path] = set()


class Gathering:
    """Gathers objects of like keys together, so that the work a value takes is done in C.

    Logs have few shapes: 126,579 real events of 420 fields come in 332.
    """

    def __init__(self) -> None:
        self._columns: dict[str, _Column] = {}
        self.merged: dict[str, int] = {}
        self.long_integers = 0

    def add(self, objects: Sequence[Mapping[str, Any]], rows: Sequence[int], prefix: str = "", path: Path = ()) -> None:
        """Adds the fields of objects.

        Args:
            objects: the objects.
            rows: of each.
            prefix: of the names of their fields.
            path: where they stand in their events; two fields of one name and other paths are merged.

        Raises:
            RecursionError: some of them nest deeper than `MOST_NESTED`; what was gathered is then of no use.
        """
        if len(path) > MOST_NESTED:
            raise RecursionError
        shapes: dict[tuple[str, ...], tuple[list[int], list[Any]]] = {}
        for row, event in zip(rows, objects, strict=True):
            keys = tuple(event)
            members = shapes.get(keys)
            if members is None:
                shapes[keys] = members = ([], [])
            members[0].append(row)
            members[1].append(event.values())
        for keys, (own, members_values) in shapes.items():
            for key, values in zip(keys, zip(*members_values, strict=True), strict=True):
                self._add_values(prefix + key, own, values, (*path, key))

    def _add_values(self, name: str, rows: list[int], values: Sequence[Any], path: Path) -> None:
        types = set(map(type, values))
        if dict in types:
            nested = [type(value) is dict for value in values]
            self.add(list(compress(values, nested)), list(compress(rows, nested)), f"{name}.", path)
            types.discard(dict)
            if not types:
                return
            flat = [not is_nested for is_nested in nested]
            rows, values = list(compress(rows, flat)), list(compress(values, flat))
        if type(None) in types:
            present = [value is not None for value in values]
            rows, values = list(compress(rows, present)), list(compress(values, present))
            types.discard(type(None))
            if not types:
                return
        column = self._columns.get(name)
        if column is None:
            self._columns[name] = column = _Column()
        column.rows.extend(rows)
        column.values.extend(values)
        column.types |= types
        column.paths.add(path)

    def suspects(self) -> set[int]:
        """Rows with a float that may have been an integer of more than 64 bits, which orjson reads as a float."""
        found: set[int] = set()
        for column in self._columns.values():
            if float in column.types:
                pairs = zip(column.rows, column.values, strict=True)
                found.update(row for row, value in pairs if type(value) is float and not -_INT64 < value < _INT64)
            if list in column.types:
                pairs = zip(column.rows, column.values, strict=True)
                found.update(row for row, value in pairs if type(value) is list and _has_big_float(value))
        return found

    def finish(self) -> dict[Slot, Values]:
        """The columns.

        Raises:
            RecursionError: arrays nest some hundred levels deep.
        """
        slots: dict[Slot, Values] = {}
        for name, column in self._columns.items():
            if len(column.paths) > 1:
                self._merge_duplicates(name, column)
            for values in self._split(column):
                slots[slot_of(name, values.type)] = values
        return slots

    def _merge_duplicates(self, name: str, column: _Column) -> None:
        """One event had the field several times, dotted and nested: it becomes a multivalue."""
        together: dict[int, list[Any]] = {}
        for row, value in zip(column.rows, column.values, strict=True):
            together.setdefault(row, []).append(value)
        if len(together) == len(column.rows):
            return
        self.merged[name] = sum(len(values) > 1 for values in together.values())
        column.rows = list(together)
        column.values = [
            values[0] if len(values) == 1 else list(chain(*(v if type(v) is list else [v] for v in values)))
            for values in together.values()
        ]
        column.types = set(map(type, column.values))

    def _split(self, column: _Column) -> Iterable[Values]:
        """The column's values by the slot they go to."""
        if len(column.types) == 1:
            alike = _one_type(next(iter(column.types)), column.values)
            if alike is not None:
                yield _values(alike, column.rows, column.values)
                return
        typed: dict[Type, tuple[list[int], list[Value]]] = {}
        for row, raw in zip(column.rows, column.values, strict=True):
            value, type_ = self._typed(raw)
            own = typed.setdefault(type_, ([], []))
            own[0].append(row)
            own[1].append(value)
        boxed = [type_ for type_ in typed if len(type_.kinds) > 1]
        if len(boxed) > 1:
            union = boxed[0]
            for type_ in boxed[1:]:
                union = union.union(type_)
            parts = [typed.pop(type_) for type_ in boxed]
            typed[union] = (list(chain(*(p[0] for p in parts))), list(chain(*(p[1] for p in parts))))
        for type_, (rows, values) in typed.items():
            yield _values(type_, rows, values)

    def _typed(self, value: Any) -> tuple[Value, Type]:
        """A value as it is kept, and its type."""
        simple = _TYPES.get(type(value))
        if simple is not None:
            if simple is INTEGER and not -_LONGEST < value < _LONGEST:
                self.long_integers += 1
                return str(value), STRING
            return value, simple
        items = [self._item(item) for item in value]
        return items, type_of(items)

    def _item(self, item: Any) -> Any:
        if item is None:
            return None
        return self._typed(item)[0] if type(item) in _SCALARS else json_text(item)


def is_deep(value: Any) -> bool:
    """Whether objects and arrays nest deeper than `MOST_NESTED`."""
    level = [value]
    for _ in range(MOST_NESTED + 2):
        held = (item.values() if type(item) is dict else item for item in level if type(item) in (dict, list))
        level = list(chain.from_iterable(held))
        if not level:
            return False
    return True


def json_text(value: Any) -> str:
    """An array or object as compact JSON, every digit kept."""
    try:
        return orjson.dumps(value, str, orjson.OPT_PASSTHROUGH_DATACLASS).decode()
    except TypeError:  # orjson writes no integers beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _one_type(python: type, values: list[Any]) -> Type | None:
    """The type of values of one Python type, if they all have the same and can be kept as they are."""
    if python is list:
        items = [item for item in chain.from_iterable(values) if item is not None]
        inner = set(map(type, items))
        alike = _one_type(inner.pop(), items) if len(inner) == 1 and inner <= _SCALARS else None
        return None if alike is None else array_of(alike)
    if python is int and not (min(values) > -_LONGEST and max(values) < _LONGEST):
        return None
    return _TYPES.get(python)


def _has_big_float(value: Any) -> bool:
    if type(value) is float:
        return not -_INT64 < value < _INT64
    if type(value) is list:
        return any(map(_has_big_float, value))
    return type(value) is dict and any(map(_has_big_float, value.values()))


def _values(type_: Type, rows: list[int], values: list[Value]) -> Values:
    return Values(type_, to_array(values, type_), pa.array(rows, ROW_TYPE))
