"""Relations that make rows, put them together or take them apart: constants, unions, values one a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trawl.algebra import Explode, Generate, Rows, Unpivot
from trawl.engines.duckdb import grouping, sql
from trawl.engines.duckdb.frames import Frame, Key, Names, nothing
from trawl.engines.duckdb.operands import Alternative, Operand, constant, has_lists, of_column, one
from trawl.schema import Kind, Layout, Schema, Type
from trawl.values import Value, box


def constant_of(value: Value, type_: Type) -> str:
    """A constant as it lies in a column of the type."""
    if value is None:
        return "NULL"
    if type_.layout is Layout.BOXED:
        return sql.text(box(value) or "null")
    if isinstance(value, list):
        items = ", ".join("NULL" if item is None else sql.literal(item) for item in value)
        return f"[{items}]" if items else f"([]::{sql.TYPES[type_.kind]}[])"
    return sql.literal(float(value) if type_.kind is Kind.FLOAT and isinstance(value, int) else value)


def is_wide(relation: Rows, number: int) -> bool:
    """Whether a column of constant rows has integers beyond 64 bits."""
    values = [row[number] for row in relation.rows]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return any(map(sql.is_wide, items))


def constant_rows(names: Names, relation: Rows) -> Frame:
    """Constant rows in the order given."""
    if not relation.rows:
        return nothing(names)
    place = names.new()
    columns: dict[str, list[str]] = {}
    operands: dict[str, Operand] = {}
    for number, column in enumerate(relation.columns):
        name = names.new()
        columns[name] = [constant_of(row[number], column.type) for row in relation.rows]
        operands[column.name] = of_column(name, column.type, wide=is_wide(relation, number))
    lines = ", ".join(f"({', '.join([str(n), *line])})" for n, line in enumerate(zip(*columns.values(), strict=True)))
    if not columns:
        lines = ", ".join(f"({n})" for n in range(len(relation.rows)))
    source = f"(VALUES {lines}) AS rows({', '.join([place, *columns])})"
    return Frame(names, source, operands, (Key(place, is_place=True),))


def generated(names: Names, relation: Generate) -> Frame:
    """Rows out of nothing, numbered from 1."""
    number = names.new()
    source = f"(SELECT range AS {number} FROM range(1, {relation.count + 1}))"
    columns = {relation.time_field: constant(relation.now)}
    if relation.number:
        columns[relation.number] = one(Kind.INTEGER, number)
    return Frame(names, source, columns, (Key(number, is_place=True),), is_ordered=True)


def handed_over(names: Names, table: str, schema: Schema, wide: frozenset[str]) -> Frame:
    """A table of columns `o0`, `o1` … and `place`, as a frame of fields.

    Args:
        wide: fields whose integers need more than 64 bits.
    """
    place = names.new()
    columns, items = {}, [f"place AS {place}"]
    for number, column in enumerate(schema):
        name = names.new()
        items.append(f"o{number} AS {name}")
        columns[column.name] = of_column(name, column.type, wide=column.name in wide)
    return Frame(names, f"(SELECT {', '.join(items)} FROM {table})", columns, (Key(place, is_place=True),))


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


def shapes_of(operands: Iterable[Operand], names: Names) -> Operand:
    """Columns in which the values of all operands can lie below each other."""
    shapes: dict[tuple[Kind | None, bool], Alternative] = {}
    for given in (given for operand in operands for given in operand):
        key = (given.kind, given.many)
        known = shapes.get(key) or Alternative(names.new(), given.kind, given.many, given.wide, given.inside)
        shapes[key] = replace(known, wide=known.wide or given.wide, inside=known.inside.union(given.inside))
    return tuple(shapes.values())


def in_shape(operand: Operand, shape: Alternative) -> str:
    """What of an operand lies in such a column."""
    own = (given.sql for given in operand if (given.kind, given.many) == (shape.kind, shape.many))
    return f"CAST({sql.coalesce(own, shape.sql_type)} AS {shape.sql_type})"


def explode(frame: Frame, relation: Explode) -> None:
    """One row for each value of a field, in order; a row without any stays."""
    operand = frame.columns.get(relation.field, ())
    if not has_lists(operand):
        return
    if relation.distinct:
        lists = (replace(given, sql=frame.bind(given.sql)) for given in grouping.in_order(operand, frame))
        operand = tuple(
            replace(given, sql=f"list_filter({given.sql}, lambda x, place: list_position({given.sql}, x) = place)")
            for given in lists
        )
    values, number = grouping.spread(frame, operand, distinct=False)
    frame.settle({**frame.columns, relation.field: values}, (*frame.order, Key(number, is_place=True)))


def unpivot(frame: Frame, relation: Unpivot) -> Frame:
    """One row for each value of the columns that are turned: lists, one for each type, taken apart at once."""
    frame.close()
    turned = {name: found for name in relation.turned if (found := frame.columns.get(name, ()))}
    if not turned:
        return nothing(frame.names)
    shapes = shapes_of(turned.values(), frame.names)
    lists = []
    for shape in shapes:
        items = ", ".join(in_shape(found, shape) for found in turned.values())
        lists.append(f"unnest([{items}]) AS {shape.sql}")
    kept = {name: frame.columns.get(name, ()) for name in relation.kept}
    frame.columns = kept
    number = frame.names.new()
    listed = [*frame.selected(), f"unnest(range({len(turned)})) AS {number}", *lists]
    there = sql.any_of(f"{shape.sql} IS NOT NULL" for shape in shapes)
    values = [shape.sql for shape in shapes]
    columns = ", ".join([*(name for name in frame.selected() if name != "1"), number, *values])
    frame.wrap(f"(SELECT {columns} FROM (SELECT {', '.join(listed)} FROM {frame.source}) WHERE {there})")
    named = one(Kind.STRING, f"{sql.texts(turned)}[{number} + 1]")
    fields = {**kept, relation.name: named, relation.value: shapes}
    for name in (number, *values):
        frame.hold(name)
    frame.settle(fields, (*frame.order, Key(number, is_place=True)))
    return frame
