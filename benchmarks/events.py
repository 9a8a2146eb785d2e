"""Makes events in the likeness of real Windows ones, as many as asked for (`python -m benchmarks.events`).

The same seed, total and end give the same events, byte for byte with the same DuckDB. What an event
holds is said in `events.sql`. One field, `ProcessId`, is a number instead of a string in 1 % of the events.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

SQL: Final = Path(__file__).with_name("events.sql")
END: Final = datetime(2026, 9, 1, tzinfo=UTC)
FILE_EVENTS: Final = 500_000
"""Events of one Parquet file and of the small one beside it, in which `ProcessId` is a number."""

LINE: Final = """
    SELECT regexp_replace(CASE WHEN "RecordNumber" % 100 = 0
        THEN regexp_replace(line, '"ProcessId":"(\\d+)"', '"ProcessId":\\1') ELSE line END, ',"[^"]*":null', '', 'g')
    FROM (SELECT "RecordNumber", to_json(e)::VARCHAR AS line FROM (
        SELECT * REPLACE (strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%gZ') AS "@timestamp") FROM {events}) AS e)
"""


@dataclass(frozen=True)
class Recipe:
    """Which events.

    Attributes:
        events: how many.
        shuffled: whether they come in no order of time, else newest first.
        end: the time of the newest; the oldest is `days` before it.
    """

    events: int
    shuffled: bool = False
    seed: int = 1
    end: datetime = END
    days: int = 30

    def table(self, first: int, last: int) -> str:
        """The SQL table of a stretch of the events."""
        end = int(self.end.timestamp() * 1000)
        return f"events({first}, {last}, {self.events}, {end}, {self.days}, {self.shuffled})"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A database that knows the table."""
        connection = duckdb.connect()
        connection.execute(f"SET TimeZone = 'UTC'; SET VARIABLE seed = {self.seed}")
        connection.execute(SQL.read_text(encoding="utf-8"))
        return connection


def write_parquet(folder: Path, recipe: Recipe) -> list[Path]:
    """Writes the events into Parquet files (zstd) and answers them in order. Files that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = recipe.connect()
    written = []
    for number, first in enumerate(range(0, recipe.events, FILE_EVENTS)):
        last = min(first + FILE_EVENTS, recipe.events)
        middle = last - (last - first) // 100
        for name, start, stop, what in (
            (f"events-{number:04d}.parquet", first, middle, "*"),
            (f"events-{number:04d}n.parquet", middle, last, '* REPLACE ("ProcessId"::BIGINT AS "ProcessId")'),
        ):
            path = folder / name
            if not path.exists() and start < stop:
                half = path.with_suffix(".part")
                query = f"SELECT {what} FROM {recipe.table(start, stop)}"
                connection.execute(f"COPY ({query}) TO '{half}' (FORMAT parquet, COMPRESSION zstd)")
                half.rename(path)
            if path.exists():
                written.append(path)
    return written


def lines(recipe: Recipe, first: int = 0, last: int | None = None) -> Iterator[str]:
    """The events as JSON texts; a field that an event has not is left out."""
    reader = recipe.connect().sql(LINE.format(events=recipe.table(first, last or recipe.events))).to_arrow_reader(8192)
    for batch in reader:
        yield from batch.column(0).to_pylist()


def write_ndjson(path: Path, recipe: Recipe) -> int:
    """Writes the events as one JSON object a line and answers the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines(recipe):
            file.write(line)
            file.write("\n")
    return path.stat().st_size


def bytes_per_event(recipe: Recipe, sample: int = 20_000) -> float:
    """The size of an event as a line of JSON, on average over a sample."""
    last = min(sample, recipe.events)
    return sum(len(line.encode()) + 1 for line in lines(recipe, 0, last)) / max(1, last)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="a folder for Parquet, a file for NDJSON")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("parquet", "ndjson"), default="parquet")
    parser.add_argument("--shuffled", action="store_true", help="in no order of time, instead of newest first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--end", type=datetime.fromisoformat, default=END, help="the time of the newest event")
    options = parser.parse_args()
    recipe = Recipe(options.events, options.shuffled, options.seed, options.end.astimezone(UTC))
    began = time.perf_counter()
    if options.format == "parquet":
        size = sum(path.stat().st_size for path in write_parquet(options.out, recipe))
    else:
        size = write_ndjson(options.out, recipe)
    seconds = time.perf_counter() - began
    print(f"{recipe.events:,} events in {seconds:.1f} s, {size:,} bytes on disk")
    print(f"{bytes_per_event(recipe):,.0f} bytes an event as JSON")


if __name__ == "__main__":
    main()
