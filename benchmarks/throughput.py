"""Whole tasks against DuckDB told directly to write the same rows, on the same files, threads and memory."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator
from functools import partial
from typing import Final

import duckdb

from benchmarks.ground import Ground, Order
from benchmarks.measuring import Finding, medians
from benchmarks.pipelines import PIPELINES
from benchmarks.searches import SEARCHES, rare
from benchmarks.serving import Server

FACTOR: Final = 1.25
MEAN_FACTOR: Final = 1.3
"""Of the pipelines that use every command, all together …"""
LARGEST_FACTOR: Final = 3.0
"""… and each."""
LEAST: Final = 0.1
"""What a ratio counts at least in a geometric mean, which one of 0 would make 0."""
SKIPPED: Final = 10
"""How many times as fast as to read everything a search for a rare term is to be, of so many events."""
ENOUGH: Final = 10_000_000
TASK: Final = 0.1
"""Seconds that a task may take by itself."""


def searches(ground: Ground, server: Server) -> Iterator[Finding]:
    """The searches, over events loaded newest first and loaded shuffled."""
    with ground.database() as connection:
        for order, search in itertools.product(ground.orders, SEARCHES):
            query, what = f"source {order.name} | {search.query}", f"{search.name}, loaded {order.name}"
            rows: set[int] = set()
            try:
                ours, direct = medians(
                    ground.tier.repeats,
                    partial(_ask, server, query, rows),
                    partial(ground.copy, connection, search, order),
                )
            except RuntimeError as error:
                yield Finding(what, "rows", str(error), False)
            else:
                yield _against(what, ours, direct, f"{max(rows):,} rows", FACTOR, TASK)


def pipelines(ground: Ground, server: Server) -> Iterator[Finding]:
    """The pipelines that use every command, over events loaded newest first."""
    order = ground.orders[0]
    ratios = []
    with ground.database() as connection:
        for pipeline in PIPELINES:
            asked = pipeline.of(order.name, ground.tier.events)
            rows: set[int] = set()
            try:
                ours, direct = medians(
                    min(3, ground.tier.repeats),
                    partial(_ask, server, asked.query, rows),
                    partial(ground.copy, connection, asked, order),
                )
            except RuntimeError as error:
                yield Finding(pipeline.name, "rows", str(error), False)
                continue
            found = _against(pipeline.name, ours, direct, f"{max(rows):,} rows", LARGEST_FACTOR, TASK)
            if pipeline.is_same:
                ratios.append(_ratio(ours, direct, TASK))
                yield found
            else:
                yield Finding(f"{pipeline.name}, beside something simpler", "–", found.measured, None)
    mean = statistics.geometric_mean(max(ratio, LEAST) for ratio in ratios)
    yield Finding(
        f"{len(ratios)} pipelines that use every command, geometric mean",
        f"≤ {MEAN_FACTOR:g} × + {TASK * 1000:.0f} ms",
        f"{mean:.2f} ×, the largest {max(ratios):.2f} ×",
        mean <= MEAN_FACTOR,
    )


def rare_terms(ground: Ground, server: Server) -> Iterator[Finding]:
    """Searches for what a handful of events have, against DuckDB that reads all of them."""
    with ground.database() as connection:
        for order in ground.orders:
            sampled = f'SELECT "ActivityID" FROM {order.events} WHERE "ActivityID" IS NOT NULL'
            found = connection.execute(f"SELECT * FROM ({sampled}) USING SAMPLE reservoir(5 ROWS) REPEATABLE (1)")
            for search in rare([str(value) for (value,) in found.fetchall()]):
                rows: set[int] = set()
                ours, direct = medians(
                    ground.tier.repeats,
                    partial(_ask, server, f"source {order.name} | {search.query}", rows),
                    partial(ground.copy, connection, search, order),
                )
                times = direct / ours
                what = f"{search.name} that hardly any event has, loaded {order.name}"
                measured = f"{times:.1f} × ({ours:.2f} s against {direct:.2f} s, {max(rows):,} rows)"
                is_asked = ground.tier.events >= ENOUGH and "term" in search.name
                yield Finding(what, f"{SKIPPED} × as fast", measured, times >= SKIPPED if is_asked else None)


def sidebar_and_timeline(ground: Ground, server: Server) -> Iterator[Finding]:
    """Sidebar and timeline over all events, against one field at a time in DuckDB: exact top 10, count of distinct."""
    order = ground.orders[0]
    query = f"source {order.name} | aggs count"
    with ground.database() as connection:
        ours, without, direct = medians(
            min(3, ground.tier.repeats),
            partial(_ask, server, query, set(), calculateStats=True),
            partial(_ask, server, query, set()),
            partial(_field_by_field, connection, order),
        )
    yield _against(
        "sidebar and timeline of 60 fields", ours - without, direct, f"{ground.tier.events:,} events", 2.0, 0
    )


def _field_by_field(connection: duckdb.DuckDBPyConnection, order: Order) -> None:
    described = connection.execute(f"DESCRIBE FROM {order.events}").fetchall()
    for name, kind, *_ in described:
        value = f'unnest("{name}")' if kind.endswith("[]") else f'"{name}"'
        connection.sql(
            f"WITH counted AS (SELECT value, count(*) AS n FROM (SELECT {value} AS value FROM {order.events}) "
            "WHERE value IS NOT NULL GROUP BY value) SELECT * FROM (SELECT list(value ORDER BY n DESC, value) FROM "
            "(FROM counted ORDER BY n DESC, value LIMIT 10)), (SELECT count(*), sum(n) FROM counted)"
        ).to_arrow_table()
    connection.sql(
        f'SELECT time_bucket(INTERVAL 1 DAY, "@timestamp") AS edge, count(*) FROM {order.events} GROUP BY 1 ORDER BY 1'
    ).to_arrow_table()


def _ask(server: Server, query: str, rows: set[int], **body: object) -> None:
    """A whole task, whose number of rows goes into `rows`; its result is not kept."""
    task = server.run(query, **body)
    rows.add(task.rows)
    server.client.delete(task.id)


def _against(what: str, ours: float, direct: float, over: str, factor: float, fixed: float) -> Finding:
    ratio = _ratio(ours, direct, fixed)
    return Finding(
        what,
        f"≤ {factor:g} ×" + (f" + {fixed * 1000:.0f} ms" if fixed else ""),
        f"{ratio:.2f} × ({ours:.2f} s against {direct:.2f} s, {over})",
        ratio <= factor,
    )


def _ratio(ours: float, direct: float, fixed: float) -> float:
    """How many times as long it took, beside the seconds that a task may take by itself."""
    return max(0.0, ours - fixed) / direct
