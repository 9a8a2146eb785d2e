"""Relations that put rows together or take them apart: constant rows, unions, values one a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trawl.algebra import Explode, Rows
from trawl.engines.duckdb import grouping, sql
from trawl.engines.duckdb.frames import Frame, Key, Names
from trawl.engines.duckdb.operands import Alternative, Operand
from trawl.schema import Kind, Layout, Type
from trawl.values import Value, box


def constant_of(value: Value, type_: Type) -> str:
    """A constant as it lies in a column of the type."""
    if value is None:
        return "NULL"
    if type_.layout is Layout.BOXED:
        return sql.text(box(value) or "null")
    if isinstance(value, list):
        items = ", ".join("NULL" if item is None else sql.literal(item) for item in value)
        return f"[{items}]::{sql.TYPES[type_.kind]}[]" if not items else f"[{items}]"
    return sql.literal(float(value) if type_.kind is Kind.FLOAT and isinstance(value, int) else value)


def is_wide(relation: Rows, number: int) -> bool:
    """Whether a column of constant rows has integers beyond 64 bits."""
    values = [row[number] for row in relation.rows]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return any(isinstance(item, int) and not -(1 << 63) <= item < 1 << 63 for item in items)


def union(names: Names, parts: Sequence[Frame], fields: Sequence[str]) -> Frame:
    """All rows of the first frame, then all of the next; columns by name.

    The keys of every part stay columns of their own, null in the others, so that nothing has to be counted.
    """
    place = names.new()
    shapes: dict[tuple[str, object, bool], Alternative] = {}
    for frame in parts:
        for field in fields:
            for given in frame.columns.get(field, ()):
                key = (field, given.kind, given.many)
                known = shapes.get(key) or Alternative(names.new(), given.kind, given.many, given.wide, given.inside)
                wide, inside = known.wide or given.wide, known.inside.union(given.inside)
                shapes[key] = replace(known, wide=wide, inside=inside)
    keys = [[names.new() for _ in frame.order] for frame in parts]
    selects = []
    for number, frame in enumerate(parts):
        items = [f"{number} AS {place}"]
        for (field, kind, many), shape in shapes.items():
            mine = [given.sql for given in frame.columns.get(field, ()) if (given.kind, given.many) == (kind, many)]
            value = sql.coalesce(mine, shape.sql_type)
            items.append(f"{f'CAST({value} AS {shape.sql_type})' if shape.wide else value} AS {shape.sql}")
        for other, columns in enumerate(keys):
            for mine_or_not, name in zip(parts[other].order, columns, strict=True):
                items.append(f"{mine_or_not.sql if other == number else 'NULL'} AS {name}")
        selects.append(frame.select(items))
    order = [Key(place, is_place=True)]
    for frame, columns in zip(parts, keys, strict=True):
        order += [Key(name, own.descending) for own, name in zip(frame.order, columns, strict=True)]
    found: dict[str, Operand] = {
        field: tuple(shape for (name, _, _), shape in shapes.items() if name == field) for field in fields
    }
    return Frame(names, f"({' UNION ALL '.join(selects)})", found, tuple(order))


def explode(frame: Frame, relation: Explode) -> None:
    """One row for each value of a field, in order; a row without any stays."""
    operand = frame.columns.get(relation.field, ())
    if not grouping.has_lists(operand):
        return
    values, number = grouping.spread(frame, operand, distinct=False)
    frame.settle({**frame.columns, relation.field: values}, (*frame.order, Key(number, is_place=True)))
