"""The patterns of texts (`trawl.algebra.Templates`): counted in SQL with what varies masked, then put into the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa

from trawl import drain
from trawl.algebra import Templates
from trawl.engines.duckdb import sql
from trawl.engines.duckdb.frames import Frame, Key
from trawl.engines.duckdb.hosts import Host
from trawl.engines.duckdb.operands import one, opened
from trawl.schema import Kind


def mined(frame: Frame, relation: Templates, host: Host, statement: Callable[[str], str]) -> Frame:
    """A row for each pattern.

    Args:
        statement: makes a query whole that is to run on its own.
    """
    texts = opened(frame.columns.get(relation.text, ()), frame)
    text = frame.bind(sql.coalesce((given.sql for given in texts if given.kind is Kind.STRING), "VARCHAR"))
    frame.filter(f"{text} IS NOT NULL")
    names = frame.names
    line, count, length = names.new(), names.new(), names.new()
    masked = f"regexp_replace({text}, {sql.text(drain.VARYING)}, {sql.text(drain.WILDCARD)}, 'g')"
    lines = frame.copy().select([f"{masked} AS {line}", f"length({text}) AS {length}"])
    counted = f"SELECT {line}, count(*) AS {count}, min({length}) FROM ({lines}) GROUP BY {line}"
    batches = host.batches(statement(f"{counted} ORDER BY {count} DESC, {line}"))
    patterns = drain.mine(_lines(batches), relation.threshold)
    columns = {
        names.new(): pa.array(range(len(patterns)), pa.int64()),
        names.new(): pa.array([each.pattern for each in patterns], pa.string()),
        names.new(): pa.array([each.count for each in patterns], pa.int64()),
        line: pa.array([each.first for each in patterns], pa.string()),
        length: pa.array([each.length for each in patterns], pa.int64()),
    }
    place, pattern, number, *_ = columns
    table = host.hand(pa.table(columns))
    sample = names.new()
    frame.filter(f"length({text}) IN (SELECT {length} FROM {table})")
    texts_of_length = f"SELECT {text}, {masked} AS {line}, length({text}) AS {length} FROM ({frame.select([text])})"
    samples = f"SELECT {line}, {length}, min({text}) AS {sample} FROM ({texts_of_length}) GROUP BY {line}, {length}"
    result = Frame(names, f"(SELECT * FROM {table} LEFT JOIN ({samples}) USING ({line}, {length}))", {})
    found = {
        "pattern": one(Kind.STRING, pattern),
        "count": one(Kind.INTEGER, number),
        "sample": one(Kind.STRING, sample),
    }
    result.settle(found, (Key(place, is_place=True),))
    return result


def _lines(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, int, int]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
