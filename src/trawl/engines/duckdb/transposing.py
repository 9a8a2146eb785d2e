"""Columns to rows and rows to columns (`trawl.algebra.Transpose`): a list of each column's values, taken apart."""

from __future__ import annotations

from dataclasses import replace

from trawl.algebra import Transpose
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame, Key, nothing
from trawl.engines.duckdb.hosts import Host, Shared, kept
from trawl.engines.duckdb.operands import Operand, one
from trawl.engines.duckdb.shaping import in_shape, shapes_of
from trawl.functions.base import common
from trawl.schema import NULL, STRING, Column, Kind, Schema


def transpose(
    frame: Frame, relation: Transpose, known: Schema, host: Host, shared: list[Shared]
) -> tuple[Frame, Schema]:
    """The rows, and what columns they have; the rows to be turned are looked at first to learn which."""
    kept(frame, host, shared)
    names = relation.named(_headers(frame, relation, host))
    cell = common([NULL, *(known.type_of(turned) for turned in relation.turned)])
    schema = Schema((Column(relation.name, STRING), *(Column(name, cell) for name in names)))
    if not relation.turned:
        return nothing(frame.names), schema
    operands = [frame.columns.get(turned, ()) for turned in relation.turned]
    shapes = shapes_of(operands, frame.names)
    # one row, with a list of the values of each column and shape
    lists, unnested = [], []
    for shape in shapes:
        own = []
        for operand in operands:
            own.append(frame.names.new())
            lists.append(f"list({in_shape(operand, shape)} {frame.ranks()}) AS {own[-1]}")
        unnested.append(f"unnest([{', '.join(own)}]) AS {shape.sql}")
    number, turned = frame.names.new(), frame.names.new()
    unnested += [f"unnest(range({len(operands)})) AS {number}", f"unnest({sql.texts(relation.turned)}) AS {turned}"]
    source = f"(SELECT {', '.join(unnested)} FROM ({frame.select(lists or ['count(*)'])}))"
    result = Frame(frame.names, source, {})
    if not relation.keeps_empty:
        result.filter(sql.any_of(f"list_count({shape.sql}) > 0" for shape in shapes))
    columns: dict[str, Operand] = {relation.name: one(Kind.STRING, turned)}
    for place, name in enumerate(names, 1):
        columns[name] = tuple(replace(shape, sql=f"{shape.sql}[{place}]") for shape in shapes)
    result.hold(number)
    result.settle(columns, (Key(number, is_place=True),))
    return result, schema


def _headers(frame: Frame, relation: Transpose, host: Host) -> list[str | None]:
    """What is to name the columns, a value or none for each row."""
    given = frame.columns.get(relation.header, ()) if relation.header else ()
    text = sql.coalesce((found.sql for found in given if found.kind is Kind.STRING), "VARCHAR")
    return [None if header is None else str(header) for (header,) in host.rows(frame.copy().select_in_order([text]))]
