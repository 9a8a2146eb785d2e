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
    line, own, count = names.new(), names.new(), names.new()
    masked = f"regexp_replace({text}, {sql.text(drain.VARYING)}, {sql.text(drain.WILDCARD)}, 'g')"
    lines = frame.select([f"{masked} AS {line}", f"{text} AS {own}"])
    counted = f"SELECT {line}, count(*) AS {count}, min({own}) FROM ({lines}) GROUP BY {line}"
    batches = host.batches(statement(f"{counted} ORDER BY {count} DESC, {line}"))
    patterns = drain.mine(_lines(batches), relation.threshold)
    columns = {
        names.new(): pa.array(range(len(patterns)), pa.int64()),
        names.new(): pa.array([pattern.pattern for pattern in patterns], pa.string()),
        names.new(): pa.array([pattern.count for pattern in patterns], pa.int64()),
        names.new(): pa.array([pattern.sample for pattern in patterns], pa.string()),
    }
    place, pattern, number, sample = columns
    found = {
        "pattern": one(Kind.STRING, pattern),
        "count": one(Kind.INTEGER, number),
        "sample": one(Kind.STRING, sample),
    }
    return Frame(names, host.hand(pa.table(columns)), found, (Key(place, is_place=True),))


def _lines(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, int, str]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
